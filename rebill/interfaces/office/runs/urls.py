"""Addresses of billing runs."""

from django.urls import path

from rebill.interfaces.office.runs import (
    approving,
    deciding,
    exporting,
    lines,
    listing,
    matching,
    mending,
    progress,
    review,
)

urlpatterns = [
    path("", listing.runs_page, name="runs"),
    path("make/", listing.make_run, name="runs-make"),
    path("making/", listing.making_page, name="runs-making"),
    path("<int:run_id>/", review.run_page, name="run"),
    path("<int:run_id>/progress/", progress.progress_page, name="runs-progress"),
    path("<int:run_id>/counted/", matching.counted, name="runs-counted"),
    path("<int:run_id>/approve/", approving.approve, name="runs-approve"),
    path("<int:run_id>/hold/", deciding.hold, name="runs-hold"),
    path("<int:run_id>/release/", deciding.release, name="runs-release"),
    path("<int:run_id>/reopen/", deciding.reopen, name="runs-reopen"),
    path("<int:run_id>/date/", deciding.change_date, name="runs-date"),
    path("<int:run_id>/again/", deciding.make_again, name="runs-again"),
    path("<int:run_id>/drafts.csv", exporting.drafts_csv, name="runs-csv"),
    path("<int:run_id>/drafts/<int:draft_id>/lines/", lines.draft_lines, name="runs-lines"),
    path("<int:run_id>/drafts/<int:draft_id>/fix/", mending.fix_draft, name="runs-fix"),
    path("<int:run_id>/drafts/<int:draft_id>/accept/", mending.accept, name="runs-accept"),
]
