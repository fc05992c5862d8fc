"""Reads of charges: what is open, what was told before, and why a charge is what it is."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import starmap
from typing import NamedTuple

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.charges.models import Charge
from rebill.kit.bulk import Numbers, chunks, read_all
from rebill.kit.errors import NotFound
from rebill.parties.models import Customer, Seller
from rebill.rules.edited import as_edited
from rebill.rules.money import Money, digits_of
from rebill.rules.periods import Period, next_invoice_on
from rebill.rules.proration import ProrationBase, fraction
from rebill.rules.reconcile import ChargeKind, PieceKey, Told
from rebill.rules.recurring import Horizon
from rebill.sources.contract import BilledCustomer, Claim
from rebill.subscriptions.models import Change

_KEYS_AT_ONCE = 1000
BILLABLE = Q(claim__isnull=True, waived_reason="")


class ChargeNotFound(NotFound):
    """No charge of this seller has the id."""


def charge_of(*, acting: Acting, charge_id: int) -> Charge:
    """The seller's charge with this id."""
    try:
        return Charge.objects.select_related("product", "subscription").get(seller_id=acting.seller_id, id=charge_id)
    except Charge.DoesNotExist:
        raise ChargeNotFound(_("There is no charge %(named)s.") % {"named": charge_id}) from None


def charge_told(*, acting: Acting, source: str, key: str) -> Charge:
    """The seller's charge that this source told under this key."""
    charge = Charge.objects.filter(seller_id=acting.seller_id, source=source, key=key).first()
    if charge is None:
        raise ChargeNotFound(_("%(source)s has told no charge %(key)s.") % {"source": source, "key": key})
    return charge


def charges_by_id(*, acting: Acting, charge_ids: Collection[int]) -> QuerySet[Charge]:
    """The seller's charges with these ids, in the order they were told."""
    return Charge.objects.filter(seller_id=acting.seller_id, id__among=Numbers(charge_ids)).order_by("id")


def charge_ids(*, seller_id: int, source: str, keys: Collection[str]) -> dict[str, int]:
    """The charges that a source of the seller told under these keys, one read for every thousand."""
    found: dict[str, int] = {}
    for some in chunks(keys, _KEYS_AT_ONCE):
        rows = Charge.objects.filter(seller_id=seller_id, source=source, key__in=some)
        found.update(rows.values_list("key", "id"))
    return found


def open_charges(*, acting: Acting, customer_id: int | None = None) -> QuerySet[Charge]:
    """Charges that nobody bills yet and that were not waived."""
    rows = Charge.objects.filter(BILLABLE, seller_id=acting.seller_id)
    return rows if customer_id is None else rows.filter(buyer_id=customer_id)


class BilledDay:
    """The day of a run: what it means for customers of each rhythm, currency and language."""

    def __init__(self, seller: Seller, billed_on: date) -> None:
        self.seller = seller
        self.billed_on = billed_on
        self._horizons: dict[tuple[int, tuple[int, ...]], Horizon] = {}

    def customer(
        self, currency: str, language: str, cost_centre: str, interval: int, months: Sequence[int]
    ) -> BilledCustomer:
        """What the sources need to know of a customer with these terms; what it leaves empty is the seller's."""
        key = (interval, tuple(months))
        horizon = self._horizons.get(key)
        if horizon is None:
            horizon = self._horizons[key] = horizon_of(self.billed_on, interval, months)
        currency = currency or self.seller.currency
        return BilledCustomer(horizon, currency, digits_of(currency), language or self.seller.language, cost_centre)


def billed_customers(*, seller: Seller, billed_on: date, customer_ids: Collection[int]) -> dict[int, BilledCustomer]:
    """What the sources need to know of these customers for a run on `billed_on`."""
    day = BilledDay(seller, billed_on)
    rows = Customer.objects.filter(seller_id=seller.id, id__among=customer_ids).values_list(
        "id", "currency", "language", "cost_centre", "invoice_interval_months", "invoice_months"
    )
    return {customer_id: day.customer(*terms) for customer_id, *terms in rows}


