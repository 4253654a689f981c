"""The room ``oversight`` as a Django application."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """监督、统计."""

    name = "mingjing.oversight"
    label = "oversight"
    verbose_name = "监督、统计"
