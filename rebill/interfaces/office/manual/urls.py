"""Addresses of the manual invoice."""

from django.urls import path

from rebill.interfaces.office.manual import views

urlpatterns = [path("", views.new_invoice_page, name="invoices-new")]
