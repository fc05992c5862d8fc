"""What a customer has included in a month: bundles it has for part of it, several of a kind, and whose goes first.

A bundle is for a whole month. Whoever has it for some of its days has that share for the calls of those days, rounded
half up once: a change in the middle of a month adds nothing and loses nothing. Bundles of the same categories add up;
of bundles that share only some, a category belongs to the first: those of the customer itself, which never add up with
others, then of its products, then of its price plan.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from rebill.rules.money import divide_half_up
from rebill.rules.periods import Period, days_in_month

_E8 = 10**8


class BundleRank(IntEnum):
    """Whose a bundle is, those that go first with the smaller number."""

    CUSTOMER = 0
    PRODUCT = 1
    PLAN = 2


@dataclass(frozen=True, slots=True)
class Held:
    """A bundle that a customer has from a day until before another (None: on), `quantity_e8` times.

    `seconds` or `amount_e6` is what it includes in a whole month; the other is None.
    """

    bundle_id: int
    rank: BundleRank
    categories: frozenset[int]
    seconds: int | None
    amount_e6: int | None
    starts_on: date
    ends_before: date | None
    quantity_e8: int = _E8


@dataclass(frozen=True, slots=True)
class Included:
    """What calls of the category have free in the month; equal `bundle_id`s share one cap.

    It covers calls from `starts_on` until before `ends_before`, the first and the last day on which the customer has
    any bundle of the category: what was bought on the 16th leaves calls of the 5th alone.
    """

    category: int
    bundle_id: int
    cap_s: int | None
    cap_e6: int | None
    starts_on: date
    ends_before: date


_Kind = tuple[bool, frozenset[int], bool]


def included_in(held: Iterable[Held], *, year: int, month: int) -> list[Included]:
    """The rows of the month, by category; a category that no bundle of the month has is left out."""
    first, length = date(year, month, 1), days_in_month(year, month)
    shares: dict[_Kind, list[tuple[Held, int]]] = defaultdict(list)
    known: dict[int, Period] = {}
    for each in held:
        days = _days_in(each, first, length)
        if days and each.quantity_e8 > 0 and each.categories:
            kind = (each.rank is BundleRank.CUSTOMER, each.categories, each.seconds is not None)
            shares[kind].append((each, days.days))
            for category in each.categories:
                before = known.get(category, days)
                known[category] = Period(
                    min(before.starts_on, days.starts_on), max(before.ends_before, days.ends_before)
                )
    ordered = sorted(shares.values(), key=lambda group: min((each.rank, each.bundle_id) for each, _days in group))
    return sorted(_once(ordered, known, length), key=lambda row: row.category)


def _once(groups: Iterable[list[tuple[Held, int]]], known: Mapping[int, Period], length: int) -> Iterator[Included]:
    taken: set[int] = set()
    for group in groups:
        first = min((each for each, _days in group), key=lambda each: (each.rank, each.bundle_id))
        cap = divide_half_up(
            sum((each.seconds or each.amount_e6 or 0) * each.quantity_e8 * days for each, days in group), length * _E8
        )
        for category in sorted(first.categories - taken):
            in_time = first.seconds is not None
            days = known[category]
            cap_s, cap_e6 = (cap, None) if in_time else (None, cap)
            yield Included(category, first.bundle_id, cap_s, cap_e6, days.starts_on, days.ends_before)
        taken |= first.categories


def _days_in(held: Held, first: date, length: int) -> Period:
    after = first + timedelta(days=length)
    starts_on = max(held.starts_on, first)
    return Period(starts_on, max(starts_on, after if held.ends_before is None else min(held.ends_before, after)))
