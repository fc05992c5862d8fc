"""What buying on account comes to: amounts at the till, their VAT, and the net amounts that an invoice bills of them.

A till asks prices with VAT in them, an invoice is made of net amounts and adds the VAT once for all of them. Rounded
line by line the invoice would differ from the till by a cent every few lines; so the net of all of them is found first
and then shared out over the lines.
"""

import re
from collections.abc import Iterable, Sequence

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _
from rebill.rules.money import ONE_E8, amount_minor, divide_half_up
from rebill.rules.tax import tax_of

NUMBER_LENGTH_MAX = 40
_FIELD = re.compile(r"\{[^{}]*\}")
_RUNNING = re.compile(r"\{number(?::0([1-9]|1[0-2]))?\}")
_LITERAL = re.compile(r"[A-Za-z0-9 ._/#-]*")
CUSTOMER_FIELD = "{customer}"


class SchemeUnfit(Invalid):
    """The scheme would repeat numbers, or holds something that is no field of a tab's number."""


def validate_scheme(pattern: str) -> None:
    """Refuses schemes that are not `{number}` or `{number:04}` once, with `{customer}` and plain text around."""
    fields = _FIELD.findall(pattern)
    running = [field for field in fields if _RUNNING.fullmatch(field)]
    if len(running) != 1:
        raise SchemeUnfit(_("%(pattern)r needs {number} exactly once.", pattern=pattern))
    unknown = [field for field in fields if field not in (running[0], CUSTOMER_FIELD)]
    if unknown or not _LITERAL.fullmatch(_FIELD.sub("", pattern)):
        raise SchemeUnfit(
            _(
                "%(pattern)r may hold {number}, {customer}, letters, digits, spaces and . _ / # - only.",
                pattern=pattern,
            )
        )


def tab_series(pattern: str, *, customer: str) -> str:
    """The scheme with the customer filled in: tabs that share it are numbered on from each other."""
    validate_scheme(pattern)
    return pattern.replace(CUSTOMER_FIELD, customer)


def tab_number(series: str, *, number: int) -> str:
    """The number of the tab that is the `number`th of its series. SchemeUnfit when it grows too long."""
    found = _RUNNING.search(series)
    if found is None:
        raise SchemeUnfit(_("%(pattern)r needs {number} exactly once.", pattern=series))
    written = series[: found.start()] + str(number).zfill(int(found[1] or 1)) + series[found.end() :]
    if len(written) > NUMBER_LENGTH_MAX:
        raise SchemeUnfit(
            _(
                "%(pattern)r makes numbers of more than %(length)s characters.",
                pattern=series,
                length=NUMBER_LENGTH_MAX,
            )
        )
    return written


def order_gross(lines: Iterable[tuple[int, int]], *, includes_vat: bool) -> int:
    """What an order takes of the limit, VAT included, from its lines' (amount, rate).

    Where prices are without VAT it is added once per rate, as a document would.
    """
    sums: dict[int, int] = {}
    for amount, rate_e6 in lines:
        sums[rate_e6] = sums.get(rate_e6, 0) + amount
    total = sum(sums.values())
    return total if includes_vat else total + sum(tax_of(amount, rate_e6) for rate_e6, amount in sums.items())


def net_shares(gross_minor: Sequence[int], rate_e6: int) -> list[int]:
    """The net amount of each gross amount at one rate of VAT; together they are the net of the sum, rounded once.

    By largest remainder, so that no share is a whole minor unit off its own exact net. VAT on their sum comes back to
    the gross sum, or, where no net amount does, to one minor unit beside it.
    """
    divisor = ONE_E8 + rate_e6
    floors, remainders = [], []
    for position, gross in enumerate(gross_minor):
        floor, remainder = divmod(gross * ONE_E8, divisor)
        floors.append(floor)
        remainders.append((-remainder, position))
    left = divide_half_up(sum(gross_minor) * ONE_E8, divisor) - sum(floors)
    for _remainder, position in sorted(remainders)[:left]:
        floors[position] += 1
    return floors


def price_of_share(net_minor: int, quantity_e8: int, digits: int) -> int | None:
    """The unit price of 10⁻⁶ at which the quantity comes to exactly this net amount; None where no price does."""
    if quantity_e8 == 0:
        return 0 if net_minor == 0 else None
    price_e6 = divide_half_up(net_minor * 10 ** (14 - digits), quantity_e8)
    return price_e6 if price_e6 >= 0 and amount_minor(quantity_e8, price_e6, digits) == net_minor else None
