"""Which drafts need a look, and which cannot go out as they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import NamedTuple

# A total this many times the average away from it is looked at: 300 % more or less.
BIG_CHANGE_PERCENT = 300
# From here on a difference is worth a glance, though it keeps nobody from approving.
NOTABLE_PERCENT = 50


class WarningCode(StrEnum):
    """Why a draft needs a look."""

    NO_ADDRESS = "no_address"
    NO_EMAIL = "no_email"
    MISSING_VAT_ID = "missing_vat_id"
    PRICE_MISSING = "price_missing"
    RATE_MISSING = "rate_missing"
    BIG_CHANGE = "big_change"
    ZERO_TOTAL = "zero_total"
    NEGATIVE_TOTAL = "negative_total"
    CUSTOMER_ENDED = "customer_ended"
    UNUSUAL_CALLS = "unusual_calls"


class Verdict(IntEnum):
    """What a look at a draft came to; the higher, the sooner somebody should look at it."""

    READY = 0
    EMPTY = 1
    LOOK = 2
    BLOCKED = 3


# What must be mended before the draft can be approved; the others need only a look.
BLOCKING = frozenset(
    {
        WarningCode.NO_ADDRESS,
        WarningCode.NO_EMAIL,
        WarningCode.MISSING_VAT_ID,
        WarningCode.PRICE_MISSING,
        WarningCode.RATE_MISSING,
    }
)


@dataclass(frozen=True, slots=True)
class Warned:
    """One warning: its code, what it is about, and the figures its text needs."""

    code: WarningCode
    subject: str = ""
    details: dict[str, str] = field(default_factory=dict)

    @property
    def blocking(self) -> bool:
        """Whether the draft stays back until this is mended."""
        return self.code in BLOCKING


class DraftFacts(NamedTuple):
    """What a draft is judged by. Amounts in the currency's minor unit; `earlier_nets` are those of up to six months."""

    net_minor: int
    line_count: int
    earlier_nets: tuple[int, ...]
    has_address: bool
    needs_email: bool
    has_email: bool
    customer_ended: bool
    vat_id_missing: bool
    vat_id: str
    unpriced: Sequence[tuple[str, str]] = ()
    unrated: Sequence[str] = ()
    # Days on which calls cost far more than usual, with what they cost.
    unusual: Sequence[tuple[str, str]] = ()


def average_minor(nets: Sequence[int]) -> int | None:
    """The average of earlier totals, cut to whole minor units; None where there are none."""
    return sum(nets) // len(nets) if nets else None


def change_percent(net_minor: int, average: int | None) -> int | None:
    """By how many percent a total differs from the average; None where there is no average to compare with."""
    if not average:
        return None
    return (net_minor - average) * 100 // abs(average)


def warnings_of(facts: DraftFacts) -> Iterator[Warned]:
    """The warnings of a draft, those that block it first."""
    if not facts.has_address:
        yield Warned(WarningCode.NO_ADDRESS)
    if facts.needs_email and not facts.has_email:
        yield Warned(WarningCode.NO_EMAIL)
    if facts.vat_id_missing:
        yield Warned(WarningCode.MISSING_VAT_ID, details={"vat_id": facts.vat_id})
    for product, subscription in facts.unpriced:
        yield Warned(WarningCode.PRICE_MISSING, subject=subscription, details={"product": product})
    for subject in facts.unrated:
        yield Warned(WarningCode.RATE_MISSING, subject=subject)
    for amount, day in facts.unusual:
        yield Warned(WarningCode.UNUSUAL_CALLS, subject=day, details={"amount": amount})
    if not facts.line_count:
        return
    percent = change_percent(facts.net_minor, average_minor(facts.earlier_nets))
    if percent is not None and abs(percent) >= BIG_CHANGE_PERCENT:
        yield Warned(WarningCode.BIG_CHANGE, details={"percent": str(percent)})
    if facts.net_minor == 0:
        yield Warned(WarningCode.ZERO_TOTAL)
    if facts.net_minor < 0:
        yield Warned(WarningCode.NEGATIVE_TOTAL)
    if facts.customer_ended:
        yield Warned(WarningCode.CUSTOMER_ENDED)


def verdict_of(line_count: int, blocking: Sequence[bool]) -> Verdict:
    """The verdict on a draft with so many lines; `blocking` says of each of its warnings whether it blocks."""
    if any(blocking):
        return Verdict.BLOCKED
    if blocking:
        return Verdict.LOOK
    return Verdict.READY if line_count else Verdict.EMPTY
