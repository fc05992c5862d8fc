"""The source of calls: what rated calls of a month come to, and later what has changed of it, told once.

The first telling of an account is its whole sum; each later one is the difference between what is owed now and what
was told, and names the first as what it corrects: late calls, a rating anew, an endpoint that was entered late.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.catalogue.queries.price_book import ProductFacts, product_facts
from rebill.kit.errors import Problem
from rebill.rules.money import Money, digits_of
from rebill.rules.periods import add_months
from rebill.rules.reconcile import ChargeKind
from rebill.rules.tax import RateClass, Supply
from rebill.sources.contract import Asked, Batch, BilledCustomer, Claim, Outlook, ToldReader
from rebill.sources.usage.commands import forget_tellings, remember_tellings
from rebill.sources.usage.commands.accounts import ONE_E8, wanted_minor
from rebill.sources.usage.models import UnusualDay
from rebill.sources.usage.queries.accounts import OpenAccount, open_accounts, outlooks
from rebill.sources.usage.queries.ratings import Unpriced, has_rated_calls, unpriced_calls, unusual_days

E6 = 10**6
SHOWN_HEADS = 5


class UsageSource:
    """Calls, in arrears: a month is owed when it has ended."""

    name = "usage"

    def __init__(self) -> None:
        self._products: dict[int, ProductFacts] | None = None
        self._rated: dict[int, bool] = {}

    def outlooks(self, *, seller_id: int, customer_ids: Collection[int] | None) -> Iterable[Outlook]:
        """See `sources.contract.Source`."""
        return outlooks(seller_id=seller_id, customer_ids=customer_ids)

    def due(self, *, asked: Asked, told: ToldReader) -> Batch:
        """See `sources.contract.Source`."""
        batch = Batch()
        if not self._has_calls(asked.seller_id):
            return batch
        found = [
            account
            for account in open_accounts(seller_id=asked.seller_id, buyer_ids=asked.customers.keys())
            if _is_over(account.month, asked.customers[account.buyer_id])
        ]
        if found and self._products is None:
            self._products = product_facts(asked.seller_id)
        corrected = asked.charges([_key(account, 1) for account in found if account.tellings_made])
        for account in found:
            claim = self._claim(account, asked.customers[account.buyer_id], corrected)
            batch.claims.append(claim)
            calls, amount_e6 = account.calls - account.told_calls, account.amount_e6 - account.told_e6
            batch.memory.append(
                (
                    account.id,
                    account.tellings_made + 1,
                    claim.key,
                    calls,
                    amount_e6,
                    claim.amount_minor,
                    account.currency,
                )
            )
        for unpriced in unpriced_calls(seller_id=asked.seller_id, buyer_ids=list(asked.customers)):
            if _is_over(unpriced.month, asked.customers[unpriced.buyer_id]):
                batch.problems.append((unpriced.buyer_id, _problem(unpriced)))
        for day in unusual_days(seller_id=asked.seller_id, buyer_ids=list(asked.customers)):
            if _is_over(day.day.replace(day=1), asked.customers[day.buyer_id]):
                batch.problems.append((day.buyer_id, _look(day, asked.customers[day.buyer_id])))
        return batch

    def remember(self, *, batch: Batch, now: datetime) -> None:
        """See `sources.contract.Source`."""
        remember_tellings(rows=batch.memory, now=now)

    def forget(
        self,
        *,
        seller_id: int,
        keys: Collection[str],
        subscriptions: Collection[int],
        told: Mapping[int, date | None],
    ) -> None:
        """See `sources.contract.Source`."""
        forget_tellings(keys=keys)

    def take_back(self, *, seller_id: int, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`."""
        return ()

    def whole(self, *, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`."""
        return keys

    def _has_calls(self, seller_id: int) -> bool:
        """Whether the seller has any rated calls: asked once a run, for most sellers have none."""
        if seller_id not in self._rated:
            self._rated[seller_id] = has_rated_calls(seller_id)
        return self._rated[seller_id]

    def _claim(self, account: OpenAccount, customer: BilledCustomer, corrected: Mapping[str, int]) -> Claim:
        """The claim of what an account owes. A correction is of whole cents, so that price and amount agree."""
        is_first = account.tellings_made == 0
        amount = wanted_minor(account.amount_e6, account.currency) - account.told_minor
        price_e6 = account.amount_e6 if is_first else amount * 10 ** (6 - digits_of(account.currency))
        product = self._products[account.product_id] if self._products and account.product_id is not None else None
        after = add_months(account.month, 1)
        return Claim(
            key=_key(account, account.tellings_made + 1),
            customer_id=account.buyer_id,
            kind=ChargeKind.USAGE,
            product_id=account.product_id,
            description=_words(account, product, customer.language),
            starts_on=account.month,
            ends_before=after,
            whole_starts_on=account.month,
            whole_ends_before=after,
            part=0,
            quantity_e8=ONE_E8,
            prorated_e8=ONE_E8,
            price_e6=price_e6,
            currency=account.currency,
            amount_minor=amount,
            rate_class=product.rate_class if product else RateClass.STANDARD,
            supply=product.supply if product else Supply.SERVICES,
            ledger_account=product.ledger_account if product else "",
            summary_group=account.summary_group,
            cost_centre=customer.cost_centre,
            subscription_id=None,
            sequence=0,
            reference=account.owner_name if account.owner_id != account.buyer_id else "",
            corrects_id=None if is_first else corrected.get(_key(account, 1)),
            origin="rated calls",
            end_customer_id=account.owner_id,
        )


def _key(account: OpenAccount, number: int) -> str:
    return f"{account.key}:{number}"


def _is_over(month: date, customer: BilledCustomer) -> bool:
    return add_months(month, 1) <= customer.horizon.arrears_until


def _words(account: OpenAccount, product: ProductFacts | None, language: str) -> str:
    """What the line says: the product, and how many calls and minutes; of a difference only what changed in number."""
    with translation.override(language):
        calls = account.calls - account.told_calls
        name = product.name(language) if product else _("Calls")
        if account.tellings_made and not calls:
            return _("%(name)s, rated anew") % {"name": name}
        if account.tellings_made and calls < 0:
            words = ngettext(
                "%(name)s, %(calls)s call taken off again", "%(name)s, %(calls)s calls taken off again", -calls
            )
            return words % {"name": name, "calls": -calls}
        if account.tellings_made:
            words = ngettext("%(name)s, %(calls)s call added later", "%(name)s, %(calls)s calls added later", calls)
            return words % {"name": name, "calls": calls}
        minutes = -(-account.billed_s // 60)
        words = ngettext(
            "%(name)s: %(calls)s call, %(minutes)s min", "%(name)s: %(calls)s calls, %(minutes)s min", calls
        )
        return words % {"name": name, "calls": calls, "minutes": minutes}


def _look(day: UnusualDay, customer: BilledCustomer) -> Problem:
    """What is said of a day that stands out; it keeps nothing back."""
    return Problem(
        what="calls.unusual",
        where=day.day.isoformat(),
        why=_("Calls of %(day)s cost far more than on the customer's days before.") % {"day": f"{day.day:%d-%m-%Y}"},
        remedy=_("Ask the customer whether it made these calls, and stop the endpoint if it did not."),
        value=str(Money(wanted_minor(day.amount_e6, customer.currency), customer.currency).decimal),
        blocking=False,
    )


def _problem(unpriced: Unpriced) -> Problem:
    heads = ", ".join(head for head, _calls in unpriced.heads[:SHOWN_HEADS])
    more = ", …" if len(unpriced.heads) > SHOWN_HEADS else ""
    words = ngettext(
        "%(calls)s call of %(month)s has no price: it begins with %(heads)s.",
        "%(calls)s calls of %(month)s have no price: they begin with %(heads)s.",
        unpriced.calls,
    )
    said = {"calls": unpriced.calls, "month": f"{unpriced.month:%m-%Y}", "heads": heads + more}
    return Problem(
        what="calls.unpriced",
        where=_("calls of %(month)s") % {"month": f"{unpriced.month:%m-%Y}"},
        why=words % said,
        remedy=_("Add the rate to the customer's deck and rate the month again."),
        value=_("calls to %(heads)s") % {"heads": heads + more},
    )
