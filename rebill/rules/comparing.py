"""Comparing calls of two sides: whether a call of ours and one of a supplier are one, and how they differ.

Two records are one call when they name the same numbers and began within two minutes of each other: clocks differ, and
some switches write when it rang, others when it was answered. They agree when their seconds differ by no more than two.

Sums of an invoice agree with ours when the amounts are less than a hundredth of the currency apart (its lines are
rounded), when the calls are as many, and when the seconds are no further apart than two a call and a minute, to which
invoices round.
"""

from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from rebill.rules.money import round_half_up

TOLERANCE_S = 120
SAME_WITHIN_S = 2
ROUNDED_TO_S = 60
ROUNDED_TO_E6 = 10_000


class Finding(StrEnum):
    """What became of a call on the two sides."""

    SAME = "same"
    LONGER = "longer"
    SHORTER = "shorter"
    ONLY_THEIRS = "only_theirs"
    ONLY_OURS = "only_ours"


def finding(ours_s: int | None, theirs_s: int | None) -> Finding:
    """What a pair of records says; None where a side has no record. LONGER: the supplier counts more than we do."""
    if ours_s is None:
        return Finding.ONLY_THEIRS
    if theirs_s is None:
        return Finding.ONLY_OURS
    if abs(theirs_s - ours_s) <= SAME_WITHIN_S:
        return Finding.SAME
    return Finding.LONGER if theirs_s > ours_s else Finding.SHORTER


class InvoiceFinding(StrEnum):
    """How a supplier's invoice and our own calls compare for one destination."""

    MORE = "more"
    LESS = "less"
    ONLY_THEIRS = "only_theirs"
    ONLY_OURS = "only_ours"
    COUNTED = "counted"
    SAME = "same"


class CallSums(NamedTuple):
    """Calls, their seconds and what they cost, of 10⁻⁶; None where an invoice does not say how many."""

    calls: int | None
    seconds: int | None
    amount_e6: int


def added(some: CallSums, more: CallSums) -> CallSums:
    """Both together; what one of them does not say is not said of the two."""
    calls = None if some.calls is None or more.calls is None else some.calls + more.calls
    seconds = None if some.seconds is None or more.seconds is None else some.seconds + more.seconds
    return CallSums(calls, seconds, some.amount_e6 + more.amount_e6)


def invoice_finding(ours: CallSums | None, theirs: CallSums | None) -> InvoiceFinding:
    """What the two sides say of a destination; None where a side has nothing. MORE: the supplier asks more than ours.

    COUNTED: the amounts agree, the calls or the seconds do not.
    """
    if ours is None:
        return InvoiceFinding.ONLY_THEIRS
    if theirs is None:
        return InvoiceFinding.ONLY_OURS
    difference = theirs.amount_e6 - ours.amount_e6
    if abs(difference) >= ROUNDED_TO_E6:
        return InvoiceFinding.MORE if difference > 0 else InvoiceFinding.LESS
    return InvoiceFinding.SAME if counts_agree(ours, theirs) and seconds_agree(ours, theirs) else InvoiceFinding.COUNTED


def counts_agree(ours: CallSums, theirs: CallSums) -> bool:
    """Whether there are as many calls, as far as the invoice says how many."""
    return theirs.calls is None or ours.calls is None or theirs.calls == ours.calls


def seconds_agree(ours: CallSums, theirs: CallSums) -> bool:
    """Whether they last as long, as far as the invoice says how long."""
    if theirs.seconds is None or ours.seconds is None:
        return True
    calls = max(ours.calls or 0, theirs.calls or 0)
    return abs(theirs.seconds - ours.seconds) <= SAME_WITHIN_S * calls + ROUNDED_TO_S


def seconds_of(minutes: Decimal) -> int:
    """Minutes of an invoice as seconds: it rounds them to a few decimals, so that seconds are the nearest."""
    return int(round_half_up(minutes * 60, 0))
