"""Where a document stands, as its pill says: taken back, sent, or what became of the sending."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rebill.delivery.models import Dispatch, DispatchState
from rebill.invoices.queries.pages import InvoiceRow


@dataclass(frozen=True, slots=True)
class Pill:
    """A state in a word; `kind` is the class that gives it its glyph and colour."""

    text: str
    kind: str


def standing_of(row: InvoiceRow, dispatch: Dispatch | None) -> Pill:
    """What is to be known of a document first: whether it was taken back, else how its sending stands."""
    if row.is_withdrawn:
        return Pill(_("Withdrawn"), "credited")
    if row.is_credited:
        return Pill(_("Credited"), "credited")
    return sending_of(dispatch)


def sending_of(dispatch: Dispatch | None) -> Pill:
    """How a sending stands; None while nobody has decided about it."""
    if dispatch is None:
        return Pill(_("Not sent yet"), "approved")
    return {
        DispatchState.QUEUED: Pill(_("Waits to be sent"), "approved"),
        DispatchState.SENDING: Pill(_("Being sent"), "approved"),
        DispatchState.ACCEPTED: Pill(_("Sent"), "sent"),
        DispatchState.FAILED: Pill(_("Not delivered"), "failed"),
        DispatchState.BOUNCED: Pill(_("Came back"), "failed"),
        DispatchState.UNCLEAR: Pill(_("Unclear"), "chk"),
        DispatchState.CANCELLED: Pill(_("Not sent"), "draft"),
    }[DispatchState(dispatch.state)]


def channel_words(channel: str) -> str:
    """By what a document is sent."""
    return {"email": _("E-mail"), "print": _("Letter"), "none": _("Nothing is sent")}.get(channel, channel)
