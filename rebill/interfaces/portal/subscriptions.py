"""What the customer takes: subscriptions that run, rest or are to come."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render

from rebill.catalogue.queries.products import products_of
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.interfaces.portal.visiting import PortalRequest, visit
from rebill.rules.naming import name_in
from rebill.subscriptions.queries import Standing, current_states, find_subscriptions
from rebill.subscriptions.queries.worth import Worth, worth_of


@dataclass(frozen=True, slots=True)
class Taken:
    """A subscription as its customer knows it. `worth` is None while nothing is owed for it."""

    name: str
    reference: str
    quantity: Decimal
    standing: Standing
    start_on: date
    last_on: date | None
    worth: Worth | None


@visit
def subscriptions_page(request: PortalRequest) -> HttpResponse:
    """A page of subscriptions, with those that ended at the place where they were."""
    found = find_subscriptions(acting=request.acting, customer_id=request.customer.pk)
    start = (page_number(request) - 1) * ROWS
    rows = list(found[start : start + ROWS])
    ids = [each.pk for each in rows]
    states = current_states(acting=request.acting, subscription_ids=ids, on=request.today)
    worth = worth_of(acting=request.acting, subscription_ids=ids, on=request.today)
    products = products_of(request.acting).filter(code__in={each.product_code for each in states.values()})
    names = {each.code: name_in(each.names, request.language, request.seller.language) for each in products}
    taken = [
        Taken(
            name=each.description or names.get(states[each.pk].product_code, "") or states[each.pk].product_code,
            reference=each.reference,
            quantity=states[each.pk].quantity,
            standing=states[each.pk].standing,
            start_on=each.start_on,
            last_on=states[each.pk].last_on,
            worth=worth.get(each.pk),
        )
        for each in rows
    ]
    context = {"taken": taken, "pager": pager(request, shown=len(taken), total=found.count())}
    return render(request, "portal/subscriptions.html", context)