def horizon_of(billed_on: date, interval_months: int, months: Sequence[int]) -> Horizon:
    """How far a run on `billed_on` bills a customer: arrears that are over, and advance up to its next invoice."""
    return Horizon(
        arrears_until=billed_on,
        advance_before=next_invoice_on(billed_on, interval_months, frozenset(months) or None),
    )


def told_rows(*, seller_id: int, source: str, since: Mapping[int, date]) -> dict[int, list[Told]]:
    """What was told of each subscription for the periods that end after its day, as it is billed, oldest first."""
    if not since:
        return {}
    rows = read_all(
        Charge.objects.filter(
            seller_id=seller_id,
            source=source,
            subscription_id__among=Numbers(since.keys()),
            whole_before__gt=min(since.values()),
        ).order_by("id"),
        "id", "subscription_id", "whole_from", "whole_before", "starts_on", "ends_before",
        "product_id", "part", "unit_price", "quantity", "prorated_quantity", "amount",
        "currency", "credited", "claim", "edited_quantity", "edited_price",
    )  # fmt: skip
    found: dict[int, list[Told]] = defaultdict(list)
    for row in rows:
        if row[3] <= since[row[1]]:
            continue
        told = Told(
            charge_id=row[0],
            whole=Period(row[2], row[3]),
            days=Period(row[4], row[5]),
            key=PieceKey(row[6], row[7], row[8]),
            quantity_e8=row[9],
            prorated_e8=row[10],
            amount_minor=row[11],
            currency=row[12],
            credited_minor=row[13],
            billed_by=row[14],
        )
        found[row[1]].append(as_edited(told, prorated_e8=row[15], price_e6=row[16], digits=digits_of(row[12])))
    return found


def told_until(*, seller_id: int, source: str, subscription_ids: Collection[int]) -> dict[int, date | None]:
    """How far the source has told each subscription: the end of its last billing period, None where it told no period
    but something else; subscriptions that were never told have no row."""
    rows = Charge.objects.filter(seller_id=seller_id, source=source, subscription_id__among=subscription_ids)
    return dict(rows.order_by().values_list("subscription_id").annotate(until=Max("whole_before")))


def waived_with(claims: Sequence[Claim]) -> dict[str, str]:
    """Which of these claims are waived as they are told, by key, with the reason: what takes back a waived charge.

    It was never billed, so taking it back would give away money that nobody paid. Only what comes to more than was
    waived is billed: the claims and the waived corrections before them are summed up for each waived charge.
    """
    sums: dict[int, int] = defaultdict(int)
    for claim in claims:
        if claim.corrects_id is not None:
            sums[claim.corrects_id] += claim.amount_minor
    if not sums:
        return {}
    given_up = Charge.objects.filter(id__among=sums.keys()).exclude(waived_reason="")
    reasons = dict(given_up.order_by("id").values_list("id", "waived_reason"))
    before = Charge.objects.filter(corrects_id__among=reasons.keys()).exclude(waived_reason="")
    for charge_id, amount in read_all(before.order_by("id"), "corrects_id", "amount"):
        sums[charge_id] += amount
    return {
        claim.key: reasons[claim.corrects_id]
        for claim in claims
        if claim.corrects_id is not None and claim.corrects_id in reasons and sums[claim.corrects_id] <= 0
    }


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a charge is what it is: its source record, period, share, price and the price's origin (DESIGN, law 10)."""

    charge_id: int
    kind: str
    source: str
    record: str
    period: Period | None
    whole: Period | None
    share: tuple[int, int] | None
    base: str
    quantity: Decimal
    prorated_quantity: Decimal
    unit_price: Decimal
    amount: Money
    price_origin: str
    cost_centre: str
    dimensions: Mapping[str, str]
    corrects: int | None
    change: int


