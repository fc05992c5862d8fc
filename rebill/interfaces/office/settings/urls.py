"""Addresses of the settings."""

from django.urls import path

from rebill.interfaces.office.settings import accounts, numbering, seller, views

urlpatterns = [
    path("", seller.seller_page, name="settings"),
    path("accounts/add/", accounts.add_account, name="settings-account-add"),
    path("accounts/<int:account_id>/first/", accounts.put_first, name="settings-account-first"),
    path("accounts/<int:account_id>/remove/", accounts.remove_account, name="settings-account-remove"),
    path("terms/", seller.terms_page, name="settings-terms"),
    path("numbering/", numbering.numbering_page, name="settings-numbering"),
    path("numbering/example/", numbering.example_part, name="settings-numbering-example"),
    path("timetable/", views.timetable_page, name="settings-timetable"),
    path("history/", views.history_page, name="settings-history"),
]
