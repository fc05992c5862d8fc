"""Django's name for this stage."""

from django.apps import AppConfig


class RecurringConfig(AppConfig):
    name = "rebill.sources.recurring"
    label = "recurring"
    default_auto_field = "django.db.models.BigAutoField"
