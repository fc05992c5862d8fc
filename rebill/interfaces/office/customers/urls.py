"""Addresses of customers."""

from django.urls import path

from rebill.interfaces.office.customers import (
    contacts,
    editing,
    ending,
    erasing,
    inviting,
    lists,
    pricing,
    showing,
    usage,
)
from rebill.interfaces.office.subscriptions import ordering

urlpatterns = [
    path("", lists.customers_page, name="customers"),
    path("new/", editing.new_customer_page, name="customer-new"),
    path("<int:customer_id>/", showing.customer_page, name="customer"),
    path("<int:customer_id>/edit/", editing.edit_customer_page, name="customer-edit"),
    path("<int:customer_id>/notes/", editing.notes_page, name="customer-notes"),
    path("<int:customer_id>/end/", ending.end_customer_page, name="customer-end"),
    path("<int:customer_id>/reopen/", ending.reopen_customer_page, name="customer-reopen"),
    path("<int:customer_id>/erase/", erasing.erase_customer_page, name="customer-erase"),
    path("<int:customer_id>/contacts/new/", contacts.new_contact_page, name="customer-contact-new"),
    path("<int:customer_id>/contacts/<int:contact_id>/", contacts.contact_page, name="customer-contact"),
    path("<int:customer_id>/invite/", inviting.invite_page, name="customer-invite"),
    path("<int:customer_id>/usage/", usage.usage_page, name="customer-usage"),
    path("<int:customer_id>/prices/", pricing.prices_page, name="customer-prices"),
    path("<int:customer_id>/prices/plan/", pricing.assign_plan_page, name="customer-plan"),
    path("<int:customer_id>/prices/set/", pricing.set_price_page, name="customer-price-set"),
    path("<int:customer_id>/order/", ordering.order_page, name="customer-order"),
]
