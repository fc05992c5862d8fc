"""Until when calls were billed: what taking imported rates back depends on."""

from datetime import date

from rebill.access.acting import Acting
from rebill.charges.queries import billed_before

SOURCE = "usage"


def calls_billed_before(acting: Acting) -> date | None:
    """The day until before which any call was billed to any customer of the seller; None while none was."""
    return billed_before(seller_id=acting.seller_id, source=SOURCE)
