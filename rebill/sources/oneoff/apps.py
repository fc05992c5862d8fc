"""Django's name for this stage."""

from django.apps import AppConfig


class OneoffConfig(AppConfig):
    name = "rebill.sources.oneoff"
    label = "oneoff"
    default_auto_field = "django.db.models.BigAutoField"
