"""Adding, changing and removing interim lines by hand, until a run has billed them."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.kit.bulk import update_rows
from rebill.kit.errors import Conflict, NotFound
from rebill.kit.events import record_event, subject_type_of
from rebill.kit.models import Event
from rebill.parties.commands import lock_open_customer
from rebill.parties.models import Customer, Seller
from rebill.rules.reconcile import ChargeKind
from rebill.sources.oneoff.commands.terms import LineContent, LineTerms, line_content
from rebill.sources.oneoff.models import InterimLine
from rebill.sources.oneoff.queries import LineNotFound

__all__ = [
    "LineTerms",
    "add_credit",
    "add_interim_line",
    "change_interim_line",
    "remember_lines",
    "remove_interim_line",
    "restore_interim_line",
]


class LineDiffers(Conflict):
    """The uuid is taken by a line that says something else."""


class LineBilled(Conflict):
    """A run has billed the line; what was wrong with it is credited."""


class NothingToRestore(NotFound):
    """No line was removed under this id."""


class NotTheSellers(NotFound):
    """A customer or product was named that the acting seller does not have."""


def add_interim_line(
    *,
    acting: Acting,
    customer: Customer,
    terms: LineTerms,
    now: datetime,
    product: Product | None = None,
    uuid: UUID | None = None,
) -> InterimLine:
    """A one-off line for the customer, billed by the next run that reaches its day.

    With a `uuid` it is added once: the same line again gives the same line, another content is refused. Negative
    quantities and prices are refused: `add_credit` gives something back.
    """
    return _add(acting, customer, terms, product=product, is_credit=False, uuid=uuid, now=now)


def add_credit(
    *,
    acting: Acting,
    customer: Customer,
    terms: LineTerms,
    now: datetime,
    product: Product | None = None,
    uuid: UUID | None = None,
) -> InterimLine:
    """A line that gives something back on the next invoice. Quantity and price are given as they are, without a minus.

    Does not correct a certain invoice; a credit note of that invoice does.
    """
    return _add(acting, customer, terms, product=product, is_credit=True, uuid=uuid, now=now)


def change_interim_line(
    *,
    acting: Acting,
    line: InterimLine,
    terms: LineTerms,
    now: datetime,
    product: Product | None = None,
) -> InterimLine:
    """The line with this content in place of the former; a credit stays a credit. Refused once a run has billed it."""
    require(acting, Permission.ADD_LINES)
    if product is not None:
        _require_own(acting, product)
    with transaction.atomic():
        waiting = _waiting(acting, line)
        content = line_content(
            terms=terms,
            seller=_seller(acting),
            customer=waiting.customer,
            product=product,
            is_credit=waiting.kind == ChargeKind.CREDIT,
        )
        before, after = columns_of(content_of(waiting)), columns_of(content)
        changed = {name: [_told(before[name]), _told(after[name])] for name in before if before[name] != after[name]}
        if changed:
            InterimLine.objects.filter(pk=waiting.pk).update(**columns_of(content))
            _record(acting, waiting, "changed", now, changed)
            waiting.refresh_from_db()
    return waiting


def remove_interim_line(*, acting: Acting, line: InterimLine, now: datetime, reason: str = "") -> None:
    """Takes a line away that no run has billed yet; the event keeps what it said and why it went."""
    require(acting, Permission.ADD_LINES)
    with transaction.atomic():
        waiting = _waiting(acting, line)
        told = {name: _told(value) for name, value in columns_of(content_of(waiting)).items()}
        _record(acting, waiting, "removed", now, _removal(waiting, told, reason))
        waiting.delete()


def restore_interim_line(*, acting: Acting, line_id: int, now: datetime) -> InterimLine:
    """Puts a removed line back as its event kept it, under the same uuid; repeated, it gives the same line."""
    require(acting, Permission.ADD_LINES)
    removed = (
        Event.objects.filter(
            seller_id=acting.seller_id, subject_type=subject_type_of(InterimLine), subject_id=line_id, verb="removed"
        )
        .order_by("-id")
        .first()
    )
    if removed is None:
        raise NothingToRestore(_("There is no removed line %(named)s.") % {"named": line_id})
    kept = removed.details
    with transaction.atomic():
        lock_open_customer(acting=acting, customer_id=kept["customer"])
        line, is_new = InterimLine.objects.select_related("customer", "product").get_or_create(
            seller_id=acting.seller_id,
            uuid=UUID(kept["uuid"]),
            defaults={
                **kept["line"],
                "customer_id": kept["customer"],
                "added_at": now,
                "added_by": acting.user_id,
            },
        )
        if is_new:
            _record(acting, line, "restored", now, {"uuid": kept["uuid"], "removed": line_id})
    line.refresh_from_db()
    return line


def remember_lines(*, rows: Sequence[tuple[object, ...]], now: datetime) -> None:
    """Keeps that these lines were told, each named by its id, so that no run tells them again."""
    update_rows(InterimLine, "id", ("told_at",), ((line_id, now) for (line_id,) in rows))


def forget_lines(*, uuids: Collection[UUID]) -> None:
    """Un-remembers that these lines were told: they wait for the next run and can be changed again."""
    InterimLine.objects.filter(uuid__in=uuids).update(told_at=None)


def _add(
    acting: Acting,
    customer: Customer,
    terms: LineTerms,
    *,
    product: Product | None,
    is_credit: bool,
    uuid: UUID | None,
    now: datetime,
) -> InterimLine:
    require(acting, Permission.ADD_LINES)
    _require_own(acting, customer)
    if product is not None:
        _require_own(acting, product)
    content = line_content(terms=terms, seller=_seller(acting), customer=customer, product=product, is_credit=is_credit)
    with transaction.atomic():
        lock_open_customer(acting=acting, customer_id=customer.pk)
        line, is_new = InterimLine.objects.select_related("customer", "product").get_or_create(
            seller_id=acting.seller_id,
            uuid=uuid or uuid4(),
            defaults={
                "customer": customer,
                "added_at": now,
                "added_by": acting.user_id,
                **columns_of(content),
            },
        )
        if not is_new and (line.customer_id != customer.pk or content_of(line) != content):
            raise LineDiffers(
                _("Interim line %(uuid)s exists and says something else. Give a new uuid.") % {"uuid": line.uuid}
            )
        if is_new:
            _record(acting, line, "added", now, {"uuid": str(line.uuid), "customer": customer.pk})
    return line


def columns_of(content: LineContent) -> dict[str, Any]:
    """The content as Django's own writes take it: exact numbers as decimals."""
    return {
        **asdict(content),
        "quantity": Decimal(content.quantity).scaleb(-8),
        "unit_price": Decimal(content.unit_price).scaleb(-6),
    }


