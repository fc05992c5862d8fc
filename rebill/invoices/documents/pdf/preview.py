"""A picture of a document for those who choose its look, within a bounded time and with nothing kept."""

from threading import BoundedSemaphore

from rebill.invoices.documents.contract import DocumentContent
from rebill.invoices.documents.pdf.look_check import check_values
from rebill.invoices.documents.pdf.many import render_many
from rebill.invoices.documents.pdf.press import NotLaidOut, press_for
from rebill.invoices.documents.pdf.worker import PICTURE
from rebill.rules.errors import Conflict, Problem
from rebill.rules.errors import said as _

SECONDS_MAX = 10.0
# Pictures that need a process of their own are few at a time, so that they never take the machine from the others.
_AT_ONCE = BoundedSemaphore(2)


class TooManyPictures(Conflict):
    """As many pictures as may be are being made."""


def picture_of(content: DocumentContent, *, is_tried: bool) -> bytes:
    """The first page as PNG; Invalid, with the line of the template where there is one, when it cannot be laid out.

    A look without an own template whose logo `is_tried` is laid out here, at once. Whatever else somebody chose runs in
    a process of its own, which reads its own folder only and is ended when it takes too long or too much memory.
    """
    look = content.look
    check_values(look)
    if look.template is None and (is_tried or look.logo is None):
        return press_for(look.logo, None).picture(content)
    if not _AT_ONCE.acquire(timeout=SECONDS_MAX):
        raise TooManyPictures(_("Other pictures are being made. Try again in a moment."))
    try:
        ((_nothing, outcome),) = render_many([(None, content)], workers=1, seconds_max=SECONDS_MAX, form=PICTURE)
    finally:
        _AT_ONCE.release()
    if isinstance(outcome, Problem):
        raise NotLaidOut(outcome.why)
    return outcome
