"""Addresses of drafts."""

from django.urls import path

from rebill.interfaces.office.drafts import catalogue, editing, lines, preview, show, why
from rebill.interfaces.office.runs import approving

urlpatterns = [
    path("<int:draft_id>/", show.draft_page, name="draft"),
    path("<int:draft_id>/save/", editing.save, name="draft-save"),
    path("<int:draft_id>/approve/", approving.approve_one, name="draft-approve"),
    path("<int:draft_id>/add/", lines.add, name="draft-add"),
    path("<int:draft_id>/catalogue/", catalogue.catalogue, name="draft-catalogue"),
    path("<int:draft_id>/look.css", preview.draft_look, name="draft-look"),
    path("<int:draft_id>/logo", preview.draft_logo, name="draft-logo"),
    path("<int:draft_id>/preview.pdf", preview.preview_pdf, name="draft-pdf"),
    path("<int:draft_id>/lines/<int:charge_id>/drop/", lines.drop, name="draft-drop"),
    path("<int:draft_id>/lines/<int:charge_id>/reset/", lines.reset, name="draft-reset"),
    path("<int:draft_id>/lines/<int:charge_id>/why/", why.why, name="draft-why"),
]
