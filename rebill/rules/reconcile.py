"""What is owed now: what should have been billed, less what has been billed (DESIGN, law 3).

What should have been billed is a list of *pieces*: days of one billing period on which product, price and quantity stay
the same. What has been billed is a list of *told* rows. Where a period was never told its pieces are owed as they are.
Where it was, only the days that differ are owed, as corrections that name the row they correct. Every row keeps
`amount = prorated quantity × unit price` to the cent, and all rows of a period together come to exactly what they would
have come to had everything been known from the start: where the two cannot both hold for the difference alone, rows
that are no longer wanted are taken back and the wanted ones told.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from rebill.rules.money import amount_minor
from rebill.rules.periods import Period
from rebill.rules.proration import ProrationBase, prorate_e8


class ChargeKind(StrEnum):
    """The kinds of charge, used in exports and on screen by these codes (DESIGN §2)."""

    SETUP = "SETUP"
    PERPETUAL = "PERPETUAL"
    PERIODICFIRST = "PERIODICFIRST"
    PERIODIC = "PERIODIC"
    PERIODICCORRECTION = "PERIODICCORRECTION"
    USAGE = "USAGE"
    CREDIT = "CREDIT"
    REBILLED = "REBILLED"
    TAB = "TAB"


class PieceKey(NamedTuple):
    """What must be equal for two rows to be the same thing at the same price."""

    product_id: int
    part: int
    price_e6: int


class Piece(NamedTuple):
    """Days of the billing period `whole` that should be billed. `origin` says where the price came from."""

    whole: Period
    days: Period
    key: PieceKey
    quantity_e8: int
    prorated_e8: int
    label: str = ""
    reference: str = ""
    sequence: int = 0
    origin: str = ""


class Listed(NamedTuple):
    """What a row was told as, by the history and the prices, before a person changed it."""

    key: PieceKey
    quantity_e8: int


class Told(NamedTuple):
    """Days of the billing period `whole` that have been billed by the charge `charge_id`.

    `currency` is the one they were billed in, empty where only one is known. `credited_minor` is what credit notes gave
    back of the charge. `billed_by` is the number of the draft that bills it; `listed` stands where a person changed it
    there (`rules.edited`).
    """

    charge_id: int
    whole: Period
    days: Period
    key: PieceKey
    quantity_e8: int
    prorated_e8: int
    amount_minor: int
    currency: str = ""
    credited_minor: int = 0
    billed_by: int | None = None
    listed: Listed | None = None


class Owed(NamedTuple):
    """A row to bill now. `corrects` is the charge it corrects; None for what was never billed."""

    kind: ChargeKind
    piece: Piece
    amount_minor: int
    corrects: int | None = None
    generation: int = 0


def staircase(pieces: Sequence[Piece], *, base: ProrationBase) -> list[Piece]:
    """The pieces of one period as they are billed: per key what it begins with, and each step up or down as a row.

    26 seats that become 24 on the 16th are 26 for the month and −2 from the 16th, whether that was known when the month
    was billed or not; a cancelled and revoked change leaves no trace. A gap (a pause) begins anew.
    """
    if len(pieces) == 1:
        return list(pieces)
    by_key: dict[PieceKey, list[Piece]] = defaultdict(list)
    for piece in sorted(pieces, key=lambda each: each.days):
        by_key[piece.key].append(piece)
    rows = [row for group in by_key.values() for row in _climb(group, base)]
    rows.sort(key=lambda each: (each.days.starts_on, each.key.part))
    return rows


def _climb(pieces: Sequence[Piece], base: ProrationBase) -> Iterator[Piece]:
    """The steps of pieces of one key, in order of days."""
    index = 0
    while index < len(pieces):
        last = index
        while last + 1 < len(pieces) and pieces[last + 1].days.starts_on == pieces[last].days.ends_before:
            last += 1
        ends_before, level = pieces[last].days.ends_before, 0
        for piece in pieces[index : last + 1]:
            if piece.quantity_e8 != level:
                yield _stretched(piece, piece.quantity_e8 - level, Period(piece.days.starts_on, ends_before), base)
            level = piece.quantity_e8
        index = last + 1


def _stretched(piece: Piece, quantity_e8: int, days: Period, base: ProrationBase) -> Piece:
    """The same piece with another quantity over other days of its period."""
    return piece._replace(
        quantity_e8=quantity_e8,
        days=days,
        prorated_e8=prorate_e8(quantity_e8, piece.whole, days, base),
    )


def reconcile_period(
    pieces: Sequence[Piece], told: Sequence[Told], *, digits: int, base: ProrationBase, first: bool
) -> list[Owed]:
    """What one billing period still owes. `first` says whether it is the subscription's first period."""
    wanted = staircase(pieces, base=base)
    if not told:
        kind = ChargeKind.PERIODICFIRST if first else ChargeKind.PERIODIC
        return [Owed(kind, piece, _amount(piece, digits)) for piece in wanted]
    wanted_by_key: dict[PieceKey, list[Piece]] = defaultdict(list)
    told_by_key: dict[PieceKey, list[Told]] = defaultdict(list)
    for piece in wanted:
        wanted_by_key[piece.key].append(piece)
    for row in told:
        told_by_key[row.key].append(row)
    owed: list[Owed] = []
    for key in sorted(set(wanted_by_key) | set(told_by_key)):
        owed.extend(_reconcile_key(wanted_by_key[key], told_by_key[key], told, digits=digits, base=base))
    # What is taken back comes before what takes its place.
    owed.sort(key=lambda each: (each.amount_minor > 0, each.piece.days.starts_on))
    return owed


