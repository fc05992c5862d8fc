"""Django's name for this stage."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "rebill.catalogue"
    label = "catalogue"
    default_auto_field = "django.db.models.BigAutoField"
