"""The room ``review`` as a Django application."""

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """法制审核."""

    name = "mingjing.review"
    label = "review"
    verbose_name = "法制审核"
