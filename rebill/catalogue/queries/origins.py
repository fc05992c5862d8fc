"""Where a billed price came from, in words: the price book notes it with every price it finds."""

import re
from dataclasses import dataclass
from datetime import date

from rebill.access.acting import Acting
from rebill.catalogue.models import PricePlan

_NOTED = re.compile(r"(?P<owner>plan|customer|resale):(?P<id>\d+)(?: price:\d+)? from (?P<day>\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class PriceOrigin:
    """`kind` is plan, customer, resale, or what else the source said; a plan has a name, a price its first day."""

    kind: str
    plan_name: str = ""
    valid_from: date | None = None


def price_origin(acting: Acting, noted: str) -> PriceOrigin:
    """What the origin of a charge's price says."""
    found = _NOTED.fullmatch(noted)
    if found is None:
        return PriceOrigin(noted)
    name = ""
    if found["owner"] == "plan":
        plans = PricePlan.objects.filter(seller_id=acting.seller_id, id=int(found["id"]))
        name = plans.values_list("name", flat=True).first() or ""
    return PriceOrigin(found["owner"], name, date.fromisoformat(found["day"]))
