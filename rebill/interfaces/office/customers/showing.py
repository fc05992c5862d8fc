"""One customer: what they have, what they get next, what waits, and whom to call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from rebill.catalogue.queries import plan_of_customer
from rebill.catalogue.queries.pages import own_prices
from rebill.delivery.queries import newest_dispatches
from rebill.interfaces.office.invoices.standing import Pill, standing_of
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.subscriptions.gantt import Gantt, draw
from rebill.invoices.queries.pages import InvoiceFilter, InvoicePage, InvoiceRow, invoice_page
from rebill.parties.fields import identifier_problems
from rebill.parties.models import Customer
from rebill.parties.queries import customer_of, why_not_erasable
from rebill.rules.money import Money
from rebill.rules.terms import term_days
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import DraftFilter, find_drafts
from rebill.runs.queries.effects import next_run_on
from rebill.runs.queries.preview import Preview, preview_draft
from rebill.sources.oneoff.queries import waiting_lines
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import (
    EnteredChange,
    Standing,
    Timeline,
    current_states,
    find_subscriptions,
    standing_as,
    timelines_of,
)
from rebill.subscriptions.queries.worth import Worth, worth_of

# A page shows as many as can be looked over; the lists show all.
SUBSCRIPTIONS_SHOWN, INVOICES_SHOWN, LINES_SHOWN = 40, 6, 12
# How far ahead somebody may ask what will be billed: a longer look is a longer wait.
PREVIEW_YEARS = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """What the customer takes: the drawing, what all of it comes to now by billing period, and what is to change."""

    gantt: Gantt
    sums: tuple[Worth, ...]
    to_come: tuple[tuple[Timeline, EnteredChange], ...]
    more: int


@dataclass(frozen=True, slots=True)
class InvoiceShown:
    """A document, and how it stands."""

    row: InvoiceRow
    pill: Pill


@page()
def customer_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """Everything about one customer."""
    customer = customer_of(request.acting, customer_id)
    invoices = _invoices(request, customer)
    sendings = newest_dispatches([row.id for row in invoices.rows])
    context = {
        "customer": customer,
        "currency": customer.currency or request.seller.currency,
        "term_days": term_days(customer.payment_term_days, request.seller.payment_term_days) or 0,
        "problems": identifier_problems(
            {"country": customer.country, "vat_id": customer.vat_id, "chamber_id": customer.chamber_id}, where=""
        ),
        "plan": plan_of_customer(request.acting, customer.pk, request.today),
        "own_prices": own_prices(request.acting, on=request.today).filter(customer=customer).count(),
        "taken": _taken(request, customer),
        "preview": _preview(request, customer),
        "lines_shown": LINES_SHOWN,
        "waiting": waiting_lines(acting=request.acting).filter(customer=customer).order_by("supplied_on", "id"),
        "drafts": _drafts(request, customer),
        "invoices": [InvoiceShown(row, standing_of(row, sendings.get(row.id))) for row in invoices.rows],
        "invoice_count": invoices.documents,
        "may_be_erased": customer.erased_at is None and not why_not_erasable(customer),
        "contacts": customer.contacts.order_by("id"),
    }
    return render(request, "office/customers/customer.html", context)


def _taken(request: OfficeRequest, customer: Customer) -> Taken:
    rows = find_subscriptions(acting=request.acting, customer_id=customer.pk)
    found = list(rows[: SUBSCRIPTIONS_SHOWN + 1])
    more = 0
    if len(found) > SUBSCRIPTIONS_SHOWN:
        found = list(_running(request, rows)[:SUBSCRIPTIONS_SHOWN])
        more = rows.count() - len(found)
    ids = [each.pk for each in found]
    timelines = timelines_of(found)
    states = current_states(acting=request.acting, subscription_ids=ids, on=request.today)
    worth = worth_of(acting=request.acting, subscription_ids=ids, on=request.today)
    # What has ended comes last.
    timelines.sort(key=lambda each: states[each.subscription.pk].standing is Standing.ENDED)
    gantt = draw(
        timelines,
        standings={each: state.standing for each, state in states.items()},
        worth=worth,
        today=request.today,
        language=request.user.language,
    )
    to_come = [
        (timeline, change)
        for timeline in timelines
        for change in timeline.changes
        if change.effective_on > request.today and not change.taken_back
    ]
    to_come.sort(key=lambda each: (each[1].effective_on, each[1].sequence))
    return Taken(gantt, _sums(list(worth.values())) if not more else (), tuple(to_come), more)


def _running(request: OfficeRequest, rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """Of a customer with very many subscriptions, those that run."""
    return standing_as(rows, Standing.RUNNING, acting=request.acting, on=request.today)


def _sums(worth: Sequence[Worth]) -> tuple[Worth, ...]:
    """What all comes to, by billing period and currency, the shortest period first."""
    keys = sorted({(each.months, each.amount.currency) for each in worth})
    return tuple(
        Worth(
            Money.total(
                (each.amount for each in worth if (each.months, each.amount.currency) == (months, currency)), currency
            ),
            months,
        )
        for months, currency in keys
    )


def _preview(request: OfficeRequest, customer: Customer) -> Preview:
    """Of the day that was asked for; of the next run where none or a day out of reach was."""
    asked = request.GET.get("on", "")
    try:
        on = date.fromisoformat(asked)
    except ValueError:
        on = next_run_on(customer, request.today)
    last_on = request.today + timedelta(days=366 * PREVIEW_YEARS)
    return preview_draft(acting=request.acting, customer_id=customer.pk, billed_on=min(max(on, request.today), last_on))


def _drafts(request: OfficeRequest, customer: Customer) -> QuerySet[Draft]:
    current = find_drafts(acting=request.acting, wanted=DraftFilter(tab="current"))
    return current.filter(customer=customer).order_by("-billed_on", "-id")[:INVOICES_SHOWN]


def _invoices(request: OfficeRequest, customer: Customer) -> InvoicePage:
    wanted = InvoiceFilter(customer_id=customer.pk)
    return invoice_page(acting=request.acting, wanted=wanted, page=1, page_size=INVOICES_SHOWN)
