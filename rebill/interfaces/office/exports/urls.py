"""Addresses of exports."""

from django.urls import path

from rebill.interfaces.office.exports import lines, mailing, making, margins, views

urlpatterns = [
    path("", views.exports_page, name="exports"),
    path("new/", making.new_export_page, name="exports-new"),
    path("new/preview/", making.preview_part, name="exports-preview"),
    path("new/sample/", making.sample_file, name="exports-sample"),
    path("lines/", lines.lines_page, name="exports-lines"),
    path("lines/part/", lines.lines_part, name="exports-lines-part"),
    path("lines/keep/", lines.keep_lines_page, name="exports-lines-keep"),
    path("lines/file/", lines.lines_file, name="exports-lines-file"),
    path("lines/<int:layout_id>/forget/", lines.forget_lines_page, name="exports-lines-forget"),
    path("margins/", margins.margins_page, name="exports-margins"),
    path("mail/", mailing.mail_settings_page, name="exports-mail"),
    path("<int:export_id>/file/", views.export_file, name="export-file"),
    path("<int:export_id>/mail/", mailing.mail_export_page, name="export-mail"),
]
