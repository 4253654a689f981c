"""Django's name for this room."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """研判."""

    name = "mingjing.insight"
    label = "insight"
    verbose_name = "研判"
    default_auto_field = "django.db.models.BigAutoField"
