"""What was invoiced by month and summary group, read from what was added up when the documents were issued."""

from datetime import date
from typing import NamedTuple

from django.db.models import F, Sum
from django.db.models.functions import TruncMonth

from rebill.access.acting import Acting, Permission, require
from rebill.invoices.models import InvoiceLine, Revenue


class GroupRevenue(NamedTuple):
    """The revenue of one month, currency and summary group, without VAT, in the currency's minor unit."""

    month: date
    currency: str
    summary_group: int
    net_minor: int


def revenue_by_month(*, acting: Acting, since: date) -> list[GroupRevenue]:
    """The revenue from the month that begins on `since` on, by month."""
    require(acting, Permission.READ)
    rows = (
        Revenue.objects.filter(seller_id=acting.seller_id, month__gte=since)
        .order_by("month", "currency", "summary_group")
        .values_list("month", "currency", "summary_group")
        .annotate(net=Sum("net_amount"))
    )
    return [GroupRevenue(month, currency, group, int(net)) for month, currency, group, net in rows if net]


def revenue_counted(*, acting: Acting) -> list[GroupRevenue]:
    """The same added up anew from the lines of every document: for the check."""
    require(acting, Permission.READ)
    rows = (
        InvoiceLine.objects.filter(invoice__seller_id=acting.seller_id)
        .annotate(month=TruncMonth("invoice__issued_on"), line_currency=F("currency"))
        .order_by("month", "line_currency", "summary_group")
        .values_list("month", "line_currency", "summary_group")
        .annotate(net=Sum("net_amount"))
    )
    return [GroupRevenue(month, currency, group, int(net)) for month, currency, group, net in rows if net]
