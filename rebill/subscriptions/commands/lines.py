"""One line of an imported file as a subscription: what it says, or why it cannot be taken."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid
from rebill.kit.imports.outcomes import ImportRecord
from rebill.rules.periods import Alignment, Timing
from rebill.subscriptions.commands.starting import (
    StartTerms,
    TermsRefused,
    check_length,
    check_terms,
    price_e6,
    quantity_e8,
)

Word = TypeVar("Word", bound=StrEnum)

# Keys of other systems become uuids in this namespace, so that the same key is the same subscription for ever.
_KEYS = UUID("5f2f2a5e-6f0e-4a58-9b0a-4a1f5c7d0b6e")

# Which field of a record a refused term came from, where the two are not called the same.
_FIELD_OF_TERM = {"trial_before": "trial_before", "ends_before": "last_day"}


class LineRefused(Invalid):
    """The line cannot be taken; `column` is the field that is to blame, if one is."""

    def __init__(self, what: str, why: str, remedy: str, *, column: str = "", value: object = "") -> None:
        super().__init__(f"{why} {remedy}")
        self.what = what
        self.why = why
        self.remedy = remedy
        self.column = column
        self.value = value


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionLine:
    """What one line says. `quantity_e8` (10⁻⁸) and `price_e6` (10⁻⁶) are None where it says nothing of them.

    `effective_on` makes the line a dated change of a subscription that is known already.
    """

    record: ImportRecord
    uuid: UUID
    customer_number: str
    product_code: str
    order_number: str
    quantity_e8: int | None
    price_e6: int | None
    ends_before: date | None
    effective_on: date | None
    terms: StartTerms

    def refused(self, what: str, why: str, remedy: str, *, column: str = "") -> LineRefused:
        """A refusal that shows the line's own value of the column."""
        return LineRefused(what, why, remedy, column=column, value=self.record.values.get(column, ""))


def subscription_key(*, seller_id: int, record: ImportRecord) -> UUID:
    """The uuid of the subscription a line speaks of: its own, or made from another system's key, or from what it says.

    Without a key of its own a subscription is known by customer, order, product and start, told apart from its twins by
    description and cost centre.
    """
    own = record.text("subscription").strip()
    if own:
        try:
            return UUID(own)
        except ValueError:
            return uuid5(_KEYS, f"{seller_id}\0{own}")
    names = ("customer_number", "order_number", "product_code", "description", "cost_centre")
    parts = [record.text(name).strip() for name in names]
    return uuid5(_KEYS, "\0".join([str(seller_id), str(record.day("start_on")), *parts]))


def read_line(*, seller_id: int, record: ImportRecord) -> SubscriptionLine:
    """The line with its terms checked; LineRefused when something is missing or contradicts itself."""
    for name in ("customer_number", "product_code", "start_on"):
        if not record.states(name):
            raise LineRefused(
                "import.value_missing",
                _("The line does not say this, and a subscription cannot do without it."),
                _("Fill the cell."),
                column=name,
            )
    ends_before = _ends_before(record)
    terms = _terms(record, ends_before)
    try:
        check_terms(terms)
        check_length("order_number", record.text("order_number"), length_max=60)
        check_length("general_reference", record.text("general_reference"))
        check_length("reference", record.text("reference"))
    except TermsRefused as refusal:
        column = _FIELD_OF_TERM.get(refusal.term, refusal.term)
        raise LineRefused(
            "subscription.terms_refused",
            refusal.why,
            refusal.remedy,
            column=column if record.states(column) else refusal.term,
            value=record.values.get(column, ""),
        ) from None
    return SubscriptionLine(
        record=record,
        uuid=subscription_key(seller_id=seller_id, record=record),
        customer_number=record.text("customer_number").strip(),
        product_code=record.text("product_code").strip(),
        order_number=record.text("order_number").strip(),
        quantity_e8=quantity_e8(terms.quantity) if record.states("quantity") else None,
        price_e6=None if terms.unit_price is None else price_e6(terms.unit_price),
        ends_before=ends_before,
        effective_on=record.day("effective_on"),
        terms=terms,
    )


def _terms(record: ImportRecord, ends_before: date | None) -> StartTerms:
    start_on = record.day("start_on") or date.min
    quantity = record.number("quantity")
    return StartTerms(
        quantity=Decimal(1) if quantity is None else quantity,
        start_on=start_on,
        ends_before=ends_before,
        trial_before=_trial_before(record, start_on),
        unit_price=record.number("unit_price"),
        billing_months=record.whole("billing_months") or 1,
        timing=_word(record, "timing", Timing.ADVANCE),
        alignment=_word(record, "alignment", Alignment.CALENDAR),
        description=record.text("description"),
        cost_centre=record.text("cost_centre"),
        reference="" if record.states("effective_on") else record.text("reference"),
        owes_setup=_owes_setup(record, start_on),
    )


def _trial_before(record: ImportRecord, start_on: date) -> date | None:
    """What another system billed already is owed to nobody here, just as the days of a trial are."""
    trial_before, billed_from = record.day("trial_before"), _taken_over_on(record, start_on)
    if billed_from is None or trial_before is None:
        return billed_from or trial_before
    return max(trial_before, billed_from)


def _owes_setup(record: ImportRecord, start_on: date) -> bool:
    """Whether the setup fee is still to be billed: another system did so for what it billed before, unless the line
    says otherwise."""
    said = record.flag("setup_fee")
    return _taken_over_on(record, start_on) is None if said is None else said


def _taken_over_on(record: ImportRecord, start_on: date) -> date | None:
    """The first day that is billed here, of what another system billed before; None for what begins here."""
    billed_from = record.day("billed_from")
    return None if billed_from is None or billed_from <= start_on else billed_from


def _ends_before(record: ImportRecord) -> date | None:
    last_day, ends_before = record.day("last_day"), record.day("ends_before")
    if last_day is None:
        return ends_before
    after = last_day + timedelta(days=1)
    if ends_before is not None and ends_before != after:
        raise LineRefused(
            "subscription.end_unclear",
            _("The line names two ends: %(last)s as the last day, and %(first)s as the first day no longer owed.")
            % {"last": last_day.isoformat(), "first": ends_before.isoformat()},
            _("Fill one of the two cells."),
            column="last_day",
            value=last_day,
        )
    return after


def _word(record: ImportRecord, name: str, default: Word) -> Word:
    value = record.text(name)
    try:
        return type(default)(value) if value else default
    except ValueError:
        allowed = ", ".join(word.value for word in type(default))
        raise LineRefused(
            "import.value_unknown",
            _("“%(value)s” is none of the words known here.") % {"value": value},
            _("Use one of: %(allowed)s.") % {"allowed": allowed},
            column=name,
            value=value,
        ) from None
