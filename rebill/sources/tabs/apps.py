"""Django's name for this stage."""

from django.apps import AppConfig


class TabsConfig(AppConfig):
    name = "rebill.sources.tabs"
    label = "tabs"
    default_auto_field = "django.db.models.BigAutoField"
