"""Django's name for the office: it has templates, static files and tags, and no tables."""

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "rebill.interfaces.office"
    label = "office"
