"""Django's name for this stage."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "rebill.delivery"
    label = "delivery"
    default_auto_field = "django.db.models.BigAutoField"
