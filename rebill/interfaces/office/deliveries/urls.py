"""Addresses of deliveries."""

from django.urls import path

from rebill.interfaces.office.deliveries import letters, mending, views

urlpatterns = [
    path("", views.deliveries_page, name="deliveries"),
    path("waiting/", views.waiting_page, name="deliveries-waiting"),
    path("<int:dispatch_id>/retry/", mending.retry, name="deliveries-retry"),
    path("<int:dispatch_id>/answer/", mending.answer, name="deliveries-answer"),
    path("<int:dispatch_id>/cancel/", mending.cancel, name="deliveries-cancel"),
    path("<int:dispatch_id>/returned/", mending.returned, name="deliveries-returned"),
    path("letters/", letters.letters_page, name="deliveries-letters"),
    path("letters/<int:batch_id>.pdf", letters.batch_file, name="deliveries-batch"),
]
