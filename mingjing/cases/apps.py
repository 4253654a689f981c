"""The room ``cases`` as a Django application."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """执法."""

    name = "mingjing.cases"
    label = "cases"
    verbose_name = "执法"
