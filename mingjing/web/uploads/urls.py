"""Addresses of uploads: one to begin at, one for each."""

from django.urls import path

from . import views

app_name = "uploads"
urlpatterns = [
    path("", views.begin, name="begin"),
    path("<uuid:key>", views.upload, name="upload"),
]
