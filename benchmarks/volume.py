"""A big office to measure pages on: customers, subscriptions with changes, a run to review, lines that wait, a past."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F

from benchmarks.documents import DRAFT_COLUMNS, fill_documents
from benchmarks.filling import NOW, PRICES, START, fill, quantity_of
from rebill.access.acting import Acting
from rebill.charges.models import Charge
from rebill.kit.bulk import insert_rows, reserve_ids
from rebill.parties.models import Customer, CustomerStatus, DeliveryChannel
from rebill.rules.reconcile import ChargeKind
from rebill.rules.review import Verdict, WarningCode
from rebill.rules.timeline import ChangeKind
from rebill.runs.commands.tallying import renew_tally
from rebill.runs.models import Draft, DraftState, DraftWarning, Run
from rebill.sources.oneoff.models import InterimLine
from rebill.subscriptions.models import Change, Subscription

LINES_WAITING = 5_000
AT_ONCE = 10_000

_CHANGE_COLUMNS = (
    "seller_id", "subscription_id", "uuid", "sequence", "kind", "effective_on", "quantity", "reference", "entered_at",
)  # fmt: skip
_LINE_COLUMNS = (
    "seller_id", "customer_id", "uuid", "kind", "description", "supplied_on", "quantity", "unit_price", "currency",
    "rate_class", "supply", "ledger_account", "summary_group", "cost_centre", "reference", "added_at",
)  # fmt: skip
_CHARGE_COLUMNS = (
    "seller_id", "buyer_id", "end_customer_id", "source", "key", "kind", "product_id", "description", "starts_on",
    "ends_before", "whole_from", "whole_before", "part", "quantity", "prorated_quantity", "unit_price", "currency",
    "amount", "rate_class", "supply", "ledger_account", "summary_group", "cost_centre", "subscription_id", "sequence",
    "reference", "origin", "told_at", "claim", "waived_reason", "was_issued", "credited",
)  # fmt: skip
_WARNING_COLUMNS = ("draft_id", "code", "subject", "blocking", "details")


def fill_volume(*, customers: int, months: int) -> tuple[Acting, Run]:
    """Fills the migrated database of this process with a document for every customer in each of so many months; returns
    who acts, and the run with a draft for every customer."""
    acting = fill(customers)
    _vary_customers()
    _change_subscriptions(acting)
    fill_documents(acting, months, before=START)
    run = _review(acting)
    _add_lines(acting)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return acting, run


def _vary_customers() -> None:
    """One in twenty has ended, as many get letters, one in a hundred has no address for e-mail."""
    numbered = Customer.objects.annotate(twenty=F("id") % 20, hundred=F("id") % 100).order_by()
    numbered.filter(twenty=7).update(status=CustomerStatus.ENDED)
    numbered.filter(twenty=11).update(channel=DeliveryChannel.PRINT)
    numbered.filter(hundred=13).update(invoice_emails=[])


def _change_subscriptions(acting: Acting) -> None:
    """One in fifteen has another quantity, one in fifty was cancelled, one in a hundred rests."""
    kinds = {0: ChangeKind.QUANTITY, 1: ChangeKind.CANCEL, 2: ChangeKind.PAUSE}
    ids = Subscription.objects.order_by("id").values_list("id", flat=True)
    chosen = [
        (each, kinds[0 if each % 15 == 0 else 1 if each % 50 == 1 else 2])
        for each in ids
        if each % 15 == 0 or each % 50 == 1 or each % 100 == 2
    ]
    with transaction.atomic():
        insert_rows(
            Change,
            _CHANGE_COLUMNS,
            (
                (acting.seller_id, each, uuid4(), 1, kind.value, START + timedelta(days=each % 28),
                 7 * 10**8 if kind is ChangeKind.QUANTITY else None, "", NOW)
                for each, kind in chosen
            ),
        )  # fmt: skip
        Subscription.objects.filter(id__among=[each for each, _ in chosen]).update(sequence=1)


def _add_lines(acting: Acting) -> None:
    customers = Customer.objects.order_by("id").values_list("id", flat=True)[:LINES_WAITING]
    insert_rows(
        InterimLine,
        _LINE_COLUMNS,
        (
            (acting.seller_id, each, uuid4(), (ChargeKind.CREDIT if each % 9 == 0 else ChargeKind.PERPETUAL).value,
             f"Installation {each}", START, -(10**8) if each % 9 == 0 else 10**8, 25_000_000, "EUR", "standard",
             "services", "", 1, "", f"REF-{each}", NOW)
            for each in customers
        ),
    )  # fmt: skip


def _review(acting: Acting) -> Run:
    """The run of START with a draft for every customer, three lines on each; some changed much, some are blocked."""
    run = Run.objects.create(seller_id=acting.seller_id, billed_on=START, started_at=NOW, prepared_at=NOW)
    subscriptions: dict[int, list[tuple[int, int]]] = {}
    for customer_id, *named in Subscription.objects.order_by("id").values_list("customer_id", "id", "product_id"):
        subscriptions.setdefault(customer_id, []).append((named[0], named[1]))
    customers = list(subscriptions)
    for begins in range(0, len(customers), AT_ONCE):
        some = customers[begins : begins + AT_ONCE]
        with transaction.atomic():
            drafts = dict(zip(reserve_ids(Draft, len(some)), some, strict=True))
            insert_rows(Draft, DRAFT_COLUMNS, (_draft(run, *each) for each in drafts.items()))
            insert_rows(
                Charge,
                _CHARGE_COLUMNS,
                (
                    _charge(run, draft_id, customer_id, position, *subscription)
                    for draft_id, customer_id in drafts.items()
                    for position, subscription in enumerate(subscriptions[customer_id])
                ),
            )
            insert_rows(DraftWarning, _WARNING_COLUMNS, _warnings(drafts))
    renew_tally(acting=acting, run_id=run.pk)
    return run


def _verdict(draft_id: int) -> Verdict:
    if draft_id % 100 == 13:
        return Verdict.BLOCKED
    return Verdict.LOOK if draft_id % 33 == 5 else Verdict.READY


def _net(customer_id: int) -> int:
    """What the three subscriptions come to."""
    return sum(int(Decimal(price) * 100) for price in PRICES) * quantity_of(customer_id)


def _draft(run: Run, draft_id: int, customer_id: int) -> tuple[Any, ...]:
    verdict = _verdict(draft_id)
    net = _net(customer_id)
    state = DraftState.HELD if draft_id % 200 == 3 else DraftState.OPEN
    change = 340 if verdict is Verdict.LOOK else draft_id % 41 - 20
    return (
        draft_id, run.seller_id, run.pk, customer_id, "EUR", "", 0, state.value, run.billed_on, net,
        net + (net * 21 + 50) // 100, 3, verdict.value, change, draft_id % 50 == 0, draft_id % 100 == 1, "", "",
        "Asked to wait" if state is DraftState.HELD else "", [],
    )  # fmt: skip


def _charge(
    run: Run, draft_id: int, customer_id: int, position: int, subscription_id: int, product_id: int
) -> tuple[Any, ...]:
    quantity = quantity_of(customer_id)
    price = Decimal(PRICES[position])
    ends_before = date(2026, 8, 1)
    return (
        run.seller_id, customer_id, customer_id, "recurring", f"s{subscription_id}:{START}:{START}:1:0",
        ChargeKind.PERIODICFIRST.value, product_id, "", START, ends_before, START, ends_before, 0, quantity * 10**8,
        quantity * 10**8, int(price * 10**6), "EUR", int(price * 100) * quantity, "standard", "services", "", 2, "",
        subscription_id, 0, "", "plan:1", NOW, draft_id, "", False, 0,
    )  # fmt: skip


def _warnings(drafts: dict[int, int]) -> Iterator[tuple[Any, ...]]:
    for draft_id in drafts:
        verdict = _verdict(draft_id)
        if verdict is Verdict.BLOCKED:
            yield draft_id, WarningCode.NO_EMAIL.value, "", True, {}
        elif verdict is Verdict.LOOK:
            yield draft_id, WarningCode.BIG_CHANGE.value, "", False, {"percent": "340"}
