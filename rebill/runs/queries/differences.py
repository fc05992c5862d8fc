"""Why a draft comes to more or less than the customer's invoice before it, line by line."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.queries.tax_desk import TaxDesk
from rebill.charges.models import Charge
from rebill.parties.queries import seller_of
from rebill.rules.difference import Cause, Item, differences
from rebill.rules.reconcile import ChargeKind
from rebill.runs.models import Draft, DraftState
from rebill.runs.queries.customers import draft_customers
from rebill.runs.queries.lines import lines_of
from rebill.runs.queries.shown import ShownDraft, ShownLine, shown_lines
from rebill.runs.queries.taxing import taxed_totals

# The first month of a subscription and the following ones are the same thing to whoever pays for it.
_SAME = {ChargeKind.PERIODICFIRST: ChargeKind.PERIODIC, ChargeKind.PERPETUAL: ChargeKind.SETUP}


@dataclass(frozen=True, slots=True)
class ShownDifference:
    """One reason in the words of its lines. Quantities are integers of 10⁻⁸, prices of 10⁻⁶."""

    text: str
    kind: ChargeKind
    cause: Cause
    amount_minor: int
    quantities_e8: tuple[int | None, int | None]
    prices_e6: tuple[int | None, int | None]
    starts_on: date | None
    ends_before: date | None


@dataclass(frozen=True, slots=True)
class Compared:
    """The draft against what was invoiced before: on which day, how much more, and why; the reasons add up to it."""

    billed_on: date
    amount_minor: int
    reasons: tuple[ShownDifference, ...]


def draft_compared(*, acting: Acting, draft: Draft, shown: ShownDraft) -> Compared | None:
    """The draft against the customer's last issued one in its currency and cost centre; None where there is none."""
    require(acting, Permission.READ)
    # What was withdrawn has given its lines back, and is no invoice to compare with.
    before = (
        Draft.objects.filter(
            Exists(Charge.objects.filter(claim=OuterRef("id"))),
            seller_id=acting.seller_id,
            customer_id=draft.customer_id,
            currency=draft.currency,
            cost_centre=draft.cost_centre,
            state=DraftState.ISSUED,
            billed_on__lt=draft.billed_on,
        )
        .order_by("-billed_on", "-id")
        .first()
    )
    if before is None:
        return None
    seller = seller_of(acting)
    lines = lines_of(seller_id=seller.pk, draft_ids=[before.pk]).get(before.pk, [])
    customer = draft_customers(seller=seller, customer_ids=[draft.customer_id])[draft.customer_id]
    taxed = taxed_totals(TaxDesk(seller), customer, lines, default_on=before.billed_on)
    earlier = shown_lines(seller, draft.customer.language or seller.language, lines, taxed)
    named: Mapping[Hashable, ShownLine] = {_key(each): each for each in (*earlier, *shown.lines)}
    found = differences(map(_item, earlier), map(_item, shown.lines))
    return Compared(
        billed_on=before.billed_on,
        amount_minor=sum(each.amount_minor for each in found),
        reasons=tuple(
            ShownDifference(
                text=named[each.key].text,
                kind=ChargeKind(named[each.key].line.kind),
                cause=each.cause,
                amount_minor=each.amount_minor,
                quantities_e8=each.quantities_e8,
                prices_e6=each.prices_e6,
                starts_on=named[each.key].line.starts_on,
                ends_before=named[each.key].line.ends_before,
            )
            for each in found
        ),
    )


def _key(shown: ShownLine) -> Hashable:
    """The same product under the same words, as one kind of charge; a correction is never the same as another one."""
    line = shown.line
    kind = ChargeKind(line.kind)
    own = shown.charge_id if kind in (ChargeKind.PERIODICCORRECTION, ChargeKind.CREDIT) else None
    return (_SAME.get(kind, kind), line.product_id, shown.text, own)


def _item(shown: ShownLine) -> Item:
    line = shown.line
    return Item(_key(shown), line.prorated_e8, line.price_e6, line.amount_minor)
