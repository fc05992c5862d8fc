"""Django's name for this stage."""

from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "rebill.subscriptions"
    label = "subscriptions"
    default_auto_field = "django.db.models.BigAutoField"
