"""The Django application of the record room."""

from __future__ import annotations

from django.apps import AppConfig


class RecordConfig(AppConfig):
    """全过程记录."""

    name = "mingjing.record"
    label = "record"
    verbose_name = "全过程记录"
    default_auto_field = "django.db.models.BigAutoField"
