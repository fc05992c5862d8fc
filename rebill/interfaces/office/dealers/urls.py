"""Addresses of dealers."""

from django.urls import path

from rebill.interfaces.office.dealers import listing, making, moving, ordering

urlpatterns = [
    path("", listing.dealers_page, name="dealers"),
    path("new/<int:customer_id>/", making.new_dealer_page, name="dealers-new"),
    path("customers/<int:customer_id>/order/", ordering.order_below_page, name="dealers-order"),
    path("customers/<int:customer_id>/move/", moving.move_page, name="dealers-move"),
]
