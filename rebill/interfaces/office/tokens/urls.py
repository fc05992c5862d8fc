"""Addresses of the tokens."""

from django.urls import path

from rebill.interfaces.office.tokens import views

urlpatterns = [
    path("", views.tokens_page, name="tokens"),
    path("new/", views.create, name="tokens-new"),
    path("<int:token_id>/revoke/", views.revoke, name="tokens-revoke"),
]
