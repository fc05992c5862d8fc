"""Subscriptions of another system, in bulk: started if unknown, left alone if known, changed only from a named day.

The same lines again change nothing, whatever was entered by hand in between. Nothing is overwritten: where a line says
something else than what is stored, it needs the day from which that holds, and becomes a dated change.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.imports.outcomes import ImportRecord, Outcome, accepted, rejected, unchanged
from rebill.rules.timeline import FOREVER, ChangeKind, last_day_exclusive, standing_steps
from rebill.subscriptions.commands.lines import LineRefused, SubscriptionLine, read_line
from rebill.subscriptions.commands.recording import Known, Recording, State, Stored, read_known
from rebill.subscriptions.commands.starting import lock_starts

# Product, quantity and own price as a line wants them; None where it says nothing of one.
Wanted = tuple[int, int | None, int | None]


def import_subscriptions(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Starts and changes subscriptions, all in one transaction; one outcome for each record, in their order.

    Fields: subscription (the key in the other system, or a uuid), customer_number, product_code, order_number,
    general_reference, ordered_on, quantity, unit_price, start_on, last_day or ends_before, trial_before, billed_from,
    billing_months, timing, alignment, description, cost_centre, reference, setup_fee, effective_on. An empty cell says
    nothing; a subscription that is billed from later than its start has had its setup fee, unless the line says so.
    Give at most some thousand records at once; the number of reads does not depend on how many there are.
    """
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    outcomes: list[Outcome] = []
    with transaction.atomic():
        lock_starts(acting.seller_id)
        lines: list[SubscriptionLine | LineRefused] = [_read(acting.seller_id, record) for record in records]
        known = read_known(acting.seller_id, [line for line in lines if isinstance(line, SubscriptionLine)])
        recording = Recording(acting=acting, now=now)
        for record, line in zip(records, lines, strict=True):
            outcomes.append(_outcome(record, line, known, recording))
        recording.write()
    return outcomes


def _read(seller_id: int, record: ImportRecord) -> SubscriptionLine | LineRefused:
    try:
        return read_line(seller_id=seller_id, record=record)
    except LineRefused as refusal:
        return refusal


def _outcome(record: ImportRecord, line: SubscriptionLine | LineRefused, known: Known, recording: Recording) -> Outcome:
    try:
        if isinstance(line, LineRefused):
            raise line
        is_new = _take(line, known, recording)
    except LineRefused as refusal:
        return rejected(
            record,
            what=refusal.what,
            why=refusal.why,
            remedy=refusal.remedy,
            column=refusal.column,
            value=refusal.value,
        )
    return accepted(record) if is_new else unchanged(record)


def _take(line: SubscriptionLine, known: Known, recording: Recording) -> bool:
    """Whether the line says anything new. Everything is checked before the first write is noted."""
    customer_id = known.customers.get(line.customer_number)
    if customer_id is None:
        raise line.refused(
            "subscription.customer_unknown",
            _("There is no customer with this number."),
            _("Import the customer first, or correct the number."),
            column="customer_number",
        )
    product_id = known.products.get(line.product_code)
    if product_id is None:
        raise line.refused(
            "subscription.product_unknown",
            _("There is no product with this code."),
            _("Import the product first, or correct the code."),
            column="product_code",
        )
    stored = known.subscriptions.get(line.uuid)
    if stored is None:
        _start(line, customer_id, product_id, known, recording)
        return True
    _require_same_terms(line, stored, customer_id, known)
    end = _new_end(line, stored)
    changed = _change(line, stored, product_id, recording)
    if end is not None:
        recording.change(stored, ChangeKind.CANCEL, end, reference=_change_reference(line))
    return changed or end is not None


def _start(line: SubscriptionLine, customer_id: int, product_id: int, known: Known, recording: Recording) -> None:
    if line.effective_on is not None and line.effective_on > line.terms.start_on:
        raise line.refused(
            "subscription.unknown_but_changed",
            _("The subscription is not known yet, so what it was before this day is not known either."),
            _("Import a line without this day first, or leave the day out if the line holds from the start."),
            column="effective_on",
        )
    order = known.orders.get(line.order_number)
    if order is not None and order.customer_id != customer_id:
        raise line.refused(
            "subscription.order_of_another",
            _("The order with this number is another customer's."),
            _("Correct the order number or the customer number."),
            column="order_number",
        )
    if line.order_number and order is None:
        order = known.orders[line.order_number] = recording.order(line, customer_id)
    known.subscriptions[line.uuid] = recording.start(line, customer_id, product_id, order)


