"""Under which headings customers have dimensions, for lines to be booked under."""

from rebill.access.acting import Acting, Permission, require
from rebill.parties.models import Customer

# So many cards say which headings are in use, and from more headings than these nobody would choose.
_CARDS_READ = 500
_HEADINGS_MAX = 30


def dimension_headings(acting: Acting) -> list[str]:
    """The headings of the customers' cards, in the order in which they came up; the cost centre is none of them."""
    require(acting, Permission.READ)
    rows = Customer.objects.filter(seller_id=acting.seller_id).exclude(dimensions={}).order_by("id")
    cards = rows.values_list("dimensions", flat=True)[:_CARDS_READ]
    return list(dict.fromkeys(heading for card in cards for heading in card))[:_HEADINGS_MAX]


def is_heading(acting: Acting, heading: str) -> bool:
    """Whether any customer has a dimension under it."""
    require(acting, Permission.READ)
    return Customer.objects.filter(seller_id=acting.seller_id, dimensions__has_key=heading).exists()
