"""The lines of drafts: their charges, as people have edited them."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple

from rebill.charges.models import Charge
from rebill.kit.bulk import read_rows
from rebill.rules.money import amount_minor, digits_of


class DraftLine(NamedTuple):
    """One line of a draft. Quantities are integers of 10⁻⁸, the unit price of 10⁻⁶, the amount of the minor unit."""

    charge_id: int
    draft_id: int
    buyer_id: int
    kind: str
    product_id: int | None
    description: str
    starts_on: date | None
    ends_before: date | None
    quantity_e8: int
    prorated_e8: int
    price_e6: int
    currency: str
    amount_minor: int
    rate_class: str
    supply: str
    ledger_account: str
    summary_group: int
    cost_centre: str
    reference: str
    corrects_id: int | None
    edited: bool

    @property
    def supplied_on(self) -> date | None:
        """The day whose VAT rate counts: the last day of the line's period."""
        if self.starts_on is None or self.ends_before is None or self.ends_before <= self.starts_on:
            return self.starts_on
        return date.fromordinal(self.ends_before.toordinal() - 1)


def lines_of(*, seller_id: int, draft_ids: Collection[int]) -> dict[int, list[DraftLine]]:
    """The lines of these drafts, in the order they stand on the document: by group, then as they were told."""
    found: dict[int, list[DraftLine]] = defaultdict(list)
    if not draft_ids:
        return found
    rows = read_rows(
        Charge.objects.filter(seller_id=seller_id, claim__among=draft_ids).order_by("claim", "summary_group", "id"),
        "id", "claim", "buyer_id", "kind", "product_id", "description", "starts_on", "ends_before", "quantity",
        "prorated_quantity", "unit_price", "currency", "amount", "rate_class", "supply", "ledger_account",
        "summary_group", "cost_centre", "reference", "corrects_id",
        "edit__id", "edit__description", "edit__prorated_quantity", "edit__unit_price",
    )  # fmt: skip
    for row in rows:
        found[row[1]].append(_edited(row) if row[20] is not None else _untouched(row))
    return found


def _untouched(row: tuple[Any, ...]) -> DraftLine:
    return DraftLine._make((*row[:20], False))


def _edited(row: tuple[Any, ...]) -> DraftLine:
    """The line as edited: what the edit leaves empty stays the charge's own."""
    description = row[21] or row[5]
    quantity_e8 = row[8] if row[22] is None else row[22]
    prorated_e8 = row[9] if row[22] is None else row[22]
    price_e6 = row[10] if row[23] is None else row[23]
    amount = row[12]
    if row[22] is not None or row[23] is not None:
        amount = amount_minor(prorated_e8, price_e6, digits_of(row[11]))
    own: tuple[Any, ...] = (*row[:5], description, *row[6:8], quantity_e8, prorated_e8, price_e6, row[11], amount)
    return DraftLine._make((*own, *row[13:20], True))
