"""Addresses of tabs."""

from django.urls import path

from rebill.interfaces.office.tabs import agreeing, billing, changing, entries, holders, listing, one

urlpatterns = [
    path("", listing.tabs_page, name="tabs"),
    path("terms/", agreeing.terms_page, name="tabs-terms"),
    path("rules/", agreeing.rules_page, name="tabs-rules"),
    path("new/", one.new_tab_page, name="tabs-new"),
    path("change/", changing.change_selected, name="tabs-change"),
    path("change/<int:change_id>/undo/", changing.undo_change, name="tabs-undo"),
    path("bill/", billing.bill_selected, name="tabs-bill"),
    path("<int:tab_id>/", one.tab_page, name="tab"),
    path("<int:tab_id>/entries/", entries.entries_page, name="tab-entries"),
    path("<int:tab_id>/entries/file/", entries.entries_file, name="tab-entries-file"),
    path("<int:tab_id>/holders/", holders.link_page, name="tab-holders"),
    path("<int:tab_id>/holders/<int:holder_id>/unlink/", holders.unlink, name="tab-holders-unlink"),
    path("<int:tab_id>/holders/<int:holder_id>/consent/", holders.consent, name="tab-holders-consent"),
    path("<int:tab_id>/holders/<int:holder_id>/erase/", holders.erase, name="tab-holders-erase"),
]
