"""The room ``web`` as a Django application."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """门户."""

    name = "mingjing.web"
    label = "web"
    verbose_name = "门户"
