"""Addresses of imports. Their pages ask for a permission of all who import, their commands for that of the entity."""

from django.urls import path

from rebill.interfaces.office.imports import columns, files, results

urlpatterns = [
    path("", files.imports_page, name="imports"),
    path("<uuid:upload_id>/", columns.columns_page, name="imports-columns"),
    path("<uuid:upload_id>/check/", results.check_page, name="imports-check"),
    path("<uuid:upload_id>/import/", results.import_page, name="imports-import"),
    path("<uuid:upload_id>/result/", results.result_page, name="imports-result"),
    path("<uuid:upload_id>/rejected/", results.rejects_file, name="imports-rejects"),
    path("<uuid:upload_id>/throw-away/", files.throw_away_page, name="imports-throw-away"),
    path("<slug:entity>/", files.file_page, name="imports-file"),
    path("<slug:entity>/headings/", files.headings_file, name="imports-headings"),
]
