"""What a run has to know of one subscription before it asks what it owes: how its days count, and what changed."""

from collections.abc import Iterable, Sequence
from datetime import date

from rebill.rules.periods import Alignment, Schedule
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import Owed
from rebill.rules.recurring import PriceFound, schedule_of
from rebill.rules.timeline import History, first_affected_day, standing_steps
from rebill.sources.contract import Asked
from rebill.sources.recurring.queries import NOT_RESOLD, Recurring, Revision

REFERENCE_LENGTH = 120

# Days on which a dealer's customer takes what is not this seller's: not even a price is missing.
NOTHING_TO_PRICE = PriceFound((), "")


def base_of(recurring: Recurring, asked: Asked) -> ProrationBase:
    """How days are counted: as by the seller of the end customer, so that every level bills the same quantity."""
    return asked.base if recurring.tier is None else recurring.tier.base


def reference_of(recurring: Recurring, reference: str) -> str:
    """What a line says it is for: on a dealer's bill first of all for which of its customers."""
    if recurring.tier is None:
        return reference
    name = recurring.tier.end_customer_name
    return f"{name} · {reference}"[:REFERENCE_LENGTH] if reference else name


def schedule_for(recurring: Recurring, history: History) -> Schedule:
    """Its grid of billing periods."""
    return schedule_of(
        billed_from=history.billed_from, months=recurring.months, alignment=_ALIGNMENTS[recurring.alignment]
    )


# A look-up is four times as fast as asking the enum, and this is asked for every subscription.
_ALIGNMENTS = {alignment.value: alignment for alignment in Alignment}


def because(recurring: Recurring, owed: Owed) -> Owed:
    """The row with the reference of the change that was entered since, where it takes back what is no longer wanted."""
    if owed.corrects is None or owed.piece.sequence:
        return owed
    seen = recurring.seen_sequence or 0
    steps = standing_steps(recurring.steps)
    changes = [step for step in steps if step.sequence > seen and step.effective_on <= owed.piece.days.starts_on]
    if not changes:
        return owed
    change = max(changes, key=lambda step: (step.effective_on, step.sequence))
    return owed._replace(piece=owed.piece._replace(reference=change.reference, sequence=change.sequence))


def product_ids(found: Iterable[Recurring]) -> set[int]:
    """The asking seller's products that these subscriptions are or were to."""
    ids = {each.product_id for each in found}
    ids.update(step.product_id for each in found for step in each.steps if step.product_id is not None)
    return ids - {NOT_RESOLD}


def changes_of(found: Iterable[Recurring], revisions: Sequence[Revision]) -> dict[int, date]:
    """The first day on which what was told may be wrong, for the subscriptions that have such a day."""
    changed = {}
    for recurring in found:
        if recurring.seen_sequence == recurring.sequence and not revisions:
            continue
        since = _changed_from(recurring, revisions)
        if since is not None:
            changed[recurring.id] = since
    return changed


def _changed_from(recurring: Recurring, revisions: Iterable[Revision]) -> date | None:
    """The first day on which what was told may be wrong: by a change, or by a price that reaches back."""
    mark = recurring.mark
    if mark is None:
        return None
    days = []
    if mark.sequence != recurring.sequence:
        since = first_affected_day(recurring.history, seen=mark.sequence)
        if since is not None:
            days.append(since)
    products = {recurring.product_id, *(step.product_id for step in recurring.steps)}
    for revision, product_id, customer_id, valid_from in revisions:
        if revision <= mark.price_revision or valid_from >= mark.told_before:
            continue
        if product_id in (None, *products) and customer_id in (None, recurring.customer_id):
            days.append(valid_from)
    return min(days, default=None)
