"""Until when calls were billed: what taking imported rates back depends on."""

from datetime import date

from rebill.access.acting import Acting
from rebill.catalogue.models import RateImport
from rebill.charges.queries import billed_before

SOURCE = "usage"


def calls_billed_before(acting: Acting, rate_import: RateImport) -> date | None:
    """The day until before which calls of any customer were billed since these rates were taken over; None while none
    were. What was billed before then was billed by the rates that held until then."""
    return billed_before(seller_id=acting.seller_id, source=SOURCE, told_since=rate_import.decided_at)
