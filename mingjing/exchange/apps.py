"""The room ``exchange`` as a Django application."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """归集."""

    name = "mingjing.exchange"
    label = "exchange"
    verbose_name = "归集"
