"""Addresses of interim lines."""

from django.urls import path

from rebill.interfaces.office.lines import changing, views

urlpatterns = [
    path("", views.lines_page, name="lines"),
    path("new/", changing.new_line_page, name="lines-new"),
    path("proposal/", changing.proposal_part, name="lines-proposal"),
    path("products/", changing.products_part, name="lines-products"),
    path("<uuid:line_uuid>/", changing.change_line_page, name="lines-change"),
    path("<uuid:line_uuid>/remove/", changing.remove_line, name="lines-remove"),
    path("<int:line_id>/restore/", changing.restore_line, name="lines-restore"),
]
