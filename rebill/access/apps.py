"""Django's name for this stage."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "rebill.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
