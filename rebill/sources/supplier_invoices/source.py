"""The source of re-billed rows: each is one claim, told once; those on drafts of their own only by their own run."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from rebill.catalogue.queries.price_book import ProductFacts, product_facts
from rebill.kit.bulk import Numbers, read_all, read_rows
from rebill.rules.rebilling import charge_key
from rebill.rules.reconcile import ChargeKind
from rebill.sources.contract import Asked, Batch, BilledCustomer, Claim, Outlook, ToldReader
from rebill.sources.supplier_invoices.commands.rebilling import (
    forget_rebilled,
    remember_rebilled,
    take_back_rebilled,
)
from rebill.sources.supplier_invoices.models import RebilledRow, Target

SUMMARY_GROUP_RECURRING = 2
_COLUMNS = (
    "id", "row_id", "customer_id", "product_id", "quantity", "unit_price", "currency", "amount", "origin",
    "cost_centre", "dimensions", "row__position", "row__name", "row__starts_on", "row__ends_before",
    "rebilling__invoice_on", "row__invoice__number", "row__withdrawals",
)  # fmt: skip


class SupplierInvoicesSource:
    """What waits for the next run; with `rebilling_id` only what that going put on drafts of its own."""

    name = "supplier_invoices"

    def __init__(self, rebilling_id: int | None = None) -> None:
        self._rebilling_id = rebilling_id
        self._products: dict[int, ProductFacts] | None = None

    def outlooks(self, *, seller_id: int, customer_ids: Collection[int] | None) -> Iterable[Outlook]:
        """See `sources.contract.Source`."""
        return _outlooks(seller_id, customer_ids)

    def due(self, *, asked: Asked, told: ToldReader) -> Batch:
        """See `sources.contract.Source`."""
        batch = Batch()
        rows = RebilledRow.objects.filter(
            seller_id=asked.seller_id, customer_id__among=Numbers(asked.customers.keys()), told_at__isnull=True
        )
        if self._rebilling_id is None:
            rows = rows.filter(waits_as=Target.NEXT_RUN)
        else:
            rows = rows.filter(waits_as=Target.INVOICES, rebilling_id=self._rebilling_id)
        found = read_all(rows.order_by("customer_id", "id"), *_COLUMNS)
        if found and self._products is None:
            self._products = product_facts(asked.seller_id)
        for row in found:
            batch.claims.append(self._claim(row, asked.customers[row[2]]))
            batch.memory.append((row[0],))
        return batch

    def remember(self, *, batch: Batch, now: datetime) -> None:
        """See `sources.contract.Source`."""
        remember_rebilled(rows=batch.memory, now=now)

    def forget(
        self,
        *,
        seller_id: int,
        keys: Collection[str],
        subscriptions: Collection[int],
        told: Mapping[int, date | None],
    ) -> None:
        """See `sources.contract.Source`."""
        forget_rebilled(seller_id=seller_id, keys=keys)

    def take_back(self, *, seller_id: int, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`."""
        take_back_rebilled(seller_id=seller_id, keys=keys)
        return keys

    def whole(self, *, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`."""
        return keys

    def _claim(self, row: tuple[Any, ...], customer: BilledCustomer) -> Claim:
        """The claim of a row: the product as the catalogue names it, for the supplier's days."""
        (_id, row_id, customer_id, product_id, quantity, price, currency, amount, origin, centre, dimensions, position,
         name, starts_on, ends_before, invoice_on, number, withdrawals) = row  # fmt: skip
        assert self._products is not None
        product = self._products[product_id]
        has_days = starts_on is not None and ends_before is not None
        return Claim(
            key=charge_key(row_id, withdrawals),
            customer_id=customer_id,
            kind=ChargeKind.REBILLED,
            product_id=product_id,
            description=product.name(customer.language) or name,
            starts_on=starts_on if has_days else invoice_on,
            ends_before=ends_before if has_days else invoice_on,
            whole_starts_on=None,
            whole_ends_before=None,
            part=0,
            quantity_e8=quantity,
            prorated_e8=quantity,
            price_e6=price,
            currency=currency,
            amount_minor=amount,
            rate_class=product.rate_class,
            supply=product.supply,
            ledger_account=product.ledger_account,
            summary_group=product.summary_group,
            cost_centre=centre,
            subscription_id=None,
            sequence=0,
            reference="",
            corrects_id=None,
            dimensions=dimensions,
            origin=f"purchase invoice {number} row {position} {origin}".strip()[:120],
        )


def _outlooks(seller_id: int, customer_ids: Collection[int] | None) -> Iterator[Outlook]:
    """Whoever has rows that wait for the next run owes them in any case."""
    rows = RebilledRow.objects.filter(seller_id=seller_id, told_at__isnull=True, waits_as=Target.NEXT_RUN)
    if customer_ids is not None:
        rows = rows.filter(customer_id__among=Numbers(customer_ids))
    waiting = rows.order_by("customer_id").values("customer_id").distinct()
    for (customer_id,) in read_rows(waiting, "customer_id"):
        yield Outlook(customer_id=customer_id, changed=True)
