"""Django's name for this stage."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "rebill.sources.usage"
    label = "usage"
    default_auto_field = "django.db.models.BigAutoField"
