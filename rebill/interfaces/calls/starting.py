"""Asks for the work that reads a call file which was sent."""

from datetime import datetime
from uuid import UUID

from rebill.access.acting import Acting
from rebill.interfaces.calls.uploads import upload_of
from rebill.interfaces.work.doing import ask
from rebill.kit.models import Work

CALLS = "calls"


def start_reading(*, acting: Acting, upload_id: UUID, language: str, now: datetime) -> Work:
    """Read the file that was sent. CallUploadUnknown when it is not on its way."""
    upload = upload_of(acting=acting, upload_id=upload_id)
    request = {"upload": str(upload.id), "language": language}
    return ask(acting=acting, kind=CALLS, request=request, now=now)
