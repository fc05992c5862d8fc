"""The one-off source: every interim line that waits is one claim, told once."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from rebill.rules.money import amount_minor, digits_of
from rebill.rules.reconcile import ChargeKind
from rebill.rules.recurring import Horizon
from rebill.sources.contract import Asked, Batch, BilledCustomer, Claim, Outlook, ToldReader
from rebill.sources.oneoff import queries
from rebill.sources.oneoff.commands import forget_lines, remember_lines
from rebill.sources.oneoff.queries import WaitingLine

# What an explanation says of where the price came from.
ORIGIN = "interim line"
KEY_PREFIX = "line:"


class OneoffSource:
    """Interim lines, for the next run from the day they are supplied on."""

    name = "oneoff"

    def outlooks(self, *, seller_id: int, customer_ids: Collection[int] | None) -> Iterable[Outlook]:
        """See `sources.contract.Source`."""
        return queries.outlooks(seller_id=seller_id, customer_ids=customer_ids)

    def due(self, *, asked: Asked, told: ToldReader) -> Batch:
        """See `sources.contract.Source`."""
        batch = Batch()
        for line in queries.lines_not_told(seller_id=asked.seller_id, customer_ids=asked.customers.keys()):
            customer = asked.customers[line.customer_id]
            if is_due(line.supplied_on, customer.horizon):
                batch.claims.append(_claim(line, customer))
                batch.memory.append((line.id,))
        return batch

    def remember(self, *, batch: Batch, now: datetime) -> None:
        """See `sources.contract.Source`."""
        remember_lines(rows=batch.memory, now=now)

    def forget(
        self,
        *,
        seller_id: int,
        keys: Collection[str],
        subscriptions: Collection[int],
        told: Mapping[int, date | None],
    ) -> None:
        """See `sources.contract.Source`."""
        forget_lines(uuids=[UUID(key.removeprefix(KEY_PREFIX)) for key in keys])

    def take_back(self, *, seller_id: int, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`."""
        return ()

    def whole(self, *, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`."""
        return keys


def line_key(uuid: UUID) -> str:
    """The key under which a line is told."""
    return f"{KEY_PREFIX}{uuid}"


def is_due(supplied_on: date, horizon: Horizon) -> bool:
    """Whether a line of this day is billed: its day is past, or lies in the days that are billed ahead."""
    return supplied_on <= horizon.arrears_until or supplied_on < horizon.advance_before


def _claim(line: WaitingLine, customer: BilledCustomer) -> Claim:
    """The claim of a line. It names the day of supply and no days of a period: what is sold once has none."""
    return Claim(
        key=line_key(line.uuid),
        customer_id=line.customer_id,
        kind=ChargeKind(line.kind),
        product_id=line.product_id,
        description=line.description,
        starts_on=line.supplied_on,
        ends_before=line.supplied_on,
        whole_starts_on=None,
        whole_ends_before=None,
        part=0,
        quantity_e8=line.quantity_e8,
        prorated_e8=line.quantity_e8,
        price_e6=line.price_e6,
        currency=line.currency,
        amount_minor=amount_minor(line.quantity_e8, line.price_e6, digits_of(line.currency)),
        rate_class=line.rate_class,
        supply=line.supply,
        ledger_account=line.ledger_account,
        summary_group=line.summary_group,
        cost_centre=line.cost_centre or customer.cost_centre,
        subscription_id=None,
        sequence=0,
        reference=line.reference,
        corrects_id=None,
        origin=ORIGIN,
    )
