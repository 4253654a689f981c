"""The Django application of the room ``archives``."""

from __future__ import annotations

from django.apps import AppConfig


class ArchivesConfig(AppConfig):
    """归档."""

    name = "mingjing.archives"
    label = "archives"
    verbose_name = "归档"
    default_auto_field = "django.db.models.BigAutoField"