def explain_charge(*, acting: Acting, charge_id: int) -> Explanation:
    """The explanation of one charge."""
    charge = charge_of(acting=acting, charge_id=charge_id)
    # Days are counted as by the seller of the end customer, on every level of a chain.
    counts = acting.seller_id if charge.subscription is None else charge.subscription.seller_id
    base = ProrationBase(Seller.objects.values_list("proration_base", flat=True).get(id=counts))
    period = whole = share = None
    if charge.whole_from is not None and charge.whole_before is not None:
        whole = Period(charge.whole_from, charge.whole_before)
    if charge.starts_on is not None and charge.ends_before is not None and charge.starts_on < charge.ends_before:
        period = Period(charge.starts_on, charge.ends_before)
    if whole is not None and period is not None:
        share = fraction(whole, period, base)
    record = f"subscription {charge.subscription.uuid}" if charge.subscription is not None else charge.key
    return Explanation(
        charge_id=charge.id,
        kind=charge.kind,
        source=charge.source,
        record=record,
        period=period,
        whole=whole,
        share=share,
        base=base.value,
        quantity=charge.quantity,
        prorated_quantity=charge.prorated_quantity,
        unit_price=charge.unit_price,
        amount=charge.amount,
        price_origin=charge.origin,
        cost_centre=charge.cost_centre,
        dimensions=charge.dimensions,
        corrects=charge.corrects_id,
        change=charge.sequence or _change_behind(charge),
    )


def _change_behind(charge: Charge) -> int:
    """The change that a correction answers: the last entered one that holds on its first day; 0 where it was a price.

    What is taken back is no longer wanted, so no piece of the history names the change itself.
    """
    if charge.kind != ChargeKind.PERIODICCORRECTION or charge.subscription is None:
        return 0
    changes = Change.objects.filter(
        subscription=charge.subscription, effective_on__lte=charge.starts_on, entered_at__lte=charge.told_at
    )
    return changes.order_by("-sequence").values_list("sequence", flat=True).first() or 0


class OpenCharge(NamedTuple):
    """A charge that waits to be billed: whose it is, and what tax needs to know of it."""

    id: int
    customer_id: int
    currency: str
    cost_centre: str
    rate_class: str
    supply: str
    starts_on: date | None
    ends_before: date | None
    amount_minor: int
    gross_minor: int | None
    gross_rate_e6: int | None


def open_charges_of(*, seller_id: int, billed_on: date, customer_ids: Collection[int]) -> list[OpenCharge]:
    """The charges of these customers that nobody bills yet and a run on this day may take, as they were told."""
    rows = Charge.objects.filter(
        BILLABLE, not_postponed(billed_on), seller_id=seller_id, buyer_id__among=Numbers(customer_ids)
    )
    found = read_all(
        rows.order_by("id"),
        "id", "buyer_id", "currency", "cost_centre", "rate_class", "supply", "starts_on", "ends_before", "amount",
        "gross_amount", "gross_rate",
    )  # fmt: skip
    return list(starmap(OpenCharge, found))


def buyers_with_open_charges(*, seller_id: int, billed_on: date) -> set[int]:
    """The customers who have charges that nobody bills yet; read from the partial index of open charges."""
    rows = Charge.objects.filter(BILLABLE, not_postponed(billed_on), seller_id=seller_id)
    return set(rows.order_by().values_list("buyer_id", flat=True).distinct())


def billed_before(*, seller_id: int, source: str, told_since: datetime | None = None) -> date | None:
    """The day until before which anything of the source was billed to anybody; None while nothing was.

    With a moment only of charges that were told since: those told earlier cannot have known what came later.
    """
    claimed = Charge.objects.filter(seller_id=seller_id, source=source, claim__isnull=False)
    if told_since is not None:
        claimed = claimed.filter(told_at__gte=told_since)
    latest: date | None = claimed.aggregate(latest=Max("ends_before"))["latest"]
    return latest


def not_postponed(billed_on: date) -> Q:
    """Charges that a run on this day may take."""
    return Q(not_before__isnull=True) | Q(not_before__lte=billed_on)
