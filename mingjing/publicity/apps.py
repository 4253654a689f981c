"""The room ``publicity`` as a Django application."""

from django.apps import AppConfig


class PublicityConfig(AppConfig):
    """公示."""

    name = "mingjing.publicity"
    label = "publicity"
    verbose_name = "公示"
