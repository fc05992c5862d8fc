"""The addresses of the office: each begins with the seller's slug, so that two sellers may be open side by side."""

from django.urls import include, path

from rebill.interfaces.office.account import views as account
from rebill.interfaces.office.setup import views as setup
from rebill.interfaces.office.today import views as today

app_name = "office"

urlpatterns = [
    path("", today.home, name="home"),
    path("my-account/", account.my_account, name="my-account"),
    path("setup/", setup.setup_page, name="setup"),
    path("health", today.health, name="health"),
    path(
        "s/<slug:seller>/",
        include(
            [
                path("", today.today_page, name="today"),
                path("choose/", include("rebill.interfaces.office.choosing.urls")),
                path("runs/", include("rebill.interfaces.office.runs.urls")),
                path("drafts/", include("rebill.interfaces.office.drafts.urls")),
                path("lines/", include("rebill.interfaces.office.lines.urls")),
                path("tabs/", include("rebill.interfaces.office.tabs.urls")),
                path("re-billing/", include("rebill.interfaces.office.rebilling.urls")),
                path("invoices/new/", include("rebill.interfaces.office.manual.urls")),
                path("calls/", include("rebill.interfaces.office.calls.urls")),
                path("imports/", include("rebill.interfaces.office.imports.urls")),
                path("calls/ratings/", include("rebill.interfaces.office.ratings.urls")),
                path("customers/", include("rebill.interfaces.office.customers.urls")),
                path("dealers/", include("rebill.interfaces.office.dealers.urls")),
                path("subscriptions/", include("rebill.interfaces.office.subscriptions.urls")),
                path("decks/", include("rebill.interfaces.office.decks.urls")),
                path("products/", include("rebill.interfaces.office.products.urls")),
                path("invoices/", include("rebill.interfaces.office.invoices.urls")),
                path("deliveries/", include("rebill.interfaces.office.deliveries.urls")),
                path("exports/", include("rebill.interfaces.office.exports.urls")),
                path("search/", include("rebill.interfaces.office.search.urls")),
                path("settings/", include("rebill.interfaces.office.settings.urls")),
                path("settings/members/", include("rebill.interfaces.office.members.urls")),
                path("settings/tokens/", include("rebill.interfaces.office.tokens.urls")),
                path("account/", include("rebill.interfaces.office.account.urls")),
            ]
        ),
    ),
]
