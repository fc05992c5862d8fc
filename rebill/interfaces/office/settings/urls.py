"""Addresses of the settings."""

from django.urls import path

from rebill.interfaces.office.settings import accounts, look, mails, numbering, seller, views

urlpatterns = [
    path("", seller.seller_page, name="settings"),
    path("accounts/add/", accounts.add_account, name="settings-account-add"),
    path("accounts/<int:account_id>/first/", accounts.put_first, name="settings-account-first"),
    path("accounts/<int:account_id>/remove/", accounts.remove_account, name="settings-account-remove"),
    path("terms/", seller.terms_page, name="settings-terms"),
    path("numbering/", numbering.numbering_page, name="settings-numbering"),
    path("numbering/example/", numbering.example_part, name="settings-numbering-example"),
    path("look/", look.look_page, name="settings-look"),
    path("look/preview/", look.preview_part, name="settings-look-preview"),
    path("look/<int:look_id>/again/", look.use_again, name="settings-look-again"),
    path("mails/", mails.mails_page, name="settings-mails"),
    path("mails/example/", mails.example_part, name="settings-mails-example"),
    path("mails/sender/", mails.change_sender, name="settings-mails-sender"),
    path("timetable/", views.timetable_page, name="settings-timetable"),
    path("history/", views.history_page, name="settings-history"),
]
