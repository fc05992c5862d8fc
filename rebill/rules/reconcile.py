"""What is owed now: what should have been billed, less what has been billed (DESIGN, law 3).

What should have been billed is a list of *pieces*: days of one billing period on which product, price and quantity stay
the same. What has been billed is a list of *told* rows. Where a period was never told its pieces are owed as they are.
Where it was, only the days that differ are owed, as corrections that name the row they correct. Every row keeps
`amount = prorated quantity × unit price` to the cent, and all rows of a period together come to exactly what the pieces
come to: where the two cannot both hold for the difference alone, the standing rows are taken back and the pieces
are told anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class PieceKey:
    """What must be equal for two rows to be the same thing at the same price."""

    product_id: int
    part: int
    price_e6: int


@dataclass(frozen=True, slots=True)
class Piece:
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


@dataclass(frozen=True, slots=True)
class Told:
    """Days of the billing period `whole` that have been billed by the charge `charge_id`."""

    charge_id: int
    whole: Period
    days: Period
    key: PieceKey
    quantity_e8: int
    prorated_e8: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Owed:
    """A row to bill now. `corrects` is the charge it corrects; None for what was never billed."""

    kind: ChargeKind
    piece: Piece
    amount_minor: int
    corrects: int | None = None
    generation: int = 0


def merge_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """Neighbouring pieces that differ in nothing that is billed become one, so that a revoked change leaves no cut.

    The later piece's reference and sequence are dropped: the first one says since when the state holds.
    """
    merged: list[Piece] = []
    for piece in sorted(pieces, key=lambda each: (each.key.product_id, each.key.part, each.key.price_e6, each.days)):
        last = merged[-1] if merged else None
        if (
            last is not None
            and last.key == piece.key
            and last.quantity_e8 == piece.quantity_e8
            and last.whole == piece.whole
            and last.days.ends_before == piece.days.starts_on
        ):
            merged[-1] = Piece(
                whole=last.whole,
                days=Period(last.days.starts_on, piece.days.ends_before),
                key=last.key,
                quantity_e8=last.quantity_e8,
                prorated_e8=last.prorated_e8 + piece.prorated_e8,
                label=last.label,
                reference=last.reference,
                sequence=last.sequence,
                origin=last.origin,
            )
        else:
            merged.append(piece)
    merged.sort(key=lambda each: (each.days.starts_on, each.key.part))
    return merged


def reconcile_period(
    pieces: Sequence[Piece], told: Sequence[Told], *, digits: int, base: ProrationBase, first: bool
) -> list[Owed]:
    """What one billing period still owes. `first` says whether it is the subscription's first period."""
    wanted = merge_pieces(pieces) if len(pieces) > 1 else pieces
    if not told:
        kind = ChargeKind.PERIODICFIRST if first else ChargeKind.PERIODIC
        return [
            Owed(kind, piece, amount_minor(piece.prorated_e8, piece.key.price_e6, digits)) for piece in wanted
        ]
    wanted_by_key: dict[PieceKey, list[Piece]] = defaultdict(list)
    told_by_key: dict[PieceKey, list[Told]] = defaultdict(list)
    for piece in wanted:
        wanted_by_key[piece.key].append(piece)
    for row in told:
        told_by_key[row.key].append(row)
    owed: list[Owed] = []
    generation = len(told)
    # What is taken back comes before what takes its place.
    for key in sorted(set(wanted_by_key) | set(told_by_key), key=lambda each: (each in wanted_by_key, each.part)):
        owed.extend(
            _reconcile_key(wanted_by_key[key], told_by_key[key], told, digits=digits, base=base, generation=generation)
        )
    return owed


def _reconcile_key(
    wanted: Sequence[Piece],
    told: Sequence[Told],
    period_told: Sequence[Told],
    *,
    digits: int,
    base: ProrationBase,
    generation: int,
) -> list[Owed]:
    differences = _differences(wanted, told)
    if not differences:
        return []
    sample = wanted[0] if wanted else _as_piece(told[0])
    target = sum(amount_minor(piece.prorated_e8, piece.key.price_e6, digits) for piece in wanted)
    standing = sum(row.amount_minor for row in told)
    rows = []
    for days, quantity_e8 in differences:
        covering = next((piece for piece in wanted if days.starts_on in piece.days), sample)
        piece = Piece(
            whole=sample.whole,
            days=days,
            key=sample.key,
            quantity_e8=quantity_e8,
            prorated_e8=prorate_e8(quantity_e8, sample.whole, days, base),
            label=covering.label,
            reference=covering.reference,
            sequence=covering.sequence,
            origin=covering.origin,
        )
        amount = amount_minor(piece.prorated_e8, piece.key.price_e6, digits)
        rows.append(_correction(piece, amount, _corrected(days, told or period_told), generation))
    if sum(row.amount_minor for row in rows) == target - standing:
        return rows
    return _tell_anew(wanted, told, period_told, digits=digits, generation=generation)


def _tell_anew(
    wanted: Sequence[Piece], told: Sequence[Told], period_told: Sequence[Told], *, digits: int, generation: int
) -> list[Owed]:
    """Takes every standing row back and tells the pieces again: for differences that would round to another cent."""
    rows = [
        _correction(_negative(row), -row.amount_minor, row.charge_id, generation) for row in _standing(told)
    ]
    for piece in wanted:
        amount = amount_minor(piece.prorated_e8, piece.key.price_e6, digits)
        rows.append(_correction(piece, amount, _corrected(piece.days, told or period_told), generation))
    return rows


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
    return Piece(
        whole=row.whole, days=row.days, key=row.key, quantity_e8=row.quantity_e8, prorated_e8=row.prorated_e8
    )


def _negative(row: Told) -> Piece:
    return Piece(
        whole=row.whole, days=row.days, key=row.key, quantity_e8=-row.quantity_e8, prorated_e8=-row.prorated_e8
    )
