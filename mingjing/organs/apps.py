"""The room ``organs`` as a Django application."""

from django.apps import AppConfig


class OrgansConfig(AppConfig):
    """执法主体、人员."""

    name = "mingjing.organs"
    label = "organs"
    verbose_name = "执法主体、人员"
