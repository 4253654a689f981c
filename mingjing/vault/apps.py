"""The Django application of the room ``vault``."""

from __future__ import annotations

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """证据保管."""

    name = "mingjing.vault"
    label = "vault"
    verbose_name = "证据保管"
    default_auto_field = "django.db.models.BigAutoField"
