"""Addresses of rate decks and of the rates that wait beside them."""

from django.urls import path

from rebill.interfaces.office.decks import (
    bundles,
    changing,
    ending,
    exceptions,
    listing,
    peaks,
    showing,
    trying,
    waiting,
)

urlpatterns = [
    path("", listing.decks_page, name="decks"),
    path("new/", changing.new_deck_page, name="decks-new"),
    path("bundles/new/", bundles.new_bundle_page, name="deck-bundle-new"),
    path("bundles/<int:bundle_id>/", bundles.change_bundle_page, name="deck-bundle"),
    path("bundles/<int:bundle_id>/end/", ending.end_bundle_page, name="deck-bundle-end"),
    path("plans/<int:link_id>/end/", ending.end_plan_page, name="deck-plan-end"),
    path("rates/<int:rate_id>/end/", ending.end_rate_page, name="deck-rate-end"),
    path("exceptions/<int:customer_id>/", exceptions.new_exceptions_page, name="deck-exceptions"),
    path("peak-times/new/", peaks.new_peak_times_page, name="peak-times-new"),
    path("peak-times/<int:peak_times_id>/", peaks.change_peak_times_page, name="peak-times"),
    path("<int:deck_id>/", showing.deck_page, name="deck"),
    path("<int:deck_id>/edit/", changing.change_deck_page, name="deck-edit"),
    path("<int:deck_id>/rate/", changing.set_rate_page, name="deck-rate"),
    path("<int:deck_id>/peak-times/", peaks.deck_peak_times_page, name="deck-peak-times"),
    path("<int:deck_id>/plan/", changing.plan_page, name="deck-plan"),
    path("<int:deck_id>/rates.csv", showing.rates_file, name="deck-csv"),
    path("<int:deck_id>/try/", trying.try_part, name="deck-try"),
    path("imports/<int:import_id>/rows/", waiting.rows_part, name="deck-rows"),
    path("imports/<int:import_id>/take/", waiting.take_page, name="deck-take"),
    path("imports/<int:import_id>/leave-out/", waiting.leave_out, name="deck-leave-out"),
    path("imports/<int:import_id>/take-back/", waiting.take_back_page, name="deck-take-back"),
]
