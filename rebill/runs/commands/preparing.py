"""Making the drafts of a run: in chunks of customers, each chunk one transaction, repeatable at any point."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from queue import SimpleQueue

from django.db import transaction
from django.db.models import F

from rebill.access.acting import Acting, Permission, require
from rebill.charges.commands import claim_open_charges, collect_charges, lock_customers
from rebill.charges.queries import billed_customers, open_charge_groups
from rebill.kit.bulk import chunks, insert_rows, reserve_ids
from rebill.kit.errors import Invalid, Problem
from rebill.kit.events import record_event
from rebill.kit.parallel import THREADS, do_each
from rebill.parties.models import Seller
from rebill.parties.queries import customer_of, seller_of
from rebill.rules.review import WarningCode
from rebill.runs.commands.judging import (
    WARNING_COLUMNS,
    DraftToJudge,
    judge,
    judge_drafts,
    unpriced_by,
)
from rebill.runs.commands.moving import lock_drafts
from rebill.runs.models import Draft, DraftState, DraftWarning, Run, RunKind
from rebill.runs.queries.customers import DraftCustomer, draft_customers
from rebill.runs.queries.due import customers_due
from rebill.sources.contract import Source
from rebill.sources.registry import sources as all_sources

CHUNK = 1000

Progress = Callable[[int, int], None]
DraftKey = tuple[int, str, str]

DRAFT_COLUMNS = (
    "id", "seller_id", "run_id", "customer_id", "currency", "cost_centre", "number_in_run", "state", "billed_on",
    "net_amount", "gross_amount", "line_count", "intro", "closing", "hold_reason", "accepted",
)  # fmt: skip


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
            raise NothingToPrepare(f"{customer.name} owes nothing up to {billed_on:%d-%m-%Y}; add a line first.")
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
) -> Prepared:
    prepared = Prepared(run_id=run.id)
    total = len(customer_ids)
    Run.objects.filter(id=run.id).update(customers_total=total, customers_done=0)
    # Sources remember what they read, one set for each piece of work under way.
    shelf: SimpleQueue[tuple[Source, ...]] = SimpleQueue()
    for _ in range(THREADS):
        shelf.put(all_sources())

    def prepare_chunk(chunk: Sequence[int]) -> tuple[int, int, int]:
        sources = shelf.get()
        try:
            return len(chunk), *_prepare_chunk(acting, seller, run, chunk, sources, now)
        finally:
            shelf.put(sources)

    for customers, charges, drafts in do_each(prepare_chunk, chunks(customer_ids, CHUNK)):
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
    return prepared


def _prepare_chunk(
    acting: Acting, seller: Seller, run: Run, customer_ids: Collection[int], sources: Sequence[Source], now: datetime
) -> tuple[int, int]:
    """Collects and drafts for one chunk of customers, in one transaction; returns the charges told, the drafts made."""
    with transaction.atomic():
        lock_customers(customer_ids=customer_ids)
        customers = draft_customers(seller=seller, customer_ids=customer_ids)
        desk = _Desk(acting, run, customers)
        collected = collect_charges(
            acting=acting,
            customers=billed_customers(seller=seller, billed_on=run.billed_on, customer_ids=customer_ids),
            sources=sources,
            now=now,
            claim_number=desk.number,
        )
        found_open = open_charge_groups(seller_id=seller.id, billed_on=run.billed_on, customer_ids=customer_ids)
        claim_open_charges(
            acting=acting,
            claims=[
                (charge_id, desk.number(buyer, currency, centre)) for charge_id, buyer, currency, centre in found_open
            ],
        )
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
        customer_id__among=customer_ids,
        state__in=(DraftState.OPEN, DraftState.HELD),
        warnings__code=WarningCode.PRICE_MISSING,
    )
    return set(waiting.order_by("id").values_list("id", flat=True))


class _Desk:
    """Gives every charge of a chunk the number of the draft it belongs on, and remembers which drafts were touched."""

    def __init__(self, acting: Acting, run: Run, customers: Mapping[int, DraftCustomer]) -> None:
        self.acting = acting
        self.run = run
        self.customers = customers
        self.new: dict[int, tuple[DraftKey, int]] = {}
        self.touched: set[int] = set()
        self._open: dict[DraftKey, int] = {}
        self._numbers: dict[DraftKey, int] = {}
        self._free: list[int] = []
        self._read = False

    def number(self, buyer_id: int, currency: str, cost_centre: str) -> int:
        """The draft for this buyer and currency (and cost centre, where the customer asked for it)."""
        key = (buyer_id, currency, cost_centre if self.customers[buyer_id].per_cost_centre else "")
        if not self._read:
            self._read_existing()
        draft_id = self._open.get(key)
        if draft_id is None:
            if not self._free:
                self._free = list(reversed(reserve_ids(Draft, CHUNK)))
            draft_id = self._open[key] = self._free.pop()
            number = self._numbers.get(key, -1) + 1
            self._numbers[key] = number
            self.new[draft_id] = (key, number)
        self.touched.add(draft_id)
        return draft_id

    def by_draft(self, problems: Sequence[tuple[int, Problem]]) -> dict[int, list[Problem]]:
        """The problems by draft; a customer whose every charge is a problem gets a draft too, so that it is seen."""
        found: dict[int, list[Problem]] = defaultdict(list)
        for customer_id, problem in problems:
            found[self.number(customer_id, self.customers[customer_id].currency, "")].append(problem)
        return found

    def write_new_drafts(self, seller: Seller, problems: Mapping[int, Sequence[Problem]]) -> None:
        """Inserts the drafts that are new, with what their charges come to and what must be looked at."""
        if not self.new:
            return
        judgement = judge(
            acting=self.acting,
            seller=seller,
            run=self.run,
            drafts=[
                DraftToJudge(draft_id, buyer_id, currency, [])
                for draft_id, ((buyer_id, currency, _), _) in self.new.items()
            ],
            customers=self.customers,
            unpriced=unpriced_by(problems),
        )
        insert_rows(
            Draft,
            DRAFT_COLUMNS,
            (
                (draft_id, self.acting.seller_id, self.run.id, *key, number, DraftState.OPEN.value, self.run.billed_on,
                 *judgement.totals[draft_id], "", "", "", [])
                for draft_id, (key, number) in self.new.items()
            ),
        )  # fmt: skip
        insert_rows(DraftWarning, WARNING_COLUMNS, judgement.warnings)

    def _read_existing(self) -> None:
        self._read = True
        mine = Draft.objects.filter(run_id=self.run.id, customer_id__among=self.customers.keys())
        # Held, so that nobody approves, issues or throws away what lines are added to.
        adding_to = set(lock_drafts(mine.filter(state__in=(DraftState.OPEN, DraftState.HELD))))
        rows = mine.values_list("id", "customer_id", "currency", "cost_centre", "number_in_run")
        for draft_id, customer_id, currency, cost_centre, number in rows:
            key = (customer_id, currency, cost_centre)
            self._numbers[key] = max(number, self._numbers.get(key, -1))
            if draft_id in adding_to:
                self._open[key] = draft_id
