"""The values that requests and answers are made of: exact numbers as texts, money with its currency, days as ISO has
them. Nothing is a float on its way."""

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StringConstraints, WithJsonSchema

from rebill.rules.money import Money

LARGEST_ID = 2**63 - 1

# The default of a field that may be left out: what is left out stays as it is, and `Body.given` does not name it.
LEFT_OUT: Any = None

YEARS = (1900, 2999)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Line = Annotated[str, StringConstraints(max_length=2_000)]
Search = Annotated[str, StringConstraints(max_length=100)]
Text = Annotated[str, StringConstraints(max_length=20_000)]


def _exact(value: object) -> Decimal:
    """A number written as text; a JSON number is refused, because many programs make a float of it."""
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str) or not _is_number(value):
        raise ValueError('It is no number as text, such as "7.95"')
    return Decimal(value)


def _is_number(text: str) -> bool:
    whole, _, fraction = text.removeprefix("-").partition(".")
    has_digits = whole.isascii() and whole.isdigit() and len(whole) <= 19
    return has_digits and (("." not in text) or (fraction.isascii() and fraction.isdigit() and len(fraction) <= 18))


def plain(number: Decimal) -> str:
    """The shortest way to write it: 7.95, 3, 0.0235."""
    written = format(number, "f")
    return written.rstrip("0").rstrip(".") or "0" if "." in written else written


def _day(value: object) -> date:
    """A day as ISO 8601 writes it in full, within the years that calculations reach."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("It is no day such as 2026-09-30")
    day = date.fromisoformat(value)
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise ValueError(f"It lies outside the years {YEARS[0]} to {YEARS[1]}")
    return day


Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-09-30"]}),
]

_PATTERN = r"^-?[0-9]{1,19}(\.[0-9]{1,18})?$"

Exact = Annotated[
    Decimal,
    BeforeValidator(_exact),
    PlainSerializer(plain, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["7.95"]}),
]


class Shown(BaseModel):
    """What an answer is made of."""


class Body(BaseModel):
    """What a request is made of. A field that is unknown is refused: dropped in silence it would be missed."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        """The fields that were sent, by name."""
        return {name: getattr(self, name) for name in type(self).model_fields if name in self.model_fields_set}


def with_example(example: dict[str, Any]) -> ConfigDict:
    """The settings of a body with an example that stands in the description, and is tried by the tests."""
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [example]})


class Amount(Shown):
    """Money: an exact amount as text, with the decimals of its currency, and the currency."""

    amount: Annotated[str, WithJsonSchema({"type": "string", "pattern": _PATTERN, "examples": ["1231.40"]})]
    currency: str = Field(description="ISO 4217.", examples=["EUR"])


class AmountGiven(Body):
    """Money as a request says it: an exact amount as text, and its currency."""

    amount: Exact
    currency: Annotated[str, StringConstraints(max_length=3)]

    @property
    def money(self) -> Money:
        """The money; refused when the currency has fewer decimals."""
        return Money.of(self.amount, self.currency)


def amount_of(money: Money) -> Amount:
    """The money as an answer says it."""
    return Amount(amount=str(money.decimal), currency=money.currency)


def minor_amount(minor: int, currency: str) -> Amount:
    """The same of an integer of minor units."""
    return amount_of(Money(minor, currency))


def scaled(number: int, places: int) -> Decimal:
    """The number that an integer of 10^-places stands for."""
    return Decimal(number).scaleb(-places)
