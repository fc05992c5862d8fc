"""A customer's calls: month by month, and one month by kind and destination."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render

from rebill.catalogue.words import category_word
from rebill.exports.specifications.tables import amount_of, duration_of
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.specified import total_row
from rebill.parties.queries import customer_of
from rebill.rules.money import Money
from rebill.sources.usage.commands.accounts import wanted_minor
from rebill.sources.usage.queries.ratings import unpriced_calls, unusual_days
from rebill.sources.usage.queries.usage import Usage, UsageMonth, calls_of_month, usage_months

# Two years to compare with, and the destinations that can be looked over; the specification of a bill has all.
MONTHS_SHOWN, DESTINATIONS_SHOWN, DAYS_SHOWN = 24, 50, 10


@dataclass(frozen=True, slots=True)
class Line:
    """What a month, or a kind of calls in it, comes to; `share` is the part of the dearest, of a hundred."""

    name: str
    usage: Usage
    minutes: str
    included: str
    amount: Decimal
    share: int


@page()
def usage_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """The months with calls, and what stands behind the one that is chosen, else behind the latest."""
    customer = customer_of(request.acting, customer_id)
    currency = customer.currency or request.seller.currency
    months = usage_months(acting=request.acting, customer_id=customer.pk)
    shown = months[:MONTHS_SHOWN]
    chosen = next((each for each in months if f"{each.month:%Y-%m}" == request.GET.get("month")), None)
    chosen = chosen or (months[0] if months else None)
    most = max((abs(each.whole.amount_e6) for each in shown), default=0)
    days = unusual_days(seller_id=request.acting.seller_id, buyer_ids=[customer.pk])[:DAYS_SHOWN]
    context = {
        "customer": customer,
        "currency": currency,
        "months": [(each.month, _line("", each.whole, most)) for each in shown],
        "chosen": chosen,
        "kinds": _kinds(chosen) if chosen else [],
        **(_destinations(request, customer.pk, chosen.month) if chosen else {}),
        "unpriced": list(unpriced_calls(seller_id=request.acting.seller_id, buyer_ids=[customer.pk])),
        "days": [(day.day, day.calls, Money(wanted_minor(day.amount_e6, currency), currency)) for day in days],
    }
    return render(request, "office/customers/usage.html", context)


def _kinds(month: UsageMonth) -> list[Line]:
    most = max((abs(each.amount_e6) for each in month.categories.values()), default=0)
    return [_line(category_word(category), each, most) for category, each in month.categories.items()]


def _destinations(request: OfficeRequest, customer_id: int, month: date) -> dict[str, object]:
    totals = calls_of_month(acting=request.acting, customer_id=customer_id, month=month).totals()
    rest = totals[DESTINATIONS_SHOWN:]
    return {
        "destinations": [total_row(each) for each in totals[:DESTINATIONS_SHOWN]],
        "others": len(rest),
        "other_calls": sum(each.calls for each in rest),
        "other_amount": amount_of(sum(each.amount_e6 for each in rest)),
    }


def _line(name: str, usage: Usage, most: int) -> Line:
    return Line(
        name,
        usage,
        duration_of(usage.billed_s),
        duration_of(usage.included_s) if usage.included_s else "",
        amount_of(usage.amount_e6),
        abs(usage.amount_e6) * 100 // most if most else 0,
    )
