"""Django's name for this stage."""

from django.apps import AppConfig


class PartiesConfig(AppConfig):
    name = "rebill.parties"
    label = "parties"
    default_auto_field = "django.db.models.BigAutoField"
