"""Writes of charges: collecting what the sources are owed, claiming, returning and waiving."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.charges.models import Charge
from rebill.charges.queries import ChargeNotFound, charge_ids, told_rows, told_until, waived_with
from rebill.kit.bulk import insert_rows, read_rows, update_rows
from rebill.kit.errors import Conflict, Invalid, Problem
from rebill.kit.events import record_event
from rebill.parties.entries import text_of
from rebill.parties.models import Customer, Seller
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import Told
from rebill.sources.contract import Asked, BilledCustomer, ChargeReader, Claim, Source
from rebill.sources.registry import sources as all_sources

# The number under which a claim is billed as soon as it is told; None leaves it open.
ClaimNumber = Callable[[Claim], int | None]

COLUMNS = (
    "seller_id", "buyer_id", "end_customer_id", "source", "key", "kind", "product_id", "description", "starts_on",
    "ends_before", "whole_from", "whole_before", "part", "quantity", "prorated_quantity", "unit_price", "currency",
    "amount", "rate_class", "supply", "ledger_account", "summary_group", "cost_centre", "subscription_id", "sequence",
    "reference", "corrects_id", "origin", "told_at", "claim", "not_before", "waived_reason", "was_issued",
    "credited", "dimensions", "gross_amount", "gross_rate",
)  # fmt: skip
# From its product on, a claim holds the values of these columns in their order.
CLAIM_STARTS_AT = Claim._fields.index("product_id")
CLAIM_ENDS_AT = Claim._fields.index("end_customer_id")


_waived_reason = text_of(Charge, "waived_reason")


class ReasonMissing(Invalid):
    """Money is given up without a reason."""


class ChargeNotOpen(Conflict):
    """The charge is billed or waived already."""


@dataclass(slots=True)
class Collected:
    """What a collection told: how many charges, and what could not be told, by customer."""

    charges: int = 0
    problems: list[tuple[int, Problem]] = field(default_factory=list)


def collect_charges(
    *,
    acting: Acting,
    customers: Mapping[int, BilledCustomer],
    sources: Sequence[Source],
    now: datetime,
    claim_number: ClaimNumber = lambda claim: None,
) -> Collected:
    """Tells everything the sources are owed by these customers, as charges, each once.

    The customers must be locked, so that two collections of the same customer follow each other and the second finds
    nothing left. `claim_number` lets a run claim a charge in the moment it is told. Does not bill anything by itself.
    """
    require(acting, Permission.PREPARE)
    collected = Collected()
    if not customers:
        return collected
    with transaction.atomic():
        base = ProrationBase(Seller.objects.values_list("proration_base", flat=True).get(id=acting.seller_id))
        for source in sources:
            asked = Asked(acting.seller_id, base, customers, _charge_reader(acting.seller_id, source.name))
            batch = source.due(asked=asked, told=_reader(acting.seller_id, source.name))
            waived = waived_with(batch.claims)
            collected.charges += insert_rows(
                Charge, COLUMNS, _rows(acting.seller_id, source.name, batch.claims, now, claim_number, waived)
            )
            source.remember(batch=batch, now=now)
            collected.problems.extend(batch.problems)
    return collected


def lock_customers(*, customer_ids: Collection[int]) -> None:
    """Holds these customers' rows until the end of the transaction (on SQLite the transaction itself is the lock).

    Their keys stay free: an invoice that is written meanwhile, by who holds its draft, must not wait for them.
    """
    rows = Customer.objects.filter(id__among=customer_ids).order_by("id")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("id", flat=True))


def _reader(seller_id: int, source: str) -> Callable[[Mapping[int, date]], Mapping[int, Sequence[Told]]]:
    def read(since: Mapping[int, date]) -> Mapping[int, Sequence[Told]]:
        return told_rows(seller_id=seller_id, source=source, since=since)

    return read


def _charge_reader(seller_id: int, source: str) -> ChargeReader:
    def read(keys: Collection[str]) -> Mapping[str, int]:
        return charge_ids(seller_id=seller_id, source=source, keys=keys)

    return read


def _rows(
    seller_id: int,
    source: str,
    claims: Sequence[Claim],
    now: datetime,
    claim_number: ClaimNumber,
    waived: Mapping[str, str],
) -> Iterator[tuple[object, ...]]:
    for claim in claims:
        waived_reason = waived.get(claim.key, "")
        yield (
            seller_id,
            claim.customer_id,
            claim.end_customer_id or claim.customer_id,
            source,
            claim.key,
            claim.kind.value,
            *claim[CLAIM_STARTS_AT:CLAIM_ENDS_AT],
            now,
            None if waived_reason else claim_number(claim),
            None,
            waived_reason,
            False,
            0,
            claim.dimensions or {},
            claim.gross_minor,
            claim.gross_rate_e6,
        )


def claim_open_charges(*, acting: Acting, claims: Sequence[tuple[int, int]]) -> int:
    """Claims open charges, given as (charge id, claim number) pairs; returns how many. The customers must be locked."""
    require(acting, Permission.PREPARE)
    return update_rows(Charge, "id", ("claim",), claims)


def record_credits(*, acting: Acting, amounts: Mapping[int, int]) -> int:
    """Adds to charges what a credit note gave back of them, in minor units by charge; returns how many were found.

    The charges stay billed. Their source then takes back no more than is left of them.
    """
    require(acting, Permission.CREDIT)
    rows = Charge.objects.filter(seller_id=acting.seller_id, id__among=amounts.keys()).select_for_update(of=("self",))
    credited = [(row[0], row[1] + amounts[row[0]]) for row in read_rows(rows, "id", "credited")]
    return update_rows(Charge, "id", ("credited",), credited)


def return_charges(*, acting: Acting, claims: Collection[int], was_issued: bool = False) -> int:
    """Makes the charges of these claims open again, to be billed by a later run; returns how many.

    `was_issued` notes that they stood on an issued document, so that they are never forgotten. A source that takes back
    what a document billed tells it anew instead.
    """
    rows = Charge.objects.filter(seller_id=acting.seller_id, claim__among=claims)
    _forget_edits(acting, rows)
    if not was_issued:
        return rows.update(claim=None)
    taken_back = _take_back(acting.seller_id, rows)
    return taken_back + rows.update(claim=None, was_issued=True)


def _take_back(seller_id: int, rows: QuerySet[Charge]) -> int:
    """Has those sources that do so take back what a withdrawn document billed; their charges are never billed again."""
    taken = 0
    ids: dict[str, dict[str, int]] = defaultdict(dict)
    for source_name, key, charge_id in rows.order_by("id").values_list("source", "key", "id"):
        ids[source_name][key] = charge_id
    for source in all_sources():
        keys = source.take_back(seller_id=seller_id, keys=ids[source.name].keys()) if source.name in ids else ()
        if keys:
            told = Charge.objects.filter(id__among=[ids[source.name][key] for key in keys])
            told.update(claim=None, was_issued=True, told_anew=True, waived_reason=_("Withdrawn, to be billed anew."))
            taken += len(keys)
    return taken


def retract_charges(*, acting: Acting, claims: Collection[int], sources: Sequence[Source]) -> int:
    """Forgets the charges of these claims as if they had never been told, so that their sources tell them anew.

    Only for charges that no document was issued for, and of a subscription only what was told last: a charge after
    which another one was told that stays (dropped from its draft, waived, or on another draft) stays told as well, and
    so does what a charge that stays corrects, and what its source told together with one. Returns how many were
    forgotten.
    """
    require(acting, Permission.REVIEW)
    forgotten = 0
    with transaction.atomic():
        mine = Charge.objects.filter(seller_id=acting.seller_id, claim__among=claims, was_issued=False)
        # Forgotten in the middle, a period would never be told again, or told under the key of what stays.
        later = Charge.objects.filter(
            seller=OuterRef("seller"),
            source=OuterRef("source"),
            subscription=OuterRef("subscription"),
            id__gt=OuterRef("id"),
        ).exclude(claim__among=claims, was_issued=False)
        correcting = Charge.objects.filter(corrects=OuterRef("pk")).exclude(claim__among=claims, was_issued=False)
        for source in sources:
            rows = list(
                mine.filter(~Exists(later), ~Exists(correcting), source=source.name).values_list(
                    "id", "key", "subscription_id"
                )
            )
            whole = set(source.whole(keys=[row[1] for row in rows])) if rows else set()
            rows = [row for row in rows if row[1] in whole]
            ids = [row[0] for row in rows]
            Charge.objects.filter(id__among=ids).delete()
            forgotten += len(ids)
            subscriptions = {row[2] for row in rows if row[2] is not None}
            told = told_until(seller_id=acting.seller_id, source=source.name, subscription_ids=subscriptions)
            source.forget(
                seller_id=acting.seller_id,
                keys=[row[1] for row in rows],
                subscriptions=subscriptions,
                told=told,
            )
    return forgotten


def retract_told(*, acting: Acting, charge_ids: Collection[int], sources: Sequence[Source]) -> int:
    """Forgets these charges as if they had never been told, wherever they stand; returns how many.

    The caller has seen that nothing was issued for them and that no subscription goes on after them. Drafts that they
    are taken from must be judged again.
    """
    require(acting, Permission.REVIEW)
    forgotten = 0
    with transaction.atomic():
        for source in sources:
            mine = Charge.objects.filter(
                seller_id=acting.seller_id, source=source.name, id__among=charge_ids, was_issued=False,
                subscription__isnull=True, waived_reason="",
            )  # fmt: skip
            rows = list(mine.values_list("id", "key"))
            Charge.objects.filter(id__among=[row[0] for row in rows]).delete()
            source.forget(seller_id=acting.seller_id, keys=[row[1] for row in rows], subscriptions=(), told={})
            forgotten += len(rows)
    return forgotten


def edit_charge(
    *, acting: Acting, charge: Charge, claim: int, quantity: Decimal | None = None, unit_price: Decimal | None = None
) -> Charge:
    """Bills a charge in another quantity or at another price than it was told; `claim` is what bills it.

    What is left None stays as it is. The charge keeps what it was told to be, and no later run makes up for it.
    """
    require(acting, Permission.REVIEW)
    with transaction.atomic():
        held = _held(acting, charge, claim)
        held.edited_quantity = held.edited_quantity if quantity is None else quantity
        held.edited_price = held.edited_price if unit_price is None else unit_price
        held.save(update_fields=["edited_quantity", "edited_price"])
    return held


def reset_charge(*, acting: Acting, charge: Charge, claim: int) -> Charge:
    """Bills a charge as it was told again; `claim` is what bills it."""
    require(acting, Permission.REVIEW)
    with transaction.atomic():
        return _as_told(acting, _held(acting, charge, claim))


def _as_told(acting: Acting, held: Charge) -> Charge:
    _forget_edits(acting, Charge.objects.filter(id=held.pk))
    held.edited_quantity = held.edited_price = None
    return held


def _forget_edits(acting: Acting, charges: QuerySet[Charge]) -> None:
    """Takes back what people changed of these charges. What was told since was told in view of the change: the next
    run looks at it again."""
    edited = charges.filter(Q(edited_quantity__isnull=False) | Q(edited_price__isnull=False))
    told_of = list(edited.order_by("id").values_list("source", "subscription_id"))
    if not told_of:
        return
    edited.update(edited_quantity=None, edited_price=None)
    for source in all_sources():
        ids = {subscription for name, subscription in told_of if name == source.name and subscription is not None}
        told = told_until(seller_id=acting.seller_id, source=source.name, subscription_ids=ids)
        source.forget(seller_id=acting.seller_id, keys=(), subscriptions=ids, told=told)


def postpone_charge(
    *, acting: Acting, charge: Charge, until: date, reason: str, now: datetime, claim: int | None = None
) -> Charge:
    """Leaves a charge open for runs from the day `until` on. `claim` is what bills it, and from which it is taken."""
    require(acting, Permission.REVIEW)
    with transaction.atomic():
        held = _as_told(acting, _held(acting, charge, claim))
        held.claim, held.not_before = None, until
        held.save(update_fields=["claim", "not_before"])
        _record(acting, held, "postponed", now, {"until": until.isoformat(), "reason": reason})
    return held


def waive_charge(*, acting: Acting, charge: Charge, reason: str, now: datetime, claim: int | None = None) -> Charge:
    """Gives a charge up: it is never billed. A reason is asked for. `claim` is what bills it, and from which it is
    taken; a charge that another one bills is refused."""
    require(acting, Permission.REVIEW)
    if not reason.strip():
        raise ReasonMissing(_("A charge is waived with a reason; enter why it is not billed."))
    reason = _waived_reason("reason", reason)
    with transaction.atomic():
        held = _held(acting, charge, claim)
        if held.waived_reason:
            raise ChargeNotOpen(
                _("Charge %(charge)s was waived already: %(reason)s")
                % {"charge": held.pk, "reason": held.waived_reason}
            )
        held = _as_told(acting, held)
        held.claim, held.waived_reason = None, reason
        held.save(update_fields=["claim", "waived_reason"])
        _record(acting, held, "waived", now, {"reason": reason})
    return held


def reopen_charge(*, acting: Acting, charge: Charge, now: datetime) -> Charge:
    """Takes a waiver or postponement back: the charge is open for the next run."""
    require(acting, Permission.REVIEW)
    with transaction.atomic():
        held = _held(acting, charge, None)
        if held.told_anew:
            raise ChargeNotOpen(
                _("Charge %(charge)s stood on a withdrawn document, and what it billed is billed anew.")
                % {"charge": held.pk}
            )
        held.waived_reason, held.not_before = "", None
        held.save(update_fields=["waived_reason", "not_before"])
        _record(acting, held, "reopened", now, {})
    return held


def _held(acting: Acting, charge: Charge, claim: int | None) -> Charge:
    """The seller's charge as it stands now, held until the end of the transaction, if it is billed by `claim`."""
    held = Charge.objects.select_for_update(of=("self",)).filter(seller_id=acting.seller_id, id=charge.pk).first()
    if held is None:
        raise ChargeNotFound(_("There is no charge %(named)s.") % {"named": charge.pk})
    if held.claim != claim:
        raise ChargeNotOpen(
            _("Charge %(charge)s is on a draft or an invoice; take it off the draft first.") % {"charge": held.pk}
        )
    return held


def _record(acting: Acting, charge: Charge, verb: str, now: datetime, details: dict[str, str]) -> None:
    record_event(
        seller_id=acting.seller_id, subject=charge, verb=verb, actor_id=acting.user_id, now=now, details=details
    )
