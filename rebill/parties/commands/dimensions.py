"""Dimensions of many customers at once."""

from collections.abc import Collection
from datetime import datetime

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import Numbers, read_all, update_rows
from rebill.kit.database import atomic_write
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.parties.models import Customer

# The heading under which a customer's own cost centre stands, which has a field of its own.
COST_CENTRE = "cost_centre"
COST_CENTRE_LENGTH = 40


def name_dimension(*, acting: Acting, heading: str, customer_ids: Collection[int], now: datetime) -> int:
    """Enters the customer's own name under the heading on every card that has nothing there; returns how many had
    nothing. What stands on a card stays."""
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        rows = Customer.objects.select_for_update(of=("self",)).filter(
            seller_id=acting.seller_id, id__among=Numbers(customer_ids)
        )
        missing = [
            (customer_id, name, card)
            for customer_id, name, centre, card in read_all(
                rows.order_by("id"), "id", "name", "cost_centre", "dimensions"
            )
            if not (centre if heading == COST_CENTRE else card.get(heading))
        ]
        _enter(heading, missing)
        kind = subject_type_of(Customer)
        field = COST_CENTRE if heading == COST_CENTRE else "dimensions"
        record_events(
            EventRow(
                acting.seller_id, kind, customer_id, "changed", acting.user_id, now,
                {field: ["", name] if heading == COST_CENTRE else [{}, {heading: name}]},
            )
            for customer_id, name, _card in missing
        )  # fmt: skip
    return len(missing)


def _enter(heading: str, missing: list[tuple[int, str, dict[str, str]]]) -> None:
    if heading == COST_CENTRE:
        centres = ((customer_id, name[:COST_CENTRE_LENGTH]) for customer_id, name, _card in missing)
        update_rows(Customer, "id", ("cost_centre",), centres)
        return
    cards = ((customer_id, {**card, heading: name}) for customer_id, name, card in missing)
    update_rows(Customer, "id", ("dimensions",), cards)
