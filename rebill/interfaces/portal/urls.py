"""The addresses of the portal: each begins with the seller's slug."""

from django.urls import include, path

from rebill.interfaces.portal import details, entering, invoices, looks, subscriptions, tabs, usage

app_name = "portal"

urlpatterns = [
    path(
        "<slug:seller>/",
        include(
            [
                path("", entering.enter_page, name="enter"),
                path("look.css", looks.colours, name="colours"),
                path("logo", looks.logo, name="logo"),
                path("link/<str:secret>/", entering.link_page, name="link"),
                path("leave/", entering.leave, name="leave"),
                path("customers/", entering.customers_page, name="customers"),
                path("invoices/", invoices.invoices_page, name="invoices"),
                path("invoices/<int:invoice_id>.pdf", invoices.invoice_pdf, name="invoice-pdf"),
                path("invoices/<int:invoice_id>/calls/", usage.calls_page, name="calls"),
                path("invoices/<int:invoice_id>/calls.<str:file_kind>", usage.calls_file, name="calls-file"),
                path("usage/", usage.usage_page, name="usage"),
                path("subscriptions/", subscriptions.subscriptions_page, name="subscriptions"),
                path("tabs/", tabs.tabs_page, name="tabs"),
                path("details/", details.details_page, name="details"),
            ]
        ),
    ),
]
