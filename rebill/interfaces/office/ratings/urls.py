"""Addresses of rated calls."""

from django.urls import path

from rebill.interfaces.office.ratings import deciding, listing, showing

urlpatterns = [
    path("", listing.ratings_page, name="calls-ratings"),
    path("new/", deciding.rate_calls_page, name="calls-rate"),
    path("progress/", listing.rating_progress, name="calls-rating-progress"),
    path("<int:rating_id>/", showing.rating_page, name="calls-rating"),
    path("<int:rating_id>/take/", deciding.take_rating_page, name="calls-rating-take"),
    path("<int:rating_id>/leave/", deciding.leave_rating_page, name="calls-rating-leave"),
]
