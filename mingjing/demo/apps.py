"""The room ``demo`` as a Django application."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """演示城市."""

    name = "mingjing.demo"
    label = "demo"
    verbose_name = "演示城市"
