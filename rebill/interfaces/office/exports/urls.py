"""Addresses of exports."""

from django.urls import path

from rebill.interfaces.office.exports import mailing, making, views

urlpatterns = [
    path("", views.exports_page, name="exports"),
    path("new/", making.new_export_page, name="exports-new"),
    path("new/preview/", making.preview_part, name="exports-preview"),
    path("new/sample/", making.sample_file, name="exports-sample"),
    path("mail/", mailing.mail_settings_page, name="exports-mail"),
    path("<int:export_id>/file/", views.export_file, name="export-file"),
    path("<int:export_id>/mail/", mailing.mail_export_page, name="export-mail"),
]
