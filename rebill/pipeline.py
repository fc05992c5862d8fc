"""The whole flow on one page: rate, prepare, issue. Each step finds its own work, and may be repeated or killed.

rate      calls that no rating knows → what they cost, for every seller on the chain
prepare   sources → charges → drafts, with warnings; small clean ones approve themselves where the seller wants it
issue     approved drafts → invoices → PDFs → dispatches
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.conf import settings

from rebill.access.acting import Acting, Permission, require
from rebill.delivery.commands import queue_dispatches
from rebill.invoices.commands import issue_invoices, render_documents
from rebill.invoices.commands.rendering import PDF
from rebill.invoices.queries.documents import count_unrendered
from rebill.kit.database import atomic_write
from rebill.kit.errors import Problem
from rebill.parties.models import Seller
from rebill.parties.queries import chain_below, seller_of, sellers_with_ids
from rebill.runs.commands import auto_approve_drafts, prepare_run
from rebill.runs.queries.drafts import DraftFilter, find_drafts, run_of
from rebill.sources.recurring.queries import begun_subscriptions
from rebill.sources.usage.commands import add_endpoint, end_endpoint, rate_month
from rebill.sources.usage.engine.registry import engine_for
from rebill.sources.usage.models import EndpointKind, Rating
from rebill.sources.usage.queries.endpoints import as_written, endpoints_from
from rebill.sources.usage.queries.ratings import months_to_rate
from rebill.subscriptions.commands import move_customer_below
from rebill.subscriptions.commands.below import Moved

Progress = Callable[[str, int, int | None], None]


def _silent(step: str, done: int, total: int | None) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class PreparedMonth:
    """What preparing came to."""

    run_id: int
    customers: int
    charges: int
    drafts: int
    auto_approved: int


@dataclass(slots=True)
class IssuedMonth:
    """What issuing came to: documents issued, drafts sent back to review, PDFs made, dispatches queued."""

    documents: int = 0
    returned: int = 0
    rendered: int = 0
    queued: int = 0
    problems: list[Problem] = field(default_factory=list)


def rate_calls(
    *,
    acting: Acting,
    now: datetime,
    months: Sequence[date] | None = None,
    trial: bool = False,
    progress: Progress = _silent,
) -> list[Rating]:
    """Rates these months of calls, each anew; without them those that have calls no rating knows yet."""
    if months is None:
        months = months_to_rate(seller_id=acting.seller_id, zone=seller_of(acting).time_zone)
    if not months:
        return []
    engine = engine_for(settings.REBILL_RATING_ENGINE)
    return [
        rate_month(
            acting=acting,
            month=month,
            engine=engine,
            trial=trial,
            now=now,
            progress=lambda done, total: progress("rate", done, total),
        )
        for month in months
    ]


def prepare(*, acting: Acting, billed_on: date, now: datetime, progress: Progress = _silent) -> PreparedMonth:
    """Makes the drafts of the run on `billed_on`, of calls too: those that came since they were rated are rated."""
    rate_calls(acting=acting, now=now, progress=progress)
    prepared = prepare_run(
        acting=acting, billed_on=billed_on, now=now, progress=lambda done, total: progress("prepare", done, total)
    )
    approved = auto_approve_drafts(acting=acting, run=run_of(acting=acting, run_id=prepared.run_id), now=now)
    return PreparedMonth(
        run_id=prepared.run_id,
        customers=prepared.customers,
        charges=prepared.charges,
        drafts=prepared.drafts,
        auto_approved=approved,
    )


@dataclass(frozen=True, slots=True)
class PreparedLink:
    """What preparing came to for one seller of a chain."""

    seller: Seller
    prepared: PreparedMonth


def prepare_chain(
    *, acting: Acting, billed_on: date, now: datetime, progress: Progress = _silent
) -> list[PreparedLink]:
    """Makes the drafts of the seller and of every dealer below it, from the top down.

    Each seller's drafts are what it would have made by itself, in whatever order: nobody's charges depend on another's.
    Who acts may do with the dealers' runs what the role allows with the own one, and sees no more of them than counts.
    """
    require(acting, Permission.PREPARE)
    links = chain_below(acting.seller_id)
    sellers = {seller.pk: seller for seller in sellers_with_ids([link.seller_id for link in links])}
    return [
        PreparedLink(
            seller=sellers[link.seller_id],
            prepared=prepare(
                acting=replace(acting, seller_id=link.seller_id), billed_on=billed_on, now=now, progress=progress
            ),
        )
        for link in links
    ]


def move_customer(*, acting: Acting, customer_id: int, to_seller_id: int, on: date, now: datetime) -> Moved:
    """Moves a customer from one dealer to another on a cut-over day, with what it takes and the endpoints of its calls:
    see `subscriptions.commands.move_customer_below`. All of it or nothing."""
    with atomic_write():
        moved = move_customer_below(
            acting=acting,
            customer_id=customer_id,
            to_seller_id=to_seller_id,
            on=on,
            begun=begun_subscriptions(customer_id),
            now=now,
        )
        for endpoint in endpoints_from(customer_id=customer_id, on=on):
            holder = replace(acting, seller_id=endpoint.seller_id)
            last, is_number = endpoint.valid_before, endpoint.kind in (EndpointKind.NUMBER, EndpointKind.RANGE)
            end_endpoint(acting=holder, endpoint_id=endpoint.pk, valid_before=on, now=now)
            add_endpoint(
                acting=replace(acting, seller_id=to_seller_id),
                customer_id=moved.customer.pk,
                kind=EndpointKind(endpoint.kind),
                value=as_written(endpoint.value) if is_number else endpoint.value,
                value_to=as_written(endpoint.value_to),
                valid_from=on,
                valid_before=last,
                now=now,
            )
    return moved


def issue(
    *, acting: Acting, today: date, now: datetime, run_id: int | None = None, progress: Progress = _silent
) -> IssuedMonth:
    """Issues what is approved (of one run, if given), makes the missing PDFs, and queues what is not queued yet."""
    approved = find_drafts(acting=acting, wanted=DraftFilter(tab="approved", run_id=run_id)).count()
    issued = issue_invoices(
        acting=acting, today=today, now=now, run_id=run_id, progress=lambda done: progress("issue", done, approved)
    )
    month = complete_documents(acting=acting, now=now, progress=progress)
    month.documents, month.returned = issued.documents, issued.returned
    return month


def complete_documents(*, acting: Acting, now: datetime, progress: Progress = _silent) -> IssuedMonth:
    """Makes the PDFs of issued documents that have none yet, and queues what nobody has decided to send or not."""
    missing = count_unrendered(seller_id=acting.seller_id, format_name=PDF)
    rendered = render_documents(acting=acting, now=now, progress=lambda done: progress("render", done, missing))
    queued = queue_dispatches(acting=acting, now=now)
    return IssuedMonth(rendered=rendered.documents, queued=queued, problems=rendered.problems)
