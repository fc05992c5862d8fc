"""Dimensions of many customers at once."""

from collections.abc import Collection
from datetime import datetime

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import Numbers, read_all, update_rows
from rebill.kit.database import atomic_write
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.parties.models import Customer


def name_dimension(*, acting: Acting, heading: str, customer_ids: Collection[int], now: datetime) -> int:
    """Enters the customer's own name under the heading on every card that has nothing there; returns how many had
    nothing. What stands on a card stays."""
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        rows = Customer.objects.select_for_update(of=("self",)).filter(
            seller_id=acting.seller_id, id__among=Numbers(customer_ids)
        )
        missing = [
            (customer_id, name, {**dimensions, heading: name})
            for customer_id, name, dimensions in read_all(rows.order_by("id"), "id", "name", "dimensions")
            if not dimensions.get(heading)
        ]
        update_rows(Customer, "id", ("dimensions",), ((row[0], row[2]) for row in missing))
        kind = subject_type_of(Customer)
        record_events(
            EventRow(
                acting.seller_id, kind, customer_id, "changed", acting.user_id, now,
                {"dimensions": [{}, {heading: name}]},
            )
            for customer_id, name, _dimensions in missing
        )  # fmt: skip
    return len(missing)
