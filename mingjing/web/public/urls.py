"""Addresses of the public door."""

from django.urls import URLPattern

app_name = "public"
urlpatterns: list[URLPattern] = []
