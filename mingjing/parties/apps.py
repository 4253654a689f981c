"""The room ``parties`` as a Django application."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    """行政相对人."""

    name = "mingjing.parties"
    label = "parties"
    verbose_name = "行政相对人"
