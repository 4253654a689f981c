"""Django's name for this room."""

from django.apps import AppConfig


class LawConfig(AppConfig):
    """依据."""

    name = "mingjing.law"
    label = "law"
    verbose_name = "依据"
    default_auto_field = "django.db.models.BigAutoField"
