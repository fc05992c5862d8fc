"""The VAT rates of the member states by day, from the dated table `vat/rates.csv`."""

import csv
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid, NotFound
from rebill.rules.tax import RateClass, vat_country

_WITHOUT_RATE = frozenset({RateClass.ZERO, RateClass.EXEMPT, RateClass.OUTSIDE})


class RateUnknown(NotFound):
    """The table has no rate of this class for the country and day."""


class TableBroken(Invalid):
    """Two rates of the table hold on the same day, or one ends before it begins."""


@dataclass(frozen=True, slots=True)
class DatedRate:
    """A rate in 10⁻⁶ of a percent, from a day until before another, and the law or list it stands in."""

    valid_from: date
    valid_before: date | None
    rate_e6: int
    source: str


class TaxTable:
    """Rates by country, class and day. Read it once with `tax_table`, ask it as often as you like."""

    def __init__(self, rates: Mapping[tuple[str, RateClass], Iterable[DatedRate]]) -> None:
        self._rates = {key: sorted(dated, key=lambda rate: rate.valid_from) for key, dated in rates.items()}
        self._starts = {key: [rate.valid_from for rate in dated] for key, dated in self._rates.items()}
        for (country, rate_class), dated in self._rates.items():
            _require_apart(country, rate_class, dated)

    def rate_e6(self, country: str, rate_class: RateClass, on: date) -> int:
        """The rate in 10⁻⁶ of a percent (21 % is 21,000,000); RateUnknown names country and day.

        Products that are zero-rated, exempt or outside the scope have the rate 0 everywhere.
        """
        if rate_class in _WITHOUT_RATE:
            return 0
        key = (vat_country(country), rate_class)
        position = bisect_right(self._starts.get(key, ()), on) - 1
        if position >= 0:
            rate = self._rates[key][position]
            if rate.valid_before is None or on < rate.valid_before:
                return rate.rate_e6
        raise RateUnknown(
            _("There is no %(rate)s VAT rate for %(country)s on %(on)s.")
            % {"rate": rate_class.value.replace("_", " "), "country": key[0], "on": on}
        )

    def countries(self) -> list[str]:
        """The countries the table has rates of, by code."""
        return sorted({country for country, _rate_class in self._rates})

    def history(self, country: str, rate_class: RateClass) -> tuple[DatedRate, ...]:
        """Every rate of the class that the country had, the earliest first; empty when the table has none."""
        return tuple(self._rates.get((vat_country(country), rate_class), ()))


@lru_cache(maxsize=1)
def tax_table() -> TaxTable:
    """The table as it comes with rebill."""
    rates: dict[tuple[str, RateClass], list[DatedRate]] = defaultdict(list)
    with files("rebill.catalogue.vat").joinpath("rates.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            rates[row["country"], RateClass(row["rate_class"])].append(
                DatedRate(
                    valid_from=date.fromisoformat(row["valid_from"]),
                    valid_before=date.fromisoformat(row["valid_before"]) if row["valid_before"] else None,
                    rate_e6=int(Decimal(row["rate"]).scaleb(6)),
                    source=row["source"],
                )
            )
    return TaxTable(rates)


def vat_rate(country: str, rate_class: RateClass, on: date) -> int:
    """The rate of the country on the day, as `TaxTable.rate_e6`."""
    return tax_table().rate_e6(country, rate_class, on)


def _require_apart(country: str, rate_class: RateClass, dated: list[DatedRate]) -> None:
    for rate, following in zip(dated, [*dated[1:], None], strict=True):
        ends = rate.valid_before
        backwards = ends is not None and ends <= rate.valid_from
        overlapping = following is not None and (ends is None or ends > following.valid_from)
        if backwards or overlapping:
            raise TableBroken(f"The {rate_class.value} VAT rate of {country} from {rate.valid_from} ends on {ends}.")
