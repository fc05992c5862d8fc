"""Takes files of purchase invoices, one after the other: each is taken, known already, or refused with its reason.

A mail message is what is attached to it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.interfaces.imports.inspecting import Wishes
from rebill.interfaces.purchases.mails import Part, is_message, parts_of
from rebill.interfaces.purchases.tables import TakenTable, is_table, take_table
from rebill.kit.arrivals import Arrivals
from rebill.kit.errors import Invalid, Refused, reason_of
from rebill.kit.xml import BYTES_MAX
from rebill.sources.supplier_invoices.commands import take_purchase_invoice
from rebill.sources.supplier_invoices.commands.taking import TakenAlready
from rebill.sources.supplier_invoices.models import PurchaseInvoice


class FileTooLarge(Invalid):
    """No supplier's invoice is that large."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """What became of a file: the purchase invoice, or why there is none; `first_id` is the one that was there. Where
    there is one, the words name those of the same table that were there.

    Of a message (`in_message`) everything attached arrives by itself; `is_left` is what holds no purchase invoice.
    """

    name: str
    invoice: PurchaseInvoice | None = None
    words: str = ""
    first_id: int | None = None
    others: tuple[PurchaseInvoice, ...] = ()
    in_message: bool = False
    is_left: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether nobody has to look at it. Messages come twice, so what was there already is nothing to look at."""
        return self.invoice is not None or self.is_left or (self.in_message and self.first_id is not None)

    @property
    def invoices(self) -> tuple[PurchaseInvoice, ...]:
        """Everything that was taken of the file; a table may hold several invoices."""
        return () if self.invoice is None else (self.invoice, *self.others)


def take_file(
    *, acting: Acting, content: bytes, name: str, now: datetime, wishes: Wishes | None = None
) -> list[Arrived]:
    """Takes a file: an e-invoice, a table by its columns, of which `wishes` may say which is which, or a mail message
    with any number of either attached. One file is one answer, a message as many as it has parts."""
    try:
        if len(content) > BYTES_MAX:
            raise FileTooLarge(_("The file is larger than %(limit)s MB.") % {"limit": BYTES_MAX // 1_000_000})
        parts = parts_of(content) if is_message(name, content) else None
    except Refused as refusal:
        return [Arrived(name, words=reason_of(refusal))]
    if parts is None:
        return [_take_one(acting, content, name, now, wishes)]
    if not any(part.may_be_invoice for part in parts):
        attached = ", ".join(part.name for part in parts)
        words = _("The message brings no purchase invoice; attached are: %(names)s.") % {"names": attached}
        if not parts:
            words = _("Nothing is attached to the message.")
        return [Arrived(name, words=words, in_message=True)]
    return [_take_part(acting, part, now, wishes) for part in parts]


def _take_part(acting: Acting, part: Part, now: datetime, wishes: Wishes | None) -> Arrived:
    if not part.may_be_invoice:
        words = _("It is no purchase invoice, and stays in the message.")
        return Arrived(part.name, words=words, in_message=True, is_left=True)
    return replace(_take_one(acting, part.content, part.name, now, wishes), in_message=True)


def _take_one(acting: Acting, content: bytes, name: str, now: datetime, wishes: Wishes | None) -> Arrived:
    try:
        if is_table(name):
            taken = _taken_table(acting, content, name, now, wishes)
            first, *others = taken.invoices
            return Arrived(name, first, words=" ".join(taken.known), others=tuple(others))
        invoice = take_purchase_invoice(acting=acting, content=content, file_name=name, now=now)
    except TakenAlready as refusal:
        return Arrived(name, words=reason_of(refusal), first_id=refusal.first_id)
    except Refused as refusal:
        return Arrived(name, words=reason_of(refusal))
    return Arrived(name, invoice)


def _taken_table(acting: Acting, content: bytes, name: str, now: datetime, wishes: Wishes | None) -> TakenTable:
    """All invoices of a table that are not there yet, or none."""
    with transaction.atomic():
        return take_table(acting=acting, source=content, content=content, name=name, now=now, wishes=wishes)


def take_path(*, acting: Acting, path: Path, now: datetime, wishes: Wishes | None = None) -> list[Arrived]:
    """Takes the file at this path; one that cannot be opened is refused too."""
    try:
        content = path.read_bytes()
    except OSError as error:
        return [Arrived(path.name, words=error.strerror or str(error))]
    return take_file(acting=acting, content=content, name=path.name, now=now, wishes=wishes)


def take_path_named(*, acting: Acting, path: str, name: str, now: datetime) -> list[Arrived]:
    """Takes the file at this path, which people know by another name."""
    return take_file(acting=acting, content=Path(path).read_bytes(), name=name, now=now)


@dataclass(frozen=True, slots=True)
class WatchedPurchases:
    """A folder into which a mail program or an operator puts invoices; each is taken once it has arrived whole."""

    arrivals: Arrivals

    def look(self, *, acting: Acting, now: datetime) -> Iterator[Arrived]:
        """Take what has arrived whole since the look before."""
        for path in self.arrivals.look():
            arrived = take_path(acting=acting, path=path, now=now)
            self.arrivals.put_away(path, done=all(each.is_settled or each.first_id for each in arrived))
            yield from arrived
