"""Addresses of choosing."""

from django.urls import path

from rebill.interfaces.office.choosing import views

urlpatterns = [path("customer/", views.choose_customer_page, name="choose-customer")]
