"""Addresses of calls."""

from django.urls import path

from rebill.interfaces.office.calls import comparing, endpoints, files, invoices, switches

urlpatterns = [
    path("", files.files_page, name="calls"),
    path("send/", files.send_page, name="calls-send"),
    path("files/<int:call_file_id>/rejects/", files.rejects_file, name="calls-rejects"),
    path("switches/", switches.switches_page, name="calls-switches"),
    path("switches/set/", switches.switch_page, name="calls-switch"),
    path("compare/", comparing.compare_page, name="calls-compare"),
    path("compare/differences.csv", comparing.differences_file, name="calls-differences"),
    path("invoices/", invoices.call_invoices_page, name="calls-invoices"),
    path("invoices/<int:call_invoice_id>/", invoices.call_invoice_page, name="calls-invoice"),
    path("invoices/<int:call_invoice_id>/compared.csv", invoices.call_invoice_file, name="calls-invoice-file"),
    path("invoices/<int:call_invoice_id>/remove/", invoices.remove_call_invoice_page, name="calls-invoice-remove"),
    path("endpoints/", endpoints.endpoints_page, name="calls-endpoints"),
    path("endpoints/new/", endpoints.new_endpoint_page, name="calls-endpoint-new"),
    path("endpoints/<int:endpoint_id>/end/", endpoints.end_endpoint_page, name="calls-endpoint-end"),
]
