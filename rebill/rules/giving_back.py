"""What may still be given back of a period, when part of it was credited by hand already."""

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from rebill.rules.periods import Period
from rebill.rules.reconcile import Owed, PieceKey, Told


class GivenTwice(NamedTuple):
    """What corrections and credit notes together give back of one thing beyond what was billed for it.

    `amount_minor` is owed again; below zero it was owed again before and no longer is. `charge_id` is what was billed.
    """

    charge_id: int
    owed: Owed
    amount_minor: int


def given_twice(owed: Sequence[Owed], told: Sequence[Told]) -> list[GivenTwice]:
    """What the new rows give back that credit notes have given back already, per period, product and price.

    Trap C17: of 249.95, credited 10.00, no more than 239.95 is left to be taken back.
    """
    before: dict[tuple[Period, PieceKey], list[Told]] = defaultdict(list)
    for row in told:
        before[row.whole, row.key].append(row)
    new: dict[tuple[Period, PieceKey], list[Owed]] = defaultdict(list)
    for each in owed:
        new[each.piece.whole, each.piece.key].append(each)
    found = []
    for key, rows in new.items():
        standing = before.get(key, [])
        credited = sum(row.credited_minor for row in standing)
        if not credited:
            continue
        net = sum(row.amount_minor for row in standing)
        change = sum(each.amount_minor for each in rows)
        amount = max(0, credited - net - change) - max(0, credited - net)
        if amount:
            found.append(GivenTwice(standing[0].charge_id, rows[0], amount))
    return found