def content_of(line: InterimLine) -> LineContent:
    """What a stored line says, to be compared."""
    columns = {name: getattr(line, name) for name in LineContent.__dataclass_fields__}
    columns |= {"quantity": int(line.quantity.scaleb(8)), "unit_price": int(line.unit_price.scaleb(6))}
    return LineContent(**columns)


def _waiting(acting: Acting, line: InterimLine) -> InterimLine:
    """The line, locked together with its customer: a run that bills the customer holds that row until it is done."""
    customer = Customer.objects.select_for_update().filter(pk=line.customer_id, seller_id=acting.seller_id).first()
    rows = InterimLine.objects.select_for_update().filter(pk=line.pk, seller_id=acting.seller_id)
    waiting = rows.first() if customer is not None else None
    if waiting is None:
        raise LineNotFound(_("There is no interim line %(named)s.") % {"named": line.uuid})
    if waiting.told_at is not None:
        raise LineBilled(_("A run has billed this line already. Add a credit, or mend the draft."))
    return waiting


def _require_own(acting: Acting, row: Customer | Product) -> None:
    if row.seller_id != acting.seller_id:
        is_customer = isinstance(row, Customer)
        sentence = _("There is no customer %(named)s.") if is_customer else _("There is no product %(named)s.")
        raise NotTheSellers(sentence % {"named": row.pk})


def _seller(acting: Acting) -> Seller:
    return Seller.objects.get(pk=acting.seller_id)


def _told(value: object) -> object:
    """The value as an event keeps it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _removal(line: InterimLine, told: dict[str, object], reason: str) -> dict[str, Any]:
    return {"uuid": str(line.uuid), "customer": line.customer_id, "reason": reason, "line": told}


def _record(acting: Acting, line: InterimLine, verb: str, now: datetime, details: dict[str, Any]) -> None:
    record_event(seller_id=acting.seller_id, subject=line, verb=verb, actor_id=acting.user_id, now=now, details=details)
