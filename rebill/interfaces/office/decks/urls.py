"""Addresses of rate decks and of the rates that wait beside them."""

from django.urls import path

from rebill.interfaces.office.decks import bundles, changing, listing, showing, trying, waiting

urlpatterns = [
    path("", listing.decks_page, name="decks"),
    path("new/", changing.new_deck_page, name="decks-new"),
    path("bundles/new/", bundles.new_bundle_page, name="deck-bundle-new"),
    path("bundles/<int:bundle_id>/", bundles.change_bundle_page, name="deck-bundle"),
    path("<int:deck_id>/", showing.deck_page, name="deck"),
    path("<int:deck_id>/edit/", changing.change_deck_page, name="deck-edit"),
    path("<int:deck_id>/rate/", changing.set_rate_page, name="deck-rate"),
    path("<int:deck_id>/plan/", changing.plan_page, name="deck-plan"),
    path("<int:deck_id>/rates.csv", showing.rates_file, name="deck-csv"),
    path("<int:deck_id>/try/", trying.try_part, name="deck-try"),
    path("imports/<int:import_id>/rows/", waiting.rows_part, name="deck-rows"),
    path("imports/<int:import_id>/take/", waiting.take_page, name="deck-take"),
    path("imports/<int:import_id>/leave-out/", waiting.leave_out, name="deck-leave-out"),
    path("imports/<int:import_id>/take-back/", waiting.take_back_page, name="deck-take-back"),
]
