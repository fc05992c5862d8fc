"""Django's name for this stage."""

from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "rebill.exports"
    label = "exports"
    default_auto_field = "django.db.models.BigAutoField"
