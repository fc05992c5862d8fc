"""Addresses of subscriptions."""

from django.urls import path

from rebill.interfaces.office.subscriptions import changing, lists, ordering, showing

urlpatterns = [
    path("", lists.subscriptions_page, name="subscriptions"),
    path("counts/", lists.counts_part, name="subscriptions-counts"),
    path("order/", ordering.choose_customer_page, name="subscriptions-order"),
    path("<uuid:subscription>/", showing.subscription_page, name="subscription"),
    path("<uuid:subscription>/change/<slug:kind>/", changing.change_page, name="subscription-change"),
    path("<uuid:subscription>/take-back/<uuid:change>/", changing.revoke_page, name="subscription-revoke"),
]
