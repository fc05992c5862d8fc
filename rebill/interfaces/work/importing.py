"""The long work of imports: trying every line of an uploaded file, and importing it."""

from dataclasses import asdict
from uuid import UUID

from django.conf import settings
from django.utils import translation

from rebill.interfaces.imports.running import FileImport, import_file
from rebill.interfaces.imports.uploads import open_upload, own_upload
from rebill.interfaces.work.contract import Job, Result
from rebill.kit.imports import uploads
from rebill.kit.imports.layouts import is_unfinished
from rebill.kit.imports.rejects import Rejected

SHOWN = 20


def try_import(job: Job) -> Result:
    """Tries every line of the `upload` and writes nothing; the rejected lines are kept while the file waits.

    How far it is cannot be told: what it writes, that too, is taken back.
    """
    upload = own_upload(acting=job.acting, upload_id=UUID(job.request["upload"]))
    with translation.override(_language(job)):
        job.advance("open", 0, None)
        opened = open_upload(acting=job.acting, upload=upload, whole=True)
        job.advance("try", 0, opened.table.count_lines())
        told = import_file(acting=job.acting, opened=opened, now=job.now, is_dry_run=True)
    uploads.keep_trial_rejects(upload, told.result.rejected_lines)
    return _told(told)


def take_import(job: Job) -> Result:
    """Imports the `upload`; `is_repeated` says that an earlier start of the same import had not come to its end."""
    upload = own_upload(acting=job.acting, upload_id=UUID(job.request["upload"]))
    uploads.keep_imported(upload, now=job.now)
    is_repeated = is_unfinished(seller_id=job.acting.seller_id, entity=upload.entity, file_hash=str(upload.file_id))
    with translation.override(_language(job)):
        job.advance("open", 0, None)
        opened = open_upload(acting=job.acting, upload=upload, whole=True)
        total = opened.table.count_lines()
        told = import_file(
            acting=job.acting,
            opened=opened,
            now=job.now,
            remembers=upload.remembers,
            upload_id=upload.id,
            on_progress=lambda done: job.advance("import", done, total),
        )
    rejects = {}
    if told.result.rejected:
        rejects["rejects"] = uploads.keep_rejects(upload, told.result.rejected_lines, now=job.now)
    return {**_told(told), **rejects, "is_repeated": is_repeated}


def _language(job: Job) -> str:
    """The language of the one who asked: reasons and remedies are kept as they are told."""
    asked = str(job.request.get("language", ""))
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _told(told: FileImport) -> Result:
    result = told.result
    return {
        "lines": result.lines,
        "accepted": result.accepted,
        "unchanged": result.unchanged,
        "rejected": result.rejected,
        "first_rejected": [_shown(each) for each in result.first_rejected[:SHOWN]],
        "warnings": told.warnings_count,
        "first_warnings": [asdict(problem) for problem in told.warnings[:SHOWN]],
    }


def _shown(rejected: Rejected) -> dict[str, object]:
    return {"line": rejected.line, "refusals": [asdict(refusal) for refusal in rejected.refusals]}