def _require_same_terms(line: SubscriptionLine, stored: Stored, customer_id: int, known: Known) -> None:
    """Refuses a line that contradicts what was agreed at the start; cells left empty contradict nothing."""
    terms, record = line.terms, line.record
    if customer_id != stored.customer_id:
        raise _fixed(line, "customer_number", known.number_of_customer(stored.customer_id))
    order = known.orders.get(line.order_number)
    if line.order_number and (order is None or order is not stored.order):
        raise _fixed(line, "order_number", stored.order.number if stored.order else "")
    compared: list[tuple[str, object, object]] = [
        ("start_on", terms.start_on, stored.history.start_on),
        ("billing_months", terms.billing_months, stored.billing_months),
        ("timing", terms.timing, stored.timing),
        ("alignment", terms.alignment, stored.alignment),
        ("description", terms.description, stored.description),
        ("cost_centre", terms.cost_centre, stored.cost_centre),
        ("setup_fee", terms.owes_setup, stored.owes_setup),
        ("trial_before", terms.trial_before, stored.history.trial_before),
        ("billed_from", terms.trial_before, stored.history.trial_before),
    ]
    if line.effective_on is None:
        compared.append(("reference", terms.reference, stored.history.reference))
    for name, said, kept in compared:
        if record.states(name) and said != kept:
            raise _fixed(line, name, kept)


def _fixed(line: SubscriptionLine, column: str, kept: object) -> LineRefused:
    return line.refused(
        "subscription.fixed_at_start",
        _("The subscription started with “%(kept)s” here, and that does not change.")
        % {"kept": "" if kept is None else kept},
        _("Correct the line, or cancel the subscription and start another one under another key."),
        column=column,
    )


def _new_end(line: SubscriptionLine, stored: Stored) -> date | None:
    """The end to enter as a cancellation; None when the line names no end or one that is known already."""
    end, history = line.ends_before, stored.history
    if end is None or end == history.ends_before or stored.has_change(ChangeKind.CANCEL, end):
        return None
    if end == last_day_exclusive(history, standing_steps(history.steps)):
        return None
    if history.ends_before is not None and end > history.ends_before:
        raise line.refused(
            "subscription.end_agreed",
            _("It was agreed that the subscription ends before %(day)s.") % {"day": history.ends_before.isoformat()},
            _("Start another subscription from that day on."),
            column="last_day" if line.record.states("last_day") else "ends_before",
        )
    return end


def _change(line: SubscriptionLine, stored: Stored, product_id: int, recording: Recording) -> bool:
    """Notes what holds otherwise from the line's day on; whether there was anything."""
    wanted: Wanted = (
        product_id,
        line.quantity_e8,
        line.price_e6,
    )
    effective_on = line.effective_on
    if effective_on is None:
        latest = stored.state_on(FOREVER)
        if _says(wanted, stored.first_state()) or _says(wanted, latest):
            return False
        raise _undated(line, wanted, latest)
    if effective_on < stored.history.start_on:
        raise line.refused(
            "subscription.change_too_early",
            _("The subscription starts on %(day)s; nothing changes before.")
            % {"day": stored.history.start_on.isoformat()},
            _("Enter that day or a later one."),
            column="effective_on",
        )
    return _change_from(effective_on, wanted, stored, recording, reference=_change_reference(line))


def _change_from(effective_on: date, wanted: Wanted, stored: Stored, recording: Recording, *, reference: str) -> bool:
    product_id, quantity, price = wanted
    product_before, quantity_before, price_before = stored.state_on(effective_on)
    if product_id != product_before:
        return recording.change(
            stored,
            ChangeKind.PRODUCT,
            effective_on,
            product_id=product_id,
            quantity_e8=quantity,
            price_e6=price,
            reference=reference,
        )
    changed = False
    if quantity not in (None, quantity_before):
        changed |= recording.change(
            stored, ChangeKind.QUANTITY, effective_on, quantity_e8=quantity, reference=reference
        )
    if price not in (None, price_before):
        changed |= recording.change(stored, ChangeKind.PRICE, effective_on, price_e6=price, reference=reference)
    return changed


def _says(wanted: Wanted, state: State) -> bool:
    return all(said is None or said == kept for said, kept in zip(wanted, state, strict=True))


def _undated(line: SubscriptionLine, wanted: Wanted, state: State) -> LineRefused:
    pairs = zip(("product_code", "quantity", "unit_price"), wanted, state, strict=True)
    return line.refused(
        "subscription.change_without_day",
        _("The line says something else than what is known of this subscription, but not from which day on."),
        _("Add a column with the day from which it holds, and map it to “effective on”."),
        column=next(name for name, said, kept in pairs if said not in (None, kept)),
    )


def _change_reference(line: SubscriptionLine) -> str:
    return line.record.text("reference") if line.effective_on is not None else ""
