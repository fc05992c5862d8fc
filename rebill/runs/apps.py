"""Django's name for this stage."""

from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "rebill.runs"
    label = "runs"
    default_auto_field = "django.db.models.BigAutoField"
