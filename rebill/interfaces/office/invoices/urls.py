"""Addresses of issued documents."""

from django.urls import path

from rebill.interfaces.office.invoices import calls, crediting, listing, resending, showing, withdrawing

urlpatterns = [
    path("", listing.invoices_page, name="invoices"),
    path("file.csv", listing.invoices_file, name="invoices-file"),
    path("<int:invoice_id>/", showing.invoice_page, name="invoice"),
    path("<int:invoice_id>/document.pdf", showing.invoice_pdf, name="invoice-pdf"),
    path("<int:invoice_id>/look.css", showing.invoice_look, name="invoice-look"),
    path("<int:invoice_id>/logo", showing.invoice_logo, name="invoice-logo"),
    path("<int:invoice_id>/calls/", calls.invoice_calls_page, name="invoice-calls"),
    path("<int:invoice_id>/calls.<slug:file_kind>", calls.invoice_calls_file, name="invoice-calls-file"),
    path("<int:invoice_id>/resend/", resending.resend, name="invoice-resend"),
    path("<int:invoice_id>/credit/", crediting.credit_page, name="invoice-credit"),
    path("<int:invoice_id>/credit/note.pdf", crediting.credit_pdf, name="invoice-credit-pdf"),
    path("<int:invoice_id>/credit/confirm/", crediting.credit_confirm, name="invoice-credit-confirm"),
    path("<int:invoice_id>/withdraw/", withdrawing.withdraw, name="invoice-withdraw"),
]
