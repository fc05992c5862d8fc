"""Django's name for this stage."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    name = "rebill.invoices"
    label = "invoices"
    default_auto_field = "django.db.models.BigAutoField"
