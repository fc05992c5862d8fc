"""Addresses of one's own account."""

from django.urls import path

from rebill.interfaces.office.account import views

urlpatterns = [path("", views.account_page, name="account")]
