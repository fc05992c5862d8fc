"""What a change or a new subscription would do to the next invoice, before anybody saves it.

The recurring source is asked twice, as a run asks it: about the subscription as it is, and as it would be. What differs
is the effect. Nothing is written.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.charges.queries import billed_customers, told_rows, waived_with
from rebill.kit.errors import Problem
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import seller_of
from rebill.rules.money import digits_of
from rebill.rules.periods import Period, next_invoice_on
from rebill.rules.proration import ProrationBase
from rebill.rules.reconcile import Told
from rebill.sources.contract import Asked, BilledCustomer, Claim
from rebill.sources.recurring.queries import Recurring, one_subscription
from rebill.sources.recurring.source import RecurringSource
from rebill.sources.recurring.supposing import as_started, with_step
from rebill.subscriptions.commands.starting import StartTerms, check_terms, require_own
from rebill.subscriptions.commands.wishes import Wish, check_day, check_wish, step_of
from rebill.subscriptions.models import Subscription


@dataclass(frozen=True, slots=True)
class PeriodEffect:
    """One billing period: what was billed of it or is due now, and what would be; `whole` is None for a set-up fee.

    Amounts in the minor unit of `currency`, without VAT.
    """

    whole: Period | None
    currency: str
    before_minor: int
    after_minor: int

    @property
    def difference_minor(self) -> int:
        """What the customer would pay more, below zero less."""
        return self.after_minor - self.before_minor


@dataclass(frozen=True, slots=True)
class Effect:
    """What would be different up to the run on `billed_on`: the periods, and the lines that run would bill of it.

    `problems` say what would have no price and so would not be billed.
    """

    billed_on: date
    periods: tuple[PeriodEffect, ...]
    lines: tuple[Claim, ...]
    problems: tuple[Problem, ...]

    @property
    def differences(self) -> tuple[tuple[str, int], ...]:
        """The sum of the differences, by currency."""
        sums: dict[str, int] = defaultdict(int)
        for each in self.periods:
            sums[each.currency] += each.difference_minor
        return tuple(sorted(sums.items()))


@dataclass(slots=True)
class _Due:
    """What the source says is owed of one state of things."""

    claims: list[Claim] = field(default_factory=list)
    told: dict[int, list[Told]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def effect_of_change(
    *, acting: Acting, subscription: Subscription, wish: Wish, today: date, billed_on: date | None = None
) -> Effect:
    """What entering the wish would do, up to the run that bills its day; on or after `today`, unless another is named.

    Refuses what entering it would refuse.
    """
    require(acting, Permission.READ)
    check_wish(acting, wish)
    check_day(subscription, wish)
    seller = seller_of(acting)
    if billed_on is None:
        billed_on = run_that_bills(subscription.customer, wish.effective_on, today)
    found = one_subscription(seller_id=seller.pk, subscription_id=subscription.pk)
    supposed = [with_step(each, step_of(wish, each.sequence + 1)) for each in found]
    return compare_effect(seller, subscription.customer, found, supposed, billed_on)


def effect_of_start(
    *, acting: Acting, customer: Customer, starts: Sequence[tuple[Product, StartTerms]], today: date
) -> Effect:
    """What the next run on or after `today` would bill of these new subscriptions; refuses what starting would."""
    require(acting, Permission.READ)
    for product, terms in starts:
        require_own(acting, product)
        check_terms(terms)
    supposed = [
        as_started(position, customer=customer, product=product, terms=terms)
        for position, (product, terms) in enumerate(starts, 1)
    ]
    first_on = min((each.history.billed_from for each in supposed), default=today)
    return compare_effect(seller_of(acting), customer, [], supposed, run_that_bills(customer, first_on, today))


def due_lines(*, acting: Acting, subscription: Subscription, billed_on: date) -> tuple[Claim, ...]:
    """The lines that a run on this day would bill of the subscription."""
    require(acting, Permission.READ)
    seller = seller_of(acting)
    found = one_subscription(seller_id=seller.pk, subscription_id=subscription.pk)
    return tuple(_due(seller, subscription.customer, found, billed_on).claims)


def next_run_on(customer: Customer, today: date) -> date:
    """The first of the months in which the customer is invoiced that is today or later."""
    months = frozenset(customer.invoice_months) or None
    return next_invoice_on(today - timedelta(days=1), customer.invoice_interval_months, months)


def run_that_bills(customer: Customer, day: date, today: date) -> date:
    """The next run, or for a day after it the one after that day, when in arrears as in advance it is billed."""
    return max(next_run_on(customer, today), next_run_on(customer, day) if day > today else today)


def compare_effect(
    seller: Seller, customer: Customer, found: Sequence[Recurring], supposed: Sequence[Recurring], billed_on: date
) -> Effect:
    """What the seller would bill the customer otherwise, up to that run, if what was `found` were as `supposed`.

    For what stands in `runs/queries` and has scoped them to the acting seller.
    """
    before = _due(seller, customer, found, billed_on)
    after = _due(seller, customer, supposed, billed_on)
    # What was billed is only read from the first day on that the change may alter.
    told = {(row.whole, row.currency): 0 for rows in after.told.values() for row in rows}
    for rows in after.told.values():
        for row in rows:
            told[row.whole, row.currency] += row.amount_minor
    sums_before, sums_after = _sums(before.claims), _sums(after.claims)
    keys = [key for key in sums_before.keys() | sums_after.keys() if sums_before.get(key, 0) != sums_after.get(key, 0)]
    keys.sort(key=lambda key: (key[0] is not None, key))
    periods = tuple(
        PeriodEffect(
            whole=whole,
            currency=currency,
            before_minor=_told(told, whole, currency) + sums_before.get((whole, currency), 0),
            after_minor=_told(told, whole, currency) + sums_after.get((whole, currency), 0),
        )
        for whole, currency in keys
    )
    return Effect(billed_on, periods, tuple(after.claims), tuple(after.problems))


def _told(told: Mapping[tuple[Period, str], int], whole: Period | None, currency: str) -> int:
    return 0 if whole is None else told.get((whole, currency), 0)


def _due(seller: Seller, customer: Customer, found: Sequence[Recurring], billed_on: date) -> _Due:
    due = _Due()
    asked = Asked(
        seller_id=seller.pk,
        base=ProrationBase(seller.proration_base),
        customers=_billed(seller, customer, billed_on),
    )
    source = RecurringSource()
    batch = source.due_if(found, asked=asked, told=_keeping(due, seller.pk, source.name))
    waived = waived_with(batch.claims)
    due.claims = [claim for claim in batch.claims if claim.key not in waived]
    due.problems = [problem for _, problem in batch.problems]
    return due


def _billed(seller: Seller, customer: Customer, billed_on: date) -> Mapping[int, BilledCustomer]:
    """The customer as the seller bills it; one that is still another seller's, as it would be once it had come over."""
    if customer.seller_id == seller.pk:
        return billed_customers(seller=seller, billed_on=billed_on, customer_ids=[customer.pk])
    there = billed_customers(seller=customer.seller, billed_on=billed_on, customer_ids=[customer.pk])
    currency, language = customer.currency or seller.currency, customer.language or seller.language
    return {
        customer_id: each._replace(currency=currency, digits=digits_of(currency), language=language)
        for customer_id, each in there.items()
    }


def _keeping(due: _Due, seller_id: int, source: str) -> Callable[[Mapping[int, date]], Mapping[int, Sequence[Told]]]:
    def read(since: Mapping[int, date]) -> Mapping[int, Sequence[Told]]:
        due.told = told_rows(seller_id=seller_id, source=source, since=since)
        return due.told

    return read


def _sums(claims: Sequence[Claim]) -> dict[tuple[Period | None, str], int]:
    sums: dict[tuple[Period | None, str], int] = defaultdict(int)
    for claim in claims:
        whole = None
        if claim.whole_starts_on is not None and claim.whole_ends_before is not None:
            whole = Period(claim.whole_starts_on, claim.whole_ends_before)
        sums[whole, claim.currency] += claim.amount_minor
    return sums
