"""The rows in which tiers are typed: up to and including, the price of one, and a flat amount for reaching it."""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _

from rebill.catalogue.fields import TierPrice
from rebill.interfaces.office.forms import NumberField
from rebill.parties.entries import EntryRefused

# Rows that are shown even when all are empty; an empty one says nothing.
TIERS_MIN = 5
_TIERS_MAX = 40

TierRow = tuple[str, str, str]


def tier_rows(posted: QueryDict) -> list[TierRow]:
    """The rows as they were typed, empty ones too."""
    columns = (posted.getlist("tier_up_to"), posted.getlist("tier_price"), posted.getlist("tier_flat"))
    rows = list(zip(*columns, strict=False))[:_TIERS_MAX]
    return [*rows, *[("", "", "")] * (TIERS_MIN - len(rows))]


def read_tiers(rows: list[TierRow]) -> list[TierPrice]:
    """The tiers of the rows that say something; EntryRefused names the row that cannot be read."""
    tiers = []
    for position, (up_to, price, flat) in enumerate(rows, start=1):
        if up_to.strip() or price.strip() or flat.strip():
            tiers.append(
                TierPrice(
                    up_to=_number(up_to, position) if up_to.strip() else None,
                    unit_price=_number(price, position),
                    flat=_number(flat, position) if flat.strip() else Decimal(0),
                )
            )
    return tiers


def _number(written: str, position: int) -> Decimal:
    try:
        number: Decimal = NumberField(min_value=0).clean(written)
    except ValidationError:
        why = _("Tier %(position)s cannot be read.") % {"position": position}
        raise EntryRefused("model", why=why, remedy=_("Enter a bound and a price."), value=written) from None
    return number
