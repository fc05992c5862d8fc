"""Making the drafts of a run: in chunks of customers, each chunk one transaction, repeatable at any point."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from queue import SimpleQueue

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.charges.commands import claim_open_charges, collect_charges
from rebill.charges.queries import open_charges_of
from rebill.kit.bulk import Numbers, chunks, learn_sizes
from rebill.kit.errors import Invalid
from rebill.kit.events import record_event
from rebill.kit.parallel import THREADS, do_each, piece_size
from rebill.parties.models import Seller
from rebill.parties.queries import customer_of, seller_of
from rebill.rules.review import WarningCode
from rebill.runs.commands.drafting import DraftDesk
from rebill.runs.commands.judging import judge_drafts
from rebill.runs.models import Draft, DraftState, Run, RunKind
from rebill.runs.queries.customers import customers_to_bill
from rebill.runs.queries.due import customers_due
from rebill.sources.contract import Source
from rebill.sources.registry import sources as all_sources
from rebill.sources.tabs.queries.due import customers_of_tabs
from rebill.sources.tabs.source import TabSource

CHUNK = 1000

Progress = Callable[[int, int], None]


class NothingToPrepare(Invalid):
    """A manual invoice was asked for a customer who owes nothing."""


@dataclass(slots=True)
class Prepared:
    """What a preparation came to. `problems` are what could not be billed, by customer."""

    run_id: int
    customers: int = 0
    charges: int = 0
    drafts: int = 0


def prepare_run(
    *,
    acting: Acting,
    billed_on: date,
    now: datetime,
    progress: Progress | None = None,
) -> Prepared:
    """Makes the drafts of the seller's run on `billed_on`, for every customer whose turn it is.

    Answers only what is unanswered: repeated, it adds what has come since to the drafts that are still open, and makes
    nothing twice. May be stopped anywhere; what was finished stands, the next call does the rest.
    """
    require(acting, Permission.PREPARE)
    seller = seller_of(acting)
    run = _periodic_run(acting, billed_on, now)
    return _prepare(acting, seller, run, customers_due(seller=seller, billed_on=billed_on), now, progress)


def prepare_manual_run(*, acting: Acting, customer_id: int, billed_on: date, now: datetime) -> Prepared:
    """Makes a draft for one customer now, whatever its interval: of everything it owes up to `billed_on`."""
    require(acting, Permission.PREPARE)
    seller = seller_of(acting)
    customer = customer_of(acting, customer_id)
    with transaction.atomic():
        run = Run.objects.create(
            seller=seller, kind=RunKind.MANUAL, billed_on=billed_on, customer=customer, started_at=now
        )
        prepared = _prepare(acting, seller, run, [customer.id], now, None)
        if not prepared.drafts:
            raise NothingToPrepare(
                _("%(name)s owes nothing up to %(day)s; add a line first.")
                % {"name": customer.name, "day": f"{billed_on:%d-%m-%Y}"}
            )
    return prepared


def prepare_tabs(
    *, acting: Acting, tab_ids: Collection[int], billed_on: date, now: datetime, layout: str = ""
) -> Prepared:
    """Makes drafts now of what was bought on these tabs up to `billed_on`, one for each customer, and of nothing else.

    `layout` says how the orders stand on them; empty: as each tab says.
    """
    require(acting, Permission.PREPARE)
    seller = seller_of(acting)
    with transaction.atomic():
        customer_ids = customers_of_tabs(seller_id=seller.id, tab_ids=tab_ids)
        run = Run.objects.create(
            seller=seller,
            kind=RunKind.MANUAL,
            billed_on=billed_on,
            customer_id=customer_ids[0] if len(customer_ids) == 1 else None,
            started_at=now,
        )
        prepared = _prepare(
            acting, seller, run, customer_ids, now, None, only=lambda: (TabSource(tab_ids=tab_ids, layout=layout),)
        )
        if not prepared.drafts:
            raise NothingToPrepare(
                _("Nothing was booked on these tabs up to %(day)s that is not billed.")
                % {"day": f"{billed_on:%d-%m-%Y}"}
            )
    return prepared


def _periodic_run(acting: Acting, billed_on: date, now: datetime) -> Run:
    run, created = Run.objects.get_or_create(
        seller_id=acting.seller_id, kind=RunKind.PERIODIC, billed_on=billed_on, defaults={"started_at": now}
    )
    if created:
        record_event(seller_id=acting.seller_id, subject=run, verb="started", actor_id=acting.user_id, now=now)
    return run


def _prepare(
    acting: Acting,
    seller: Seller,
    run: Run,
    customer_ids: Sequence[int],
    now: datetime,
    progress: Progress | None,
    only: Callable[[], tuple[Source, ...]] | None = None,
) -> Prepared:
    """Bills these customers; with `only`, nothing but what these sources are owed."""
    prepared = Prepared(run_id=run.id)
    total = len(customer_ids)
    Run.objects.filter(id=run.id).update(customers_total=total, customers_done=0)
    # Sources remember what they read, one set for each piece of work under way.
    shelf: SimpleQueue[tuple[Source, ...]] = SimpleQueue()
    for _thread in range(THREADS):
        shelf.put((only or all_sources)())

    def prepare_chunk(chunk: Sequence[int]) -> tuple[int, int, int]:
        sources = shelf.get()
        try:
            return len(chunk), *_prepare_chunk(acting, seller, run, chunk, sources, now, with_open=only is None)
        finally:
            shelf.put(sources)

    for customers, charges, drafts in do_each(prepare_chunk, chunks(customer_ids, piece_size(total, at_most=CHUNK))):
        prepared.customers += customers
        prepared.charges += charges
        prepared.drafts += drafts
        if progress is not None:
            progress(prepared.customers, total)
    Run.objects.filter(id=run.id).update(prepared_at=now)
    if prepared.charges:
        details = {"customers": prepared.customers, "charges": prepared.charges, "drafts": prepared.drafts}
        record_event(
            seller_id=seller.id, subject=run, verb="prepared", actor_id=acting.user_id, now=now, details=details
        )
    learn_sizes(prepared.charges)
    return prepared


def _prepare_chunk(
    acting: Acting,
    seller: Seller,
    run: Run,
    customer_ids: Collection[int],
    sources: Sequence[Source],
    now: datetime,
    *,
    with_open: bool,
) -> tuple[int, int]:
    """Collects and drafts for one chunk of customers, in one transaction; returns the charges told, the drafts made.

    `with_open`: what was told before and nobody bills is drafted too.
    """
    with transaction.atomic():
        customers, billed = customers_to_bill(
            seller=seller, billed_on=run.billed_on, customer_ids=customer_ids, hold=True
        )
        desk = DraftDesk(acting, run, customers)
        collected = collect_charges(acting=acting, customers=billed, sources=sources, now=now, claim_number=desk.lay)
        found_open = (
            open_charges_of(seller_id=seller.id, billed_on=run.billed_on, customer_ids=customer_ids)
            if with_open
            else []
        )
        claim_open_charges(acting=acting, claims=[(charge.id, desk.lay(charge)) for charge in found_open])
        problems = desk.by_draft(collected.problems)
        desk.write_new_drafts(seller, problems)
        added_to = (desk.touched - desk.new.keys()) | _unpriced_before(run, customer_ids)
        # Whoever approved them first has not seen what is on them now.
        Draft.objects.filter(id__among=added_to, first_approved_by__isnull=False).update(first_approved_by=None)
        judge_drafts(
            acting=acting,
            seller=seller,
            run=run,
            draft_ids=added_to,
            customers=customers,
            problems=problems,
        )
        Run.objects.filter(id=run.id).update(customers_done=F("customers_done") + len(customer_ids))
    return collected.charges + len(found_open), len(desk.new)


def _unpriced_before(run: Run, customer_ids: Collection[int]) -> set[int]:
    """The run's drafts that wait for a price: what lacked one may have been cancelled since, and is not told again."""
    waiting = Draft.objects.filter(
        run_id=run.id,
        customer_id__among=Numbers(customer_ids),
        state__in=(DraftState.OPEN, DraftState.HELD),
        warnings__code=WarningCode.PRICE_MISSING,
    )
    return set(waiting.order_by("id").values_list("id", flat=True))
