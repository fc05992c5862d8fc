"""Addresses of the search."""

from django.urls import path

from rebill.interfaces.office.search import views

urlpatterns = [path("", views.search_page, name="search")]
