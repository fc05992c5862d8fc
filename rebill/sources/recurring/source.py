"""The recurring source: claims from subscriptions, in bulk."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from rebill.catalogue.queries.labels import credited_text, label_text
from rebill.catalogue.queries.price_book import PriceBook, ProductFacts, product_facts, read_price_book
from rebill.kit.errors import Problem
from rebill.rules.giving_back import GivenTwice, given_twice
from rebill.rules.money import amount_minor, digits_of
from rebill.rules.periods import Timing
from rebill.rules.reconcile import ChargeKind, Owed, Told
from rebill.rules.recurring import PriceAsked, PriceFound, Unpriced
from rebill.rules.telling import Telling, Terms, shape_of, tell
from rebill.sources.contract import Asked, Batch, BilledCustomer, Claim, Outlook, ToldReader
from rebill.sources.recurring import queries
from rebill.sources.recurring.commands import Marked, remember_marks, rewind_marks
from rebill.sources.recurring.queries import NOT_RESOLD, Recurring, Revision
from rebill.sources.recurring.standing import (
    NOTHING_TO_PRICE,
    base_of,
    because,
    changes_of,
    product_ids,
    reference_of,
    schedule_for,
)
from rebill.sources.recurring.tiers import DealerBelow, dealers_below, tier_outlooks, tier_subscriptions

ONE_E8 = 10**8


# How many tellings are kept at most, so that a seller whose subscriptions are all different does not fill the memory.
TELLINGS_KEPT = 10_000


class RecurringSource:
    """Subscriptions. Keep one for a run: it reads products and price plans once and reuses them chunk by chunk."""

    name = "recurring"

    def __init__(self) -> None:
        self._book: PriceBook | None = None
        self._products: Mapping[int, ProductFacts] = {}
        self._revision = 0
        self._tellings: dict[Hashable, Telling] = {}
        self._dealers: dict[int, Mapping[int, DealerBelow]] = {}

    def outlooks(self, *, seller_id: int, customer_ids: Collection[int] | None) -> Iterable[Outlook]:
        """See `sources.contract.Source`."""
        yield from queries.outlooks(seller_id=seller_id, customer_ids=customer_ids)
        dealers = self._dealers_of(seller_id)
        if dealers:
            yield from tier_outlooks(
                seller_id=seller_id,
                dealers=dealers,
                customer_ids=customer_ids,
                revision=queries.latest_revision(seller_id),
            )

    def due(self, *, asked: Asked, told: ToldReader) -> Batch:
        """See `sources.contract.Source`."""
        # The number first: a price that is entered after it was read is then looked at once more, not missed.
        revision = queries.latest_revision(asked.seller_id)
        found = queries.subscriptions_of(
            seller_id=asked.seller_id, customer_ids=asked.customers.keys(), revision=revision
        )
        found += tier_subscriptions(
            seller_id=asked.seller_id,
            dealers=self._dealers_of(asked.seller_id),
            customer_ids=asked.customers.keys(),
            revision=revision,
        )
        return self._due_of(found, revision, asked=asked, told=told)

    def due_if(self, supposed: Sequence[Recurring], *, asked: Asked, told: ToldReader) -> Batch:
        """What would be owed of these subscriptions, which may have changes that nobody has entered."""
        return self._due_of(supposed, queries.latest_revision(asked.seller_id), asked=asked, told=told)

    def _due_of(self, found: Sequence[Recurring], revision: int, *, asked: Asked, told: ToldReader) -> Batch:
        book = self._turn_to(asked, found, revision)
        changed_from = changes_of(found, self._revisions(asked.seller_id, found))
        rows_told = told(changed_from)
        batch = Batch()
        unpriced: list[tuple[Recurring, Unpriced]] = []
        for recurring in found:
            customer = asked.customers[recurring.customer_id]
            since = changed_from.get(recurring.id)
            if since is None:
                telling = self._tell_on(recurring, customer, asked, book)
                self._claim(batch, recurring, customer, telling, book, {}, recurring.reference)
            else:
                rows = rows_told.get(recurring.id, ())
                telling = self._tell(recurring, customer, asked, book, changed_from=since, told=rows)
                currencies = {row.charge_id: row.currency for row in rows}
                telling.owed = [because(recurring, owed) for owed in telling.owed]
                self._claim(batch, recurring, customer, telling, book, currencies)
                for index, twice in enumerate(given_twice(telling.owed, rows)):
                    currency = currencies.get(twice.charge_id, customer.currency)
                    batch.claims.append(self._given_twice_claim(recurring, customer, twice, index, currency))
            unpriced.extend((recurring, each) for each in telling.unpriced)
        batch.problems.extend(self._problems(unpriced, asked))
        return batch

    def remember(self, *, batch: Batch, now: datetime) -> None:
        """See `sources.contract.Source`."""
        remember_marks(rows=[row for row in batch.memory if isinstance(row, Marked)])

    def forget(
        self,
        *,
        seller_id: int,
        keys: Collection[str],
        subscriptions: Collection[int],
        told: Mapping[int, date | None],
    ) -> None:
        """See `sources.contract.Source`."""
        rewind_marks(seller_id=seller_id, subscriptions=subscriptions, told=told)

    def _dealers_of(self, seller_id: int) -> Mapping[int, DealerBelow]:
        """The dealers that resell the seller's products: asked once a run, for most sellers have none."""
        if seller_id not in self._dealers:
            self._dealers[seller_id] = dealers_below(seller_id)
        return self._dealers[seller_id]

    def take_back(self, *, seller_id: int, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`."""
        return ()

    def whole(self, *, keys: Collection[str]) -> Collection[str]:
        """See `sources.contract.Source`."""
        return keys

    def _turn_to(self, asked: Asked, found: Sequence[Recurring], revision: int) -> PriceBook:
        # What is sold may be newer than what was read.
        is_known = self._products.keys() >= product_ids(found)
        if self._book is None or self._book.seller_id != asked.seller_id or not is_known:
            self._revision = revision
            self._book = read_price_book(asked.seller_id)
            self._products = product_facts(asked.seller_id)
            self._tellings.clear()
        self._book.turn_to(asked.customers.keys())
        return self._book

    def _revisions(self, seller_id: int, found: Sequence[Recurring]) -> Sequence[Revision]:
        oldest = min((each.price_revision for each in found if each.price_revision is not None), default=self._revision)
        return () if oldest >= self._revision else queries.revised_since(seller_id, oldest)

    def _tell_on(self, recurring: Recurring, customer: BilledCustomer, asked: Asked, book: PriceBook) -> Telling:
        """What a subscription owes of which nothing changed that was told: computed once for all that are alike."""
        history = recurring.history
        shape = shape_of(history, schedule_for(recurring, history), recurring.told_before)
        if shape is None:
            return self._tell(recurring, customer, asked, book)
        prices = book.prices_of(recurring.customer_id, recurring.product_id, customer.currency)
        key = (shape, recurring.timing, prices, customer.horizon, customer.currency, base_of(recurring, asked))
        telling = self._tellings.get(key)
        if telling is None:
            if len(self._tellings) >= TELLINGS_KEPT:
                self._tellings.clear()
            unnamed = recurring._replace(reference="")
            telling = self._tellings[key] = self._tell(unnamed, customer, asked, book)
        return telling

    def _tell(
        self,
        recurring: Recurring,
        customer: BilledCustomer,
        asked: Asked,
        book: PriceBook,
        *,
        changed_from: date | None = None,
        told: Sequence[Told] = (),
    ) -> Telling:
        history = recurring.history
        currencies = {row.whole: row.currency for row in told}

        def price_of(question: PriceAsked) -> PriceFound | None:
            if question.product_id == NOT_RESOLD:
                return NOTHING_TO_PRICE
            # A period keeps the currency it was billed in.
            billed_in = (currency for whole, currency in currencies.items() if question.on in whole)
            currency = next(billed_in, customer.currency)
            return book.priced(customer_id=recurring.customer_id, currency=currency, asked=question)

        return tell(
            history=history,
            terms=Terms(
                schedule_for(recurring, history), Timing(recurring.timing), base_of(recurring, asked), customer.digits
            ),
            horizon=customer.horizon,
            price_of=price_of,
            told_before=recurring.told_before,
            told=told,
            changed_from=changed_from,
        )

    def _claim(
        self,
        batch: Batch,
        recurring: Recurring,
        customer: BilledCustomer,
        telling: Telling,
        book: PriceBook,
        currencies: Mapping[int, str],
        reference: str = "",
    ) -> None:
        """Adds what was told to the batch. `reference` is that of the lines to which no change gave another."""
        begun = bool(recurring.begun)
        if telling.owed and recurring.owes_setup and not begun:
            setup = self._setup(recurring, customer, telling.owed[0], book)
            if setup is not None:
                batch.claims.append(setup)
        for index, owed in enumerate(telling.owed):
            currency = customer.currency if owed.corrects is None else currencies[owed.corrects]
            batch.claims.append(self._recurring_claim(recurring, customer, owed, index, currency, reference))
        sequence, revision = recurring.sequence, self._revision
        if not telling.complete and recurring.mark is not None:
            sequence, revision = recurring.mark.sequence, recurring.mark.price_revision
        new = (telling.told_before, telling.next_on, sequence, revision, begun or bool(telling.owed))
        if new != recurring.remembered:
            batch.memory.append(Marked(recurring.id, book.seller_id, recurring.tier is not None, *new))

    def _recurring_claim(
        self, recurring: Recurring, customer: BilledCustomer, owed: Owed, index: int, currency: str, reference: str
    ) -> Claim:
        piece = owed.piece
        product = self._products[piece.key.product_id]
        whole_on, on = piece.whole.starts_on.isoformat(), piece.days.starts_on.isoformat()
        # The same event on every level of a chain: so the key names the product of the end customer's seller.
        event = product.id if recurring.tier is None else recurring.tier.events[product.id]
        key = f"s{recurring.id}:{whole_on}:{on}:{event}:{piece.key.part}"
        if owed.kind is ChargeKind.PERIODICCORRECTION:
            key = f"{key}:c{owed.generation}.{index}"
        description = recurring.description
        if piece.label:
            words = label_text(piece.label, customer.language)
            description = f"{description or product.name(customer.language)}, {words}"
        return Claim(
            key=key,
            customer_id=recurring.customer_id,
            kind=owed.kind,
            product_id=product.id,
            description=description,
            starts_on=piece.days.starts_on,
            ends_before=piece.days.ends_before,
            whole_starts_on=piece.whole.starts_on,
            whole_ends_before=piece.whole.ends_before,
            part=piece.key.part,
            quantity_e8=piece.quantity_e8,
            prorated_e8=piece.prorated_e8,
            price_e6=piece.key.price_e6,
            currency=currency,
            amount_minor=owed.amount_minor,
            rate_class=product.rate_class,
            supply=product.supply,
            ledger_account=product.ledger_account,
            summary_group=product.summary_group,
            cost_centre=recurring.cost_centre or customer.cost_centre,
            subscription_id=recurring.id,
            sequence=piece.sequence,
            reference=reference_of(recurring, piece.reference or reference),
            corrects_id=owed.corrects,
            origin=piece.origin,
            end_customer_id=0 if recurring.tier is None else recurring.tier.end_customer_id,
        )

    def _given_twice_claim(
        self, recurring: Recurring, customer: BilledCustomer, twice: GivenTwice, index: int, currency: str
    ) -> Claim:
        """What a correction gives back that a credit note gave back before: owed again, as a line that says so."""
        claim = self._recurring_claim(recurring, customer, twice.owed, index, currency, "")
        words = credited_text(customer.language)
        product = self._products[twice.owed.piece.key.product_id]
        sign = 1 if twice.amount_minor > 0 else -1
        return claim._replace(
            key=f"{claim.key}:credited",
            kind=ChargeKind.CREDIT,
            description=f"{recurring.description or product.name(customer.language)}, {words}",
            whole_starts_on=None,
            whole_ends_before=None,
            quantity_e8=sign * ONE_E8,
            prorated_e8=sign * ONE_E8,
            price_e6=abs(twice.amount_minor) * 10 ** (6 - digits_of(currency)),
            amount_minor=twice.amount_minor,
            corrects_id=None,
            origin=f"credit notes for charge:{twice.charge_id}",
        )

    def _setup(self, recurring: Recurring, customer: BilledCustomer, owed: Owed, book: PriceBook) -> Claim | None:
        """The setup fee of the price that holds on the first day, once per subscription."""
        on = owed.piece.days.starts_on
        product = self._products[owed.piece.key.product_id]
        found = book.find(customer_id=recurring.customer_id, currency=customer.currency, product_id=product.id, on=on)
        if found is None or not found.price.setup_e6:
            return None
        return Claim(
            key=f"s{recurring.id}:setup",
            customer_id=recurring.customer_id,
            kind=ChargeKind.SETUP,
            product_id=product.id,
            description=recurring.description,
            starts_on=on,
            ends_before=on,
            whole_starts_on=None,
            whole_ends_before=None,
            part=0,
            quantity_e8=ONE_E8,
            prorated_e8=ONE_E8,
            price_e6=found.price.setup_e6,
            currency=customer.currency,
            amount_minor=amount_minor(ONE_E8, found.price.setup_e6, customer.digits),
            rate_class=product.rate_class,
            supply=product.supply,
            ledger_account=product.ledger_account,
            summary_group=1,
            cost_centre=recurring.cost_centre or customer.cost_centre,
            subscription_id=recurring.id,
            sequence=0,
            reference=reference_of(recurring, recurring.reference),
            corrects_id=None,
            origin=found.origin,
            end_customer_id=0 if recurring.tier is None else recurring.tier.end_customer_id,
        )

    def _problems(self, unpriced: Sequence[tuple[Recurring, Unpriced]], asked: Asked) -> Iterator[tuple[int, Problem]]:
        """What has no price, by customer."""
        uuids = queries.uuids_of({recurring.id for recurring, _ in unpriced}) if unpriced else {}
        for recurring, each in unpriced:
            product = self._products[each.product_id]
            currency = asked.customers[recurring.customer_id].currency
            problem = Problem(
                what="price_missing",
                # One that is only supposed has no uuid yet.
                where=(_("subscription %(uuid)s") % {"uuid": uuids.get(recurring.id, "")}).rstrip(),
                why=_("%(code)s has no price in %(currency)s on %(day)s.")
                % {"code": product.code, "currency": currency, "day": f"{each.asked_on:%d-%m-%Y}"},
                remedy=_("Add the price to the customer's price plan, or give the subscription its own price."),
                value=product.code,
            )
            yield recurring.customer_id, problem
