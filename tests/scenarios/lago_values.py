"""Times, numbers and pieces of text in Lago's scenarios."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from rebill.rules.periods import add_months
from tests.scenarios.lago_answers import Day
from tests.scenarios.outcomes import OutOfScope
from tests.scenarios.ruby import Arguments

UNITS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800, "second": 1}


def moment_of(value: Any) -> datetime:
    """A moment from a text or a day; without a zone it is UTC, as in Lago's tests."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value.replace("Z", "+00:00"))
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise OutOfScope("a clock that is not transcribed")


def inside(text: str, start: int) -> str:
    """What stands in the braces that open at the position."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if not depth:
            return text[start + 1 : position]
    raise OutOfScope("blocks that are not transcribed as such")


def is_ours(value: Any) -> bool:
    """Whether it is an amount, a number, a day or a list of such."""
    if isinstance(value, list):
        return all(isinstance(each, int | Decimal) for each in value)
    if isinstance(value, str):
        return bool(re.match(r"\d{4}-\d\d-\d\d", value))
    return isinstance(value, int | Decimal | Day | date) and not isinstance(value, bool)


def of_time(target: Any, name: str) -> Any:
    if isinstance(target, datetime) and name == "iso8601":
        return target.isoformat()
    if isinstance(target, datetime) and name == "next_month":
        moved = add_months(target.date(), 1)
        return target.replace(year=moved.year, month=moved.month, day=moved.day)
    if name in ("to_date", "to_time", "utc", "to_i", "in_time_zone"):
        return target
    raise OutOfScope("days that are reckoned in Ruby")


def of_number(target: int | Decimal, name: str, given: Arguments) -> Any:
    unit = UNITS.get(name.rstrip("s"))
    if unit:
        return timedelta(seconds=int(target) * unit)
    if name == "fdiv":
        return Decimal(target) / Decimal(given.values[0])
    if name == "round":
        places = given.values[0] if given.values else 0
        rounded = Decimal(target).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return rounded if places else int(rounded)
    if name == "to_i":
        return int(target)
    raise OutOfScope("numbers that are reckoned in Ruby")
