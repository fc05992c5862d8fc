"""The kit as a Django app: it owns the tables for sequences, events and stored files."""

from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "rebill.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"
