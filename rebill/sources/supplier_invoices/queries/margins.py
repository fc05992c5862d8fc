"""What re-billing earned: per purchase invoice, and per month of the suppliers' invoices; from the same rows."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, Sum

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import read_rows
from rebill.rules.money import Money
from rebill.sources.supplier_invoices.models import PurchaseInvoice

_PASSED_ON = Q(rows__rebilled__isnull=False)
_LEFT_OUT = Q(rows__rebilled__isnull=True) & ~Q(rows__excluded_reason="")


@dataclass(frozen=True, slots=True)
class PurchaseMargin:
    """What a purchase invoice, or all of a month, cost and brought, without VAT."""

    title: str
    month: date
    bought: Money
    rebilled: Money
    excluded: Money
    sold: Money
    rows: int
    invoice_id: int | None = None

    @property
    def left_over(self) -> Money:
        """What is neither passed on nor left out."""
        return self.bought - self.rebilled - self.excluded

    @property
    def margin(self) -> Money:
        """What was earned on what is passed on."""
        return self.sold - self.rebilled

    @property
    def percent(self) -> int | None:
        """The margin as a share of what it is sold for, in tenths of a percent; None while nothing is sold."""
        return self.margin.minor * 1000 // self.sold.minor if self.sold.minor > 0 else None


def purchase_margins(acting: Acting, *, since: date | None = None) -> list[PurchaseMargin]:
    """One for each purchase invoice that is no commission, the latest first; one read."""
    require(acting, Permission.READ)
    invoices = PurchaseInvoice.objects.filter(seller_id=acting.seller_id, is_commission=False)
    if since is not None:
        invoices = invoices.filter(issued_on__gte=since)
    found = invoices.annotate(
        rebilled=Sum("rows__net", filter=_PASSED_ON),
        excluded=Sum("rows__net", filter=_LEFT_OUT),
        sold=Sum("rows__rebilled__amount"),
        passed_on=Count("rows__rebilled"),
    ).order_by("-issued_on", "-id")
    columns = (
        "id", "number", "supplier__name", "issued_on", "currency", "net", "rebilled", "excluded", "sold", "passed_on",
    )  # fmt: skip
    return [
        PurchaseMargin(
            title=f"{supplier} {number}",
            month=issued_on.replace(day=1),
            bought=Money(net, currency),
            rebilled=Money(rebilled or 0, currency),
            excluded=Money(excluded or 0, currency),
            sold=Money(sold or 0, currency),
            rows=rows,
            invoice_id=invoice_id,
        )
        for invoice_id, number, supplier, issued_on, currency, net, rebilled, excluded, sold, rows in read_rows(
            found, *columns
        )
    ]


def monthly_margins(margins: list[PurchaseMargin]) -> list[PurchaseMargin]:
    """The same, month by month and currency by currency, the latest first."""
    grouped: dict[tuple[date, str], list[PurchaseMargin]] = defaultdict(list)
    for each in margins:
        grouped[each.month, each.bought.currency].append(each)
    return [
        PurchaseMargin(
            title=f"{month:%Y-%m}",
            month=month,
            bought=Money.total((each.bought for each in found), currency),
            rebilled=Money.total((each.rebilled for each in found), currency),
            excluded=Money.total((each.excluded for each in found), currency),
            sold=Money.total((each.sold for each in found), currency),
            rows=sum(each.rows for each in found),
        )
        for (month, currency), found in sorted(grouped.items(), reverse=True)
    ]
