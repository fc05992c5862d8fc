"""What people changed of lines before they were billed, and what becomes of it when the history changes afterwards.

A person may bill a line at another price, or in another quantity, than the history and the prices say. As long as the
same is wanted as when he did so, what was billed stands: no later run makes up for it. On the days on which something
else is wanted, the wanted is owed at the prices at which it was billed, as far as it was billed; more is owed at the
price of the list, and a quantity that was let off stays let off. So a cancellation gives back what was really billed.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from rebill.rules.money import amount_minor, divide_half_up
from rebill.rules.periods import Period
from rebill.rules.proration import ProrationBase, prorate_e8
from rebill.rules.reconcile import Listed, Piece, PieceKey, Told

AS_BILLED = "as billed"

# How much is wanted of each thing on a day.
Levels = dict[PieceKey, int]


class Days(NamedTuple):
    """Days on which nothing of a period changes, and how much of what is wanted on them."""

    days: Period
    levels: Levels


def as_edited(row: Told, *, prorated_e8: int | None, price_e6: int | None, digits: int) -> Told:
    """The row as it was billed: in this prorated quantity, at this price; None leaves what was told."""
    if prorated_e8 is None and price_e6 is None:
        return row
    key = row.key if price_e6 is None else row.key._replace(price_e6=price_e6)
    quantity_e8 = row.quantity_e8
    if prorated_e8 is None:
        prorated_e8 = row.prorated_e8
    else:
        quantity_e8 = divide_half_up(quantity_e8 * prorated_e8, row.prorated_e8) if row.prorated_e8 else prorated_e8
    return row._replace(
        key=key,
        quantity_e8=quantity_e8,
        prorated_e8=prorated_e8,
        amount_minor=amount_minor(prorated_e8, key.price_e6, digits),
        listed=Listed(row.key, row.quantity_e8),
    )


def as_agreed(pieces: Sequence[Piece], told: Sequence[Told], base: ProrationBase) -> Sequence[Piece]:
    """The pieces of a period that are wanted, in view of what people changed of its told rows."""
    edited = [row for row in told if row.listed is not None]
    if not edited:
        return pieces
    wanted = list(_segments(pieces, told))
    for key in dict.fromkeys(row.listed.key for row in edited if row.listed is not None):
        seen = list(_seen(key, told))
        for each in wanted:
            _agree(each.levels, key, [row for row in seen if each.days.starts_on in row.days])
    agreed = ((days, key, level) for days, levels in wanted for key, level in levels.items() if level)
    return [_piece(key, level, days, pieces, told, base) for days, key, level in agreed]


def _segments(pieces: Sequence[Piece], told: Sequence[Told]) -> Iterator[Days]:
    ranges = [*(piece.days for piece in pieces), *(row.days for row in told)]
    borders: set[date] = {border for days in ranges for border in (days.starts_on, days.ends_before)}
    for starts_on, ends_before in pairwise(sorted(borders)):
        levels: Levels = defaultdict(int)
        for piece in pieces:
            if starts_on in piece.days:
                levels[piece.key] += piece.quantity_e8
        yield Days(Period(starts_on, ends_before), levels)


def _seen(key: PieceKey, told: Sequence[Told]) -> Iterator[Told]:
    """The rows of this thing that stood when it was last edited: what the person saw who did so."""
    of_key = [row for row in told if key in (row.key, row.listed.key if row.listed else row.key)]
    changed_on = {row.billed_by for row in of_key if row.listed is not None and row.listed.key == key}
    until = max(row.charge_id for row in of_key if row.billed_by in changed_on)
    return (row for row in of_key if row.charge_id <= until)


def _agree(levels: Levels, key: PieceKey, seen: Iterable[Told]) -> None:
    """Replaces what is wanted of `key` on one day by what was billed for it, as far as it was."""
    wanted = levels.pop(key, 0)
    listed_net = listed = 0
    billed: Levels = defaultdict(int)
    for row in seen:
        quantity_e8 = row.listed.quantity_e8 if row.listed and row.listed.key == key else row.quantity_e8
        listed_net += quantity_e8
        listed += max(0, quantity_e8)
        billed[row.key] += row.quantity_e8
    for each, level in billed.items() if wanted == listed_net else _at_billed_prices(wanted, key, listed, billed):
        levels[each] = levels.get(each, 0) + level


def _at_billed_prices(
    wanted: int, key: PieceKey, listed: int, billed: Mapping[PieceKey, int]
) -> Iterator[tuple[PieceKey, int]]:
    positive = {each: level for each, level in billed.items() if level > 0}
    rest = wanted
    # What was agreed upon first, what only follows the list last.
    for each in sorted(positive, key=lambda each: (each == key, each)):
        yield each, min(rest, positive[each])
        rest -= min(rest, positive[each])
    yield key, max(0, wanted - max(sum(positive.values()), listed))


def _piece(
    key: PieceKey,
    level: int,
    days: Period,
    pieces: Sequence[Piece],
    told: Sequence[Told],
    base: ProrationBase,
) -> Piece:
    same = (piece for piece in pieces if piece.key[:2] == key[:2] and days.starts_on in piece.days)
    like = next(same, None) or Piece(told[0].whole, days, key, level, 0)
    return like._replace(
        key=key,
        days=days,
        quantity_e8=level,
        prorated_e8=prorate_e8(level, like.whole, days, base),
        origin=like.origin if like.key == key and like.origin else AS_BILLED,
    )
