"""All addresses of the platform, door by door."""

from django.urls import include, path

urlpatterns = [
    path("", include("mingjing.web.public.urls")),
    path("", include("mingjing.web.desk.urls")),
]
