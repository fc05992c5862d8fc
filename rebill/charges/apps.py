"""Django's name for this stage."""

from django.apps import AppConfig


class ChargesConfig(AppConfig):
    name = "rebill.charges"
    label = "charges"
    default_auto_field = "django.db.models.BigAutoField"
