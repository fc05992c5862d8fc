"""One subscription: what is taken on which days, everything entered, what was billed of it and what comes next."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from rebill.access.queries import names_of
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.subscriptions.gantt import draw
from rebill.interfaces.pager import page_number, pager
from rebill.invoices.queries.billed import billed_of
from rebill.runs.queries.effects import due_lines, next_run_on
from rebill.subscriptions.queries import current_states, timeline_of
from rebill.subscriptions.queries.worth import worth_of

CHARGES_SHOWN = 24


@page()
def subscription_page(request: OfficeRequest, subscription: UUID) -> HttpResponse:
    """Everything about one subscription."""
    timeline = timeline_of(acting=request.acting, uuid=subscription)
    found = timeline.subscription
    customer = found.customer
    ids = [found.pk]
    state = current_states(acting=request.acting, subscription_ids=ids, on=request.today)[found.pk]
    worth = worth_of(acting=request.acting, subscription_ids=ids, on=request.today)
    billed, count = billed_of(
        acting=request.acting,
        subscription_id=found.pk,
        page=page_number(request),
        page_size=CHARGES_SHOWN,
    )
    names = names_of({change.entered_by for change in timeline.changes if change.entered_by is not None})
    next_on = next_run_on(customer, request.today)
    context = {
        "timeline": timeline,
        "subscription": found,
        "customer": customer,
        "currency": customer.currency or request.seller.currency,
        "state": state,
        "worth": worth.get(found.pk),
        "gantt": draw(
            [timeline],
            standings={found.pk: state.standing},
            worth=worth,
            today=request.today,
            language=request.user.language,
        ),
        "changes": [(change, names.get(change.entered_by or 0, "")) for change in reversed(timeline.changes)],
        "billed": billed,
        "pager": pager(request, shown=len(billed), total=count, rows=CHARGES_SHOWN),
        "next_on": next_on,
        "due": due_lines(acting=request.acting, subscription=found, billed_on=next_on),
    }
    return render(request, "office/subscriptions/subscription.html", context)
