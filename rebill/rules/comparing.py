"""Comparing calls of two sides: whether a call of ours and one of a supplier are one, and how they differ.

Two records are one call when they name the same numbers and began within two minutes of each other: clocks differ, and
some switches write when it rang, others when it was answered. They agree when their seconds differ by no more than two.
"""

from enum import StrEnum

TOLERANCE_S = 120
SAME_WITHIN_S = 2


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
