"""Exact money: whole numbers of a currency's minor unit, rounded half away from zero at named places only.

Numbers are scaled whole numbers everywhere: a quantity in 10⁻⁸ (`quantity_e8`), a unit price in 10⁻⁶ (`price_e6`), a
rate in 10⁻⁶ of a percent point (`rate_e6`, 21 % is 21_000_000), an amount in the minor unit of its currency (`minor`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Self

from rebill.rules.currencies import DIGITS
from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _

ONE_E8 = 10**8
ONE_E6 = 10**6

# price_e6 x quantity_e8 counts 10⁻¹⁴ of the currency; index = digits of the minor unit.
_LINE_DIVISORS: tuple[int, ...] = tuple(10 ** (14 - digits) for digits in range(7))
# Wide enough that no amount this product can hold is rounded by the context itself.
_WIDE = Context(prec=80, rounding=ROUND_HALF_UP)


class UnknownCurrency(Invalid):
    """The code is not a currency of ISO 4217."""


class CurrencyMismatch(Invalid):
    """Amounts of two currencies cannot be added or compared."""


class NotAnAmount(Invalid):
    """The value is not an exact amount of its currency: a float, not a number, or with too many decimals."""


class NoWeights(Invalid):
    """An amount cannot be shared over nothing, over negative weights or over weights that are all zero."""


def divide_half_up(numerator: int, denominator: int) -> int:
    """Divide whole numbers, a half going away from zero: 5/2 is 3 and -5/2 is -3, so a credit mirrors its charge."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


def round_half_up(value: Decimal, digits: int) -> Decimal:
    """`value` with `digits` decimals, a half going away from zero. Refuses floats: 2.675 is none of theirs."""
    if not isinstance(value, Decimal) or not value.is_finite():
        raise NotAnAmount(f"{value!r} is no finite decimal number.")
    return value.quantize(Decimal(1).scaleb(-digits), context=_WIDE)


def digits_of(currency: str) -> int:
    """Decimals of the currency by ISO 4217: EUR 2, JPY 0, KWD 3."""
    try:
        return DIGITS[currency]
    except KeyError:
        raise UnknownCurrency(_("%(currency)r is not a currency code of ISO 4217.", currency=currency)) from None


def amount_minor(quantity_e8: int, price_e6: int, digits: int) -> int:
    """Quantity times unit price in the minor unit, rounded once: the only place where a line amount comes to be.

    Ask with the prorated quantity as it is stored, so that every row can be checked with a pocket calculator.
    """
    # Written out instead of calling divide_half_up: this runs for every charge of a run.
    exact, divisor = quantity_e8 * price_e6, _LINE_DIVISORS[digits]
    if exact >= 0:
        return (2 * exact + divisor) // (2 * divisor)
    return -((divisor - 2 * exact) // (2 * divisor))


@dataclass(frozen=True, slots=True)
class Money:
    """An amount that knows its currency. Two currencies are never added or ordered, and never equal."""

    minor: int
    currency: str

    @classmethod
    def of(cls, amount: "str | int | Decimal", currency: str) -> Self:
        """The exact amount written as "12.34". Refuses more decimals than the currency has: nothing is rounded here."""
        value = _decimal(amount)
        digits = digits_of(currency)
        rounded = round_half_up(value, digits)
        if rounded != value:
            raise NotAnAmount(f"{amount} has more than the {digits} decimals of {currency}.")
        return cls(int(rounded.scaleb(digits, context=_WIDE)), currency)

    @classmethod
    def rounded(cls, amount: "str | int | Decimal", currency: str) -> Self:
        """The amount rounded half-up to the currency's digits."""
        digits = digits_of(currency)
        return cls(int(round_half_up(_decimal(amount), digits).scaleb(digits, context=_WIDE)), currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        digits_of(currency)
        return cls(0, currency)

    @classmethod
    def total(cls, amounts: "Iterable[Money]", currency: str) -> Self:
        """The sum; of no amounts at all it is zero in `currency`."""
        minor = 0
        for amount in amounts:
            if amount.currency != currency:
                raise CurrencyMismatch(f"{amount} cannot be added to a total in {currency}.")
            minor += amount.minor
        return cls(minor, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount as a decimal with exactly the currency's digits: 12.30, not 12.3."""
        return Decimal(self.minor).scaleb(-digits_of(self.currency), context=_WIDE)

    def split(self, weights: Sequence[int]) -> "list[Money]":
        """Shares in the proportion of `weights` that add up exactly; left-over cents go to the largest remainders.

        Among equal remainders the earlier share is served first. A negative amount splits as the mirror of the
        positive one.
        """
        return [Money(minor, self.currency) for minor in split_minor(self.minor, weights)]

    def _minor_of(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self} and {other} are of two currencies.")
        return other.minor

    def __add__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.minor - self._minor_of(other), self.currency)

    def __mul__(self, factor: int) -> "Money":
        if not isinstance(factor, int):
            return NotImplemented
        return Money(self.minor * factor, self.currency)

    __rmul__ = __mul__

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.minor), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor < self._minor_of(other)

    def __le__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor <= self._minor_of(other)

    def __gt__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor > self._minor_of(other)

    def __ge__(self, other: "Money") -> bool:
        if not isinstance(other, Money):
            return NotImplemented
        return self.minor >= self._minor_of(other)

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"


def split_minor(minor: int, weights: Sequence[int]) -> list[int]:
    """`Money.split` on bare minor units: exact shares by largest remainder, sign-safe."""
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise NoWeights(f"{minor} cannot be shared over the weights {list(weights)}.")
    sign = -1 if minor < 0 else 1
    shares, remainders = [], []
    for position, weight in enumerate(weights):
        share, remainder = divmod(abs(minor) * weight, total)
        shares.append(share)
        remainders.append((-remainder, position))
    left = abs(minor) - sum(shares)
    for _remainder, position in sorted(remainders)[:left]:
        shares[position] += 1
    return [sign * share for share in shares]


def cash_round(money: Money, step_minor: int) -> Money:
    """The amount to pay in coins: the nearest multiple of `step_minor`, a half going away from zero."""
    if step_minor < 1:
        raise NotAnAmount(f"A smallest coin of {step_minor} does not exist.")
    return Money(divide_half_up(money.minor, step_minor) * step_minor, money.currency)


def _decimal(amount: "str | int | Decimal") -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
        raise NotAnAmount(f"{amount!r} is no exact number; give text, a whole number or a Decimal.")
    try:
        value = Decimal(amount)
    except InvalidOperation:
        raise NotAnAmount(f"{amount!r} is not a number.") from None
    if not value.is_finite():
        raise NotAnAmount(f"{amount!r} is not a finite number.")
    return value
