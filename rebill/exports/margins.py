"""What a seller earns: what it billed in a month, less what the seller above billed it for the same events.

Both sides are the lines of the line exports, laid beside each other by their event. What was bought and not sold yet,
or the other way round, stands on one side only; nothing is left out, so both sides add up to the documents.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from io import StringIO

from django.db.models import Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.charges.models import Charge
from rebill.exports.lines.layouts import Side
from rebill.exports.lines.reading import LineReader
from rebill.invoices.models import Invoice, InvoiceLine
from rebill.kit.bulk import Numbers, chunks, read_all
from rebill.kit.imports.spreadsheet import neutralise_cell
from rebill.parties.models import Customer
from rebill.rules.money import Money
from rebill.rules.naming import name_in
from rebill.rules.periods import add_months

KEYS_AT_ONCE = 1000
MONTHS = 12


class By(StrEnum):
    """What margins are summed by."""

    CUSTOMER = "customer"
    PRODUCT = "product"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Margin:
    """What was sold and bought of one thing: `code` is the number of the customer, the code of the product, or the
    month; `id` that of the customer, where it is one."""

    code: str
    name: str
    sold: Money
    bought: Money
    id: int | None = None

    @property
    def earned(self) -> Money:
        """What is left."""
        return self.sold - self.bought

    @property
    def percent(self) -> int | None:
        """What is left, in whole per cent of what was sold; None where nothing was sold."""
        return 100 * self.earned.minor // self.sold.minor if self.sold.minor > 0 else None


_Sums = dict[tuple[object, str], list[int]]


def margins(*, acting: Acting, month: date, by: By, language: str) -> list[Margin]:
    """By customer or product of the documents dated in the month; by month, of the twelve months that end with it."""
    require(acting, Permission.EXPORT)
    first = month.replace(day=1)
    if by is By.MONTH:
        return _by_month(acting, first)
    sums: _Sums = defaultdict(lambda: [0, 0])
    sold = (
        InvoiceLine.objects.filter(
            invoice__seller_id=acting.seller_id,
            invoice__issued_on__gte=first,
            invoice__issued_on__lt=add_months(first, 1),
        )
        .order_by()
        .values("invoice__customer_id", "product_code", "currency")
        .annotate(net=Sum("net_amount"))
    )
    for customer_id, code, currency, net in read_all(sold, "invoice__customer_id", "product_code", "currency", "net"):
        sums[customer_id if by is By.CUSTOMER else code, currency][0] += net
    for customer_id, code, currency, net in _bought(acting, first):
        sums[customer_id if by is By.CUSTOMER else code, currency][1] += net
    named = _customers(sums) if by is By.CUSTOMER else _products(acting, sums, language)
    found = [
        Margin(
            *named[key],
            sold=Money(sides[0], currency),
            bought=Money(sides[1], currency),
            id=key if isinstance(key, int) else None,
        )
        for (key, currency), sides in sums.items()
    ]
    return sorted(found, key=lambda each: (-each.earned.minor, each.code))


def _by_month(acting: Acting, last: date) -> list[Margin]:
    start, end = add_months(last, 1 - MONTHS), add_months(last, 1)
    sums: _Sums = defaultdict(lambda: [0, 0])
    own = Invoice.objects.filter(seller_id=acting.seller_id)
    for position, invoices in enumerate((own, LineReader(acting, Side.PURCHASE).invoices)):
        rows = (
            invoices.filter(issued_on__gte=start, issued_on__lt=end)
            .order_by()
            .values("issued_on", "currency")
            .annotate(net=Sum("net_amount"))
        )
        for day, currency, net in read_all(rows, "issued_on", "currency", "net"):
            sums[day.replace(day=1), currency][position] += net
    return [
        Margin(f"{month:%Y-%m}", "", sold=Money(sides[0], currency), bought=Money(sides[1], currency))
        for (month, currency), sides in sorted(sums.items(), key=str)
    ]


def _bought(acting: Acting, month: date) -> Iterator[tuple[int, str, str, int]]:
    """What the seller above billed: for which own customer, as which own product, in which currency, how much."""
    own_codes = dict(
        Product.objects.filter(seller_id=acting.seller_id, resells__isnull=False)
        .order_by("id")
        .values_list("resells__code", "code")
    )
    names = ("source", "key", "end_customer_id", "product_code", "currency", "net_minor")
    for block in LineReader(acting, Side.PURCHASE).read(month, names=names):
        keys = block["key"].drop_nulls().unique().sort().to_list()
        sold: dict[tuple[str, str], tuple[int, str]] = {}
        for some in chunks(keys, KEYS_AT_ONCE):
            rows = Charge.objects.filter(seller_id=acting.seller_id, key__in=some).order_by("id")
            for source, key, buyer_id, code in rows.values_list("source", "key", "buyer_id", "product__code"):
                sold[source, key] = buyer_id, code or ""
        for source, key, end_customer_id, product_code, currency, net_minor in block.select(names).iter_rows():
            # Bought and not sold: it is at least known for whom, and what the product is called here.
            unsold = end_customer_id, own_codes.get(product_code, product_code)
            customer_id, code = sold.get((source, key), unsold)
            yield customer_id, code, currency, net_minor


def _customers(sums: _Sums) -> dict[object, tuple[str, str]]:
    ids = [key for key, _currency in sums if isinstance(key, int)]
    rows = Customer.objects.filter(id__among=Numbers(ids)).order_by("id").values_list("id", "number", "name")
    return {customer_id: (number or "", name) for customer_id, number, name in rows}


def _products(acting: Acting, sums: _Sums, language: str) -> dict[object, tuple[str, str]]:
    codes = [key for key, _currency in sums if isinstance(key, str)]
    named: dict[object, tuple[str, str]] = {code: (code, "") for code in codes}
    rows = Product.objects.filter(seller_id=acting.seller_id, code__in=codes).order_by("id")
    for code, names in rows.values_list("code", "names"):
        named[code] = code, name_in(names, language)
    return named


def totals(rows: Sequence[Margin]) -> list[Margin]:
    """What the rows come to, in each currency."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        sums[row.sold.currency][0] += row.sold.minor
        sums[row.sold.currency][1] += row.bought.minor
    return [Margin("", "", Money(sold, currency), Money(bought, currency)) for currency, (sold, bought) in sums.items()]


def margins_file(rows: Sequence[Margin]) -> bytes:
    """The rows as CSV for a spreadsheet, with semicolons between and headings in the reader's language.

    Amounts are exact, with a point.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("Code"), _("Name"), _("Currency"), _("Sold"), _("Bought"), _("Margin")])
    for row in rows:
        amounts = [str(each.decimal) for each in (row.sold, row.bought, row.earned)]
        writer.writerow([neutralise_cell(row.code), neutralise_cell(row.name), row.sold.currency, *amounts])
    return text.getvalue().encode("utf-8-sig")