def _reconcile_key(
    wanted: Sequence[Piece], told: Sequence[Told], period_told: Sequence[Told], *, digits: int, base: ProrationBase
) -> list[Owed]:
    differences = _differences(wanted, told)
    if not differences:
        return []
    # On days on which it is not wanted, no piece says why.
    sample = wanted[0]._replace(reference="", sequence=0) if wanted else _as_piece(told[0])
    rows = []
    for days, quantity_e8 in differences:
        covering = next((piece for piece in reversed(wanted) if days.starts_on in piece.days), sample)
        piece = _stretched(covering, quantity_e8, days, base)
        rows.append(_correction(piece, _amount(piece, digits), _corrected(days, told or period_told), len(period_told)))
    target = sum(_amount(piece, digits) for piece in wanted)
    if sum(row.amount_minor for row in rows) == target - sum(row.amount_minor for row in told):
        return rows
    return _tell_anew(wanted, told, period_told, digits=digits)


def _tell_anew(
    wanted: Sequence[Piece], told: Sequence[Told], period_told: Sequence[Told], *, digits: int
) -> list[Owed]:
    """Takes back the standing rows that are not wanted and tells the wanted ones that do not stand.

    For differences that by themselves would round to another cent.
    """
    standing = _standing(told)
    missing = []
    for piece in wanted:
        stands = next((row for row in standing if (row.days, row.quantity_e8) == (piece.days, piece.quantity_e8)), None)
        if stands is None:
            missing.append(piece)
        else:
            standing.remove(stands)
    generation = len(period_told)
    rows = [_correction(_negative(row), -row.amount_minor, row.charge_id, generation) for row in standing]
    for piece in missing:
        rows.append(_correction(piece, _amount(piece, digits), _corrected(piece.days, told or period_told), generation))
    return rows


def _amount(piece: Piece, digits: int) -> int:
    return amount_minor(piece.prorated_e8, piece.key.price_e6, digits)


def _correction(piece: Piece, amount: int, corrects: int, generation: int) -> Owed:
    return Owed(ChargeKind.PERIODICCORRECTION, piece, amount, corrects=corrects, generation=generation)


def _differences(wanted: Iterable[Piece], told: Iterable[Told]) -> list[tuple[Period, int]]:
    """The ranges of days on which wanted and told quantity differ, with the difference (10⁻⁸)."""
    deltas: dict[date, int] = defaultdict(int)
    for piece in wanted:
        deltas[piece.days.starts_on] += piece.quantity_e8
        deltas[piece.days.ends_before] -= piece.quantity_e8
    for row in told:
        deltas[row.days.starts_on] -= row.quantity_e8
        deltas[row.days.ends_before] += row.quantity_e8
    ranges: list[tuple[Period, int]] = []
    level, since = 0, date.min
    for day in sorted(deltas):
        if not deltas[day]:
            continue
        if level:
            ranges.append((Period(since, day), level))
        level, since = level + deltas[day], day
    return ranges


def _corrected(days: Period, told: Sequence[Told]) -> int:
    """The charge a correction names: the first told row with a positive quantity on its first day, else the first."""
    for row in told:
        if row.quantity_e8 > 0 and days.starts_on in row.days:
            return row.charge_id
    return told[0].charge_id


def _standing(told: Sequence[Told]) -> list[Told]:
    """The told rows that no other row has taken back exactly."""
    standing: list[Told] = []
    for row in told:
        opposite = next(
            (
                other
                for other in standing
                if other.days == row.days
                and other.quantity_e8 == -row.quantity_e8
                and other.prorated_e8 == -row.prorated_e8
            ),
            None,
        )
        if opposite is None:
            standing.append(row)
        else:
            standing.remove(opposite)
    return standing


def _as_piece(row: Told) -> Piece:
    return Piece(whole=row.whole, days=row.days, key=row.key, quantity_e8=row.quantity_e8, prorated_e8=row.prorated_e8)


def _negative(row: Told) -> Piece:
    return Piece(
        whole=row.whole, days=row.days, key=row.key, quantity_e8=-row.quantity_e8, prorated_e8=-row.prorated_e8
    )
