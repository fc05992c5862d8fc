"""The long work of call files that were sent: reading one."""

from uuid import UUID

from django.utils import translation

from rebill.interfaces.calls.uploads import bytes_path, forget_upload, upload_of
from rebill.interfaces.work.contract import Job, Result
from rebill.sources.usage.commands import take_calls
from rebill.sources.usage.models import CallFileState
from rebill.sources.usage.queries.records import switch_of


def read_calls(job: Job) -> Result:
    """Reads the `upload`, and lets go of its bytes; begun again, it begins from the start.

    The counts are those of all files in it; `file`, `state` and `words` are those of the first that was given up, or
    else of the first.
    """
    upload = upload_of(acting=job.acting, upload_id=UUID(job.request["upload"]))
    with translation.override(job.request.get("language") or None):
        files = take_calls(
            acting=job.acting,
            switch=switch_of(job.acting, upload.switch),
            path=bytes_path(acting=job.acting, upload_id=upload.id),
            name=upload.name,
            now=job.now,
            on_progress=lambda done, total: job.advance("read", done, total),
        )
    forget_upload(acting=job.acting, upload_id=upload.id)
    told = next((file for file in files if file.state == CallFileState.FAILED), files[0])
    counts = ("lines", "accepted", "rejected", "duplicates")
    return {
        "file": told.pk,
        "files": [file.pk for file in files],
        "state": told.state,
        "words": told.words,
        **{name: sum(getattr(file, name) for file in files) for name in counts},
    }
