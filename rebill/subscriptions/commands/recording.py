"""What an import of subscriptions reads before it decides, and what it writes afterwards: each in a few statements."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid5

from rebill.access.acting import Acting
from rebill.catalogue.models import Product
from rebill.kit.bulk import insert_rows, read_rows, reserve_ids, update_rows
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.parties.commands import lock_open_customers
from rebill.parties.models import Customer
from rebill.rules.money import ONE_E8
from rebill.rules.timeline import ChangeKind, History, Step, standing_steps
from rebill.subscriptions.commands.changing import VERBS
from rebill.subscriptions.commands.lines import SubscriptionLine
from rebill.subscriptions.models import Change, Order, Subscription
from rebill.subscriptions.queries import histories

_SUBSCRIPTION_COLUMNS = (
    "id", "seller_id", "customer_id", "order_id", "uuid", "product_id", "description", "quantity", "unit_price",
    "start_on", "ends_before", "trial_before", "billing_months", "timing", "alignment", "cost_centre", "dimensions",
    "reference", "owes_setup", "sequence", "created_at",
)  # fmt: skip
_CHANGE_COLUMNS = (
    "seller_id", "subscription_id", "uuid", "sequence", "kind", "effective_on", "quantity", "unit_price", "product_id",
    "revokes_id", "reference", "entered_by", "entered_at",
)  # fmt: skip

State = tuple[int, int, int | None]


@dataclass(slots=True, eq=False)
class KnownOrder:
    """An order that stands, or will: its id is given when it is written."""

    id: int
    number: str
    customer_id: int


@dataclass(slots=True, eq=False)
class Stored:
    """A subscription that stands, or will, with every change known so far."""

    id: int
    uuid: UUID
    customer_id: int
    order: KnownOrder | None
    billing_months: int
    timing: str
    alignment: str
    description: str
    cost_centre: str
    owes_setup: bool
    history: History
    changes: set[UUID] = field(default_factory=set)

    def first_state(self) -> State:
        """Product, quantity (10⁻⁸) and own price (10⁻⁶) as first entered."""
        return self.history.product_id, self.history.quantity_e8, self.history.price_e6

    def state_on(self, day: date) -> State:
        """Product, quantity and own price on a day, pauses and the end left aside."""
        product_id, quantity_e8, price_e6 = self.first_state()
        for step in standing_steps(self.history.steps):
            if step.effective_on > day:
                break
            if step.kind is ChangeKind.QUANTITY:
                quantity_e8 = step.quantity_e8 or 0
            elif step.kind is ChangeKind.PRICE:
                price_e6 = step.price_e6
            elif step.kind is ChangeKind.PRODUCT and step.product_id is not None:
                product_id, price_e6 = step.product_id, step.price_e6
                quantity_e8 = quantity_e8 if step.quantity_e8 is None else step.quantity_e8
        return product_id, quantity_e8, price_e6

    def change_key(self, kind: ChangeKind, effective_on: date, *values: int | None) -> UUID:
        """The uuid of an imported change: the same line again is the same change."""
        return uuid5(self.uuid, "\0".join(map(str, (kind.value, effective_on, *values))))

    def has_change(self, kind: ChangeKind, effective_on: date) -> bool:
        """Whether an import entered a change of this kind for this day, even if it was taken back since."""
        return self.change_key(kind, effective_on, None, None, None) in self.changes


@dataclass(slots=True)
class Known:
    """What the lines of one chunk speak of: customers by number, products by code, orders, subscriptions."""

    customers: dict[str, int]
    products: dict[str, int]
    orders: dict[str, KnownOrder]
    subscriptions: dict[UUID, Stored]

    def number_of_customer(self, customer_id: int) -> str:
        """The number of a customer, for a message; empty when no line of the chunk names it."""
        return next((number for number, each in self.customers.items() if each == customer_id), "")


def read_known(seller_id: int, lines: Sequence[SubscriptionLine]) -> Known:
    """Everything the lines may need, in at most nine reads; the customers and subscriptions among it are held."""
    orders = {
        number: KnownOrder(id=order_id, number=number, customer_id=customer_id)
        for order_id, number, customer_id in Order.objects.filter(
            seller_id=seller_id, number__in=_named(line.order_number for line in lines)
        )
        .order_by()
        .values_list("id", "number", "customer_id")
    }
    return Known(
        customers=_read_customers(seller_id, _named(line.customer_number for line in lines)),
        products=dict(
            Product.objects.filter(seller_id=seller_id, code__in=_named(line.product_code for line in lines))
            .order_by()
            .values_list("code", "id")
        ),
        orders=orders,
        subscriptions=_read_subscriptions(seller_id, {line.uuid for line in lines}, orders),
    )


def _read_customers(seller_id: int, numbers: set[str]) -> dict[str, int]:
    found = Customer.objects.filter(seller_id=seller_id, number__in=numbers).order_by()
    ids = {number: customer_id for number, customer_id in found.values_list("number", "id") if number}
    # Who erases a person meanwhile is waited for, or sees what is new.
    held = lock_open_customers(customer_ids=ids.values())
    return {number: customer_id for number, customer_id in ids.items() if customer_id in held}


def _named(names: Iterable[str]) -> set[str]:
    return {name for name in names if name}


def _read_subscriptions(seller_id: int, uuids: set[UUID], orders: dict[str, KnownOrder]) -> dict[UUID, Stored]:
    # Unordered, because SQLite would rather walk all rows in order than look these few up.
    found = Subscription.objects.filter(seller_id=seller_id, uuid__in=uuids).order_by()
    # The lock lets nobody enter a change between what is decided here and what is written.
    ids = list(found.select_for_update().values_list("id", flat=True))
    if not ids:
        return {}
    first_states = histories(seller_id=seller_id, subscription_ids=ids)
    changes: dict[int, set[UUID]] = defaultdict(set)
    changed = [subscription_id for subscription_id, history in first_states.items() if history.steps]
    rows = Change.objects.filter(subscription_id__in=changed).values_list("subscription_id", "uuid")
    for subscription_id, uuid in rows:
        changes[subscription_id].add(uuid)
    return {
        stored.uuid: stored
        for stored in (
            _stored(row, orders, first_states[row[0]], changes.get(row[0], set()))
            for row in read_rows(
                Subscription.objects.filter(id__in=ids),
                "id",
                "uuid",
                "customer_id",
                "order_id",
                "order__number",
                "billing_months",
                "timing",
                "alignment",
                "description",
                "cost_centre",
                "owes_setup",
            )
        )
    }


def _stored(row: tuple[Any, ...], orders: dict[str, KnownOrder], history: History, changes: set[UUID]) -> Stored:
    order = None
    if row[3] is not None:
        order = orders.setdefault(row[4], KnownOrder(id=row[3], number=row[4], customer_id=row[2]))
    return Stored(
        id=row[0],
        uuid=row[1],
        customer_id=row[2],
        order=order,
        billing_months=row[5],
        timing=row[6],
        alignment=row[7],
        description=row[8],
        cost_centre=row[9],
        owes_setup=bool(row[10]),
        history=history,
        changes=changes,
    )


def _with_step(history: History, step: Step) -> History:
    return History(
        start_on=history.start_on,
        ends_before=history.ends_before,
        trial_before=history.trial_before,
        product_id=history.product_id,
        quantity_e8=history.quantity_e8,
        price_e6=history.price_e6,
        reference=history.reference,
        steps=(*history.steps, step),
    )


@dataclass(slots=True)
class Recording:
    """The writes of one chunk, gathered while its lines are decided and done at once by `write`."""

    acting: Acting
    now: datetime
    orders: list[tuple[KnownOrder, SubscriptionLine]] = field(default_factory=list)
    started: list[tuple[Stored, SubscriptionLine, int]] = field(default_factory=list)
    changes: list[tuple[Stored, Step, UUID]] = field(default_factory=list)

    def order(self, line: SubscriptionLine, customer_id: int) -> KnownOrder:
        """Notes a new order."""
        order = KnownOrder(id=0, number=line.order_number, customer_id=customer_id)
        self.orders.append((order, line))
        return order

    def start(self, line: SubscriptionLine, customer_id: int, product_id: int, order: KnownOrder | None) -> Stored:
        """Notes a new subscription; later lines see it as if it stood."""
        terms = line.terms
        history = History(
            start_on=terms.start_on,
            ends_before=terms.ends_before,
            trial_before=terms.trial_before,
            product_id=product_id,
            quantity_e8=ONE_E8 if line.quantity_e8 is None else line.quantity_e8,
            price_e6=line.price_e6,
            reference=terms.reference,
        )
        stored = Stored(
            id=0,
            uuid=line.uuid,
            customer_id=customer_id,
            order=order,
            billing_months=terms.billing_months,
            timing=terms.timing.value,
            alignment=terms.alignment.value,
            description=terms.description,
            cost_centre=terms.cost_centre,
            owes_setup=terms.owes_setup,
            history=history,
        )
        self.started.append((stored, line, product_id))
        return stored

    def change(
        self,
        stored: Stored,
        kind: ChangeKind,
        effective_on: date,
        *,
        quantity_e8: int | None = None,
        price_e6: int | None = None,
        product_id: int | None = None,
        reference: str = "",
    ) -> bool:
        """Notes a change at the end of the history; False when an import entered it before."""
        uuid = stored.change_key(kind, effective_on, quantity_e8, price_e6, product_id)
        if uuid in stored.changes:
            return False
        last = max((step.sequence for step in stored.history.steps), default=0)
        step = Step(last + 1, kind, effective_on, quantity_e8, price_e6, product_id, reference=reference)
        stored.history = _with_step(stored.history, step)
        stored.changes.add(uuid)
        self.changes.append((stored, step, uuid))
        return True

    def write(self) -> None:
        """Writes everything noted, with its events, in a handful of statements. Needs a transaction."""
        for (order, _line), order_id in zip(self.orders, reserve_ids(Order, len(self.orders)), strict=True):
            order.id = order_id
        for (stored, *_rest), stored_id in zip(self.started, reserve_ids(Subscription, len(self.started)), strict=True):
            stored.id = stored_id
        self._write_orders()
        insert_rows(Subscription, _SUBSCRIPTION_COLUMNS, map(self._subscription_row, self.started))
        insert_rows(Change, _CHANGE_COLUMNS, map(self._change_row, self.changes))
        update_rows(Subscription, "id", ("sequence",), self._sequences())
        record_events(self._events())

    def _write_orders(self) -> None:
        columns = ("id", "seller_id", "customer_id", "number", "general_reference", "ordered_on")
        insert_rows(
            Order,
            columns,
            (
                (
                    order.id,
                    self.acting.seller_id,
                    order.customer_id,
                    order.number,
                    line.record.text("general_reference"),
                    line.record.day("ordered_on"),
                )
                for order, line in self.orders
            ),
        )

    def _subscription_row(self, started: tuple[Stored, SubscriptionLine, int]) -> tuple[object, ...]:
        stored, line, product_id = started
        first = stored.history
        return (
            stored.id, self.acting.seller_id, stored.customer_id, stored.order.id if stored.order else None,
            stored.uuid, product_id, stored.description, first.quantity_e8, first.price_e6, first.start_on,
            first.ends_before, first.trial_before, stored.billing_months, stored.timing, stored.alignment,
            stored.cost_centre, dict(line.terms.dimensions), first.reference, stored.owes_setup, 0,
            self.now,
        )  # fmt: skip

    def _change_row(self, noted: tuple[Stored, Step, UUID]) -> tuple[object, ...]:
        stored, step, uuid = noted
        return (
            self.acting.seller_id, stored.id, uuid, step.sequence, step.kind.value, step.effective_on,
            step.quantity_e8, step.price_e6, step.product_id, None, step.reference, self.acting.user_id, self.now,
        )  # fmt: skip

    def _sequences(self) -> list[tuple[int, int]]:
        return list({stored.id: step.sequence for stored, step, _uuid in self.changes}.items())

    def _events(self) -> Iterable[EventRow]:
        seller_id, actor_id = self.acting.seller_id, self.acting.user_id
        for order, _line in self.orders:
            details = {"number": order.number, "imported": True}
            yield EventRow(seller_id, subject_type_of(Order), order.id, "placed", actor_id, self.now, details)
        subject_type = subject_type_of(Subscription)
        for stored, line, _product_id in self.started:
            details = {"uuid": str(stored.uuid), "start_on": line.terms.start_on.isoformat(), "imported": True}
            yield EventRow(seller_id, subject_type, stored.id, "started", actor_id, self.now, details)
        for stored, step, uuid in self.changes:
            details = {"change": str(uuid), "effective_on": step.effective_on.isoformat(), "imported": True}
            yield EventRow(seller_id, subject_type, stored.id, VERBS[step.kind], actor_id, self.now, details)
