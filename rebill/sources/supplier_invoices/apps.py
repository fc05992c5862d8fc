"""Django's name for this stage."""

from django.apps import AppConfig


class SupplierInvoicesConfig(AppConfig):
    name = "rebill.sources.supplier_invoices"
    label = "supplier_invoices"
    default_auto_field = "django.db.models.BigAutoField"
