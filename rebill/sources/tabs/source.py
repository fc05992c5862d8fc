"""The source of tabs: booked orders become charges once, and go back exactly as they were when a document is undone.

What a till sold with VAT in its prices is billed without: the net of all lines of a customer at one rate is found
together and shared out over them, and each charge says what was asked for it, so that the invoice asks the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple, cast

from rebill.catalogue.models import SummaryGroup
from rebill.catalogue.queries.price_book import ProductFacts, product_facts
from rebill.kit.bulk import read_all
from rebill.rules.money import ONE_E8, amount_minor, digits_of
from rebill.rules.reconcile import ChargeKind
from rebill.rules.tabs import net_shares, price_of_share
from rebill.sources.contract import Asked, Batch, BilledCustomer, Claim, Outlook, ToldReader
from rebill.sources.tabs.commands.telling import ToldTab, forget_tab_tellings, remember_tab_tellings
from rebill.sources.tabs.models import TabLayout, TabTelling
from rebill.sources.tabs.queries.agreeing import rules_of
from rebill.sources.tabs.queries.due import DueLine, DueTab, has_tabs, lines_due, outlooks, tabs_due

ORIGIN = "tab"
_DAY = timedelta(days=1)


class _Row(NamedTuple):
    """What becomes one charge: one line of an order, or all lines of one product at one price."""

    tab_id: int
    first: DueLine
    since: date
    until: date
    quantity_e8: int
    amount: int


class TabSource:
    """Orders on tabs, from the day they were bought on. `tab_ids` and `layout` are said where some are billed now."""

    name = "tabs"

    def __init__(self, *, tab_ids: Collection[int] | None = None, layout: str = "") -> None:
        self._tab_ids = tab_ids
        self._layout = layout
        self._products: dict[int, ProductFacts] | None = None
        self._used: dict[int, bool] = {}
        self._layouts: dict[int, str] = {}

    def outlooks(self, *, seller_id: int, customer_ids: Collection[int] | None) -> Iterable[Outlook]:
        """See `sources.contract.Source`."""
        return outlooks(seller_id=seller_id, customer_ids=customer_ids, tab_ids=self._tab_ids)

    def due(self, *, asked: Asked, told: ToldReader) -> Batch:
        """See `sources.contract.Source`."""
        batch = Batch()
        if not self._has_tabs(asked.seller_id):
            return batch
        lines = [
            line
            for line in lines_due(seller_id=asked.seller_id, customer_ids=asked.customers.keys(), tab_ids=self._tab_ids)
            if line.ordered_on <= asked.customers[line.customer_id].horizon.arrears_until
        ]
        if not lines:
            return batch
        if self._products is None:
            self._products = product_facts(asked.seller_id)
        tabs = tabs_due({line.tab_id for line in lines})
        rows = self._rows(lines, tabs, asked.seller_id)
        for customer_id, of_customer in rows.items():
            self._claim(batch, asked.customers[customer_id], of_customer, tabs)
        _note(batch, lines, tabs)
        return batch

    def remember(self, *, batch: Batch, now: datetime) -> None:
        """See `sources.contract.Source`."""
        remember_tab_tellings(told=[cast(ToldTab, row) for row in batch.memory], now=now)

    def forget(
        self,
        *,
        seller_id: int,
        keys: Collection[str],
        subscriptions: Collection[int],
        told: Mapping[int, date | None],
    ) -> None:
        """See `sources.contract.Source`."""
        forget_tab_tellings(keys={telling_of(key) for key in keys})

    def take_back(self, *, seller_id: int, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`: exactly the orders that stood on the document are booked again."""
        whole = self.whole(keys=keys)
        forget_tab_tellings(keys={telling_of(key) for key in whole})
        return whole

    def whole(self, *, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`: the orders of a telling go back together, or not at all."""
        counted: dict[tuple[int, int], list[str]] = defaultdict(list)
        for key in keys:
            counted[telling_of(key)].append(key)
        tellings = TabTelling.objects.filter(tab_id__among=[tab_id for tab_id, _number in counted]).order_by("id")
        lines = {(row[0], row[1]): row[2] for row in read_all(tellings, "tab_id", "number", "lines")}
        return [key for telling, named in counted.items() if lines.get(telling) == len(named) for key in named]

    def _has_tabs(self, seller_id: int) -> bool:
        """Whether the seller has any tabs: asked once a run, for most sellers have none."""
        if seller_id not in self._used:
            self._used[seller_id] = has_tabs(seller_id)
        return self._used[seller_id]

    def _rows(self, lines: Sequence[DueLine], tabs: Mapping[int, DueTab], seller_id: int) -> dict[int, list[_Row]]:
        """What becomes a charge each, by customer."""
        if seller_id not in self._layouts:
            self._layouts[seller_id] = rules_of(seller_id).layout
        grouped: dict[tuple[object, ...], list[DueLine]] = defaultdict(list)
        for line in lines:
            layout = self._layout or tabs[line.tab_id].layout or self._layouts[seller_id]
            grouped[_group_of(line, layout)].append(line)
        found: dict[int, list[_Row]] = defaultdict(list)
        for together in grouped.values():
            row = _Row(
                tab_id=together[0].tab_id,
                first=together[0],
                since=min(line.ordered_on for line in together),
                until=max(line.ordered_on for line in together),
                quantity_e8=sum(line.quantity_e8 for line in together),
                amount=sum(line.amount for line in together),
            )
            # What was bought and given back in full comes to nothing and stands on no invoice.
            if row.quantity_e8 or row.amount:
                found[row.first.customer_id].append(row)
        return found

    def _claim(self, batch: Batch, customer: BilledCustomer, rows: Sequence[_Row], tabs: Mapping[int, DueTab]) -> None:
        """Adds the claims of one customer; the net of what had VAT in its price is shared out over all of it."""
        nets = _nets(rows)
        counts: dict[int, int] = defaultdict(int)
        for row, net in zip(rows, nets, strict=True):
            counts[row.tab_id] += 1
            tab = tabs[row.tab_id]
            key = f"t{tab.id}:{tab.tellings_made + 1}:{counts[row.tab_id]}"
            batch.claims.append(self._one(row, net, key, tab, customer))

    def _one(self, row: _Row, net: int, key: str, tab: DueTab, customer: BilledCustomer) -> Claim:
        line = row.first
        product = self._products.get(line.product_id) if self._products and line.product_id is not None else None
        quantity_e8, price_e6 = _priced(row.quantity_e8, line.price_e6, net, digits_of(line.currency))
        return Claim(
            key=key,
            customer_id=line.customer_id,
            kind=ChargeKind.TAB,
            product_id=line.product_id,
            description=line.description,
            starts_on=row.since,
            ends_before=row.since if row.since == row.until else row.until + _DAY,
            whole_starts_on=None,
            whole_ends_before=None,
            part=0,
            quantity_e8=quantity_e8,
            prorated_e8=quantity_e8,
            price_e6=price_e6,
            currency=line.currency,
            amount_minor=net,
            rate_class=line.rate_class,
            supply=line.supply,
            ledger_account=product.ledger_account if product else "",
            summary_group=product.summary_group if product else SummaryGroup.ONE_OFF.value,
            cost_centre=customer.cost_centre,
            subscription_id=None,
            sequence=0,
            reference=tab.number,
            corrects_id=None,
            origin=ORIGIN,
            gross_minor=row.amount if line.includes_vat else None,
            gross_rate_e6=line.rate_e6 if line.includes_vat else None,
        )


def telling_of(key: str) -> tuple[int, int]:
    """The tab and the number of the telling in the key of a charge."""
    tab, number, _line = key.removeprefix("t").split(":")
    return int(tab), int(number)


def _priced(quantity_e8: int, price_e6: int, net: int, digits: int) -> tuple[int, int]:
    """A quantity and a price that come to the net amount: as ordered where that does, else at the price that does."""
    if amount_minor(quantity_e8, price_e6, digits) == net:
        return quantity_e8, price_e6
    found = price_of_share(net, quantity_e8, digits)
    if found is not None:
        return quantity_e8, found
    # No price of six decimals comes to the amount of so many: the amount is the price of one.
    return (ONE_E8 if net >= 0 else -ONE_E8), abs(net) * 10 ** (6 - digits)


def _group_of(line: DueLine, layout: str) -> tuple[object, ...]:
    """What stands on one line of the invoice together."""
    if layout == TabLayout.PER_PRODUCT:
        named = (line.product_id, line.description, line.price_e6, line.includes_vat)
        return (line.customer_id, line.tab_id, line.currency, *named, line.rate_class, line.rate_e6, line.supply)
    return (line.customer_id, line.tab_id, line.currency, line.order_id, line.number)


def _nets(rows: Sequence[_Row]) -> list[int]:
    """The net amount of each row, in their order."""
    nets = [row.amount for row in rows]
    alike: dict[tuple[str, int], list[int]] = defaultdict(list)
    for position, row in enumerate(rows):
        if row.first.includes_vat:
            alike[row.first.currency, row.first.rate_e6].append(position)
    for (_currency, rate_e6), positions in alike.items():
        for position, net in zip(
            positions, net_shares([rows[position].amount for position in positions], rate_e6), strict=True
        ):
            nets[position] = net
    return nets


def _note(batch: Batch, lines: Sequence[DueLine], tabs: Mapping[int, DueTab]) -> None:
    """What will be remembered: every order that was looked at, with how many charges its tab came to."""
    claims: dict[int, int] = defaultdict(int)
    for claim in batch.claims:
        claims[telling_of(claim.key)[0]] += 1
    orders: dict[int, dict[int, None]] = defaultdict(dict)
    for line in lines:
        orders[line.tab_id][line.order_id] = None
    for tab_id, order_ids in orders.items():
        batch.memory.append(ToldTab(tab_id, tabs[tab_id].tellings_made + 1, claims[tab_id], tuple(order_ids)))
