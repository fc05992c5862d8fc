"""The recurring source: claims from subscriptions, in bulk."""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from rebill.catalogue.queries.labels import credited_text, label_text
from rebill.catalogue.queries.price_book import PriceBook, ProductFacts, product_facts, read_price_book
from rebill.kit.errors import Problem
from rebill.rules.giving_back import GivenTwice, given_twice
from rebill.rules.money import amount_minor
from rebill.rules.periods import Alignment, Schedule, Timing
from rebill.rules.reconcile import ChargeKind, Owed, Told
from rebill.rules.recurring import PriceAsked, PriceFound, Unpriced, schedule_of
from rebill.rules.telling import Telling, Terms, shape_of, tell
from rebill.rules.timeline import History, first_affected_day, standing_steps
from rebill.sources.contract import Asked, Batch, BilledCustomer, Claim, Outlook, ToldReader
from rebill.sources.recurring import queries
from rebill.sources.recurring.commands import remember_marks, rewind_marks
from rebill.sources.recurring.queries import Recurring, Revision

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

    def outlooks(self, *, seller_id: int, customer_ids: Collection[int] | None) -> Iterable[Outlook]:
        """See `sources.contract.Source`."""
        return queries.outlooks(seller_id=seller_id, customer_ids=customer_ids)

    def due(self, *, asked: Asked, told: ToldReader) -> Batch:
        """See `sources.contract.Source`."""
        # The number first: a price that is entered after it was read is then looked at once more, not missed.
        revision = queries.latest_revision(asked.seller_id)
        found = queries.subscriptions_of(
            seller_id=asked.seller_id, customer_ids=asked.customers.keys(), revision=revision
        )
        return self._due_of(found, revision, asked=asked, told=told)

    def due_if(self, supposed: Sequence[Recurring], *, asked: Asked, told: ToldReader) -> Batch:
        """What would be owed of these subscriptions, which may have changes that nobody has entered."""
        return self._due_of(supposed, queries.latest_revision(asked.seller_id), asked=asked, told=told)

    def _due_of(self, found: Sequence[Recurring], revision: int, *, asked: Asked, told: ToldReader) -> Batch:
        book = self._turn_to(asked, found, revision)
        changed_from = _changes(found, self._revisions(asked.seller_id, found))
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
                telling.owed = [_because(recurring, owed) for owed in telling.owed]
                self._claim(batch, recurring, customer, telling, book, currencies)
                for index, twice in enumerate(given_twice(telling.owed, rows)):
                    batch.claims.append(self._given_twice_claim(recurring, customer, twice, index))
            unpriced.extend((recurring, each) for each in telling.unpriced)
        batch.problems.extend(self._problems(unpriced, asked))
        return batch

    def remember(self, *, batch: Batch, now: datetime) -> None:
        """See `sources.contract.Source`."""
        remember_marks(rows=batch.memory)

    def forget(self, *, keys: Collection[str], subscriptions: Collection[int], told: Mapping[int, date | None]) -> None:
        """See `sources.contract.Source`."""
        rewind_marks(subscriptions=subscriptions, told=told)

    def _turn_to(self, asked: Asked, found: Sequence[Recurring], revision: int) -> PriceBook:
        # What is sold may be newer than what was read.
        is_known = self._products.keys() >= _product_ids(found)
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
        shape = shape_of(history, _schedule(recurring, history), recurring.told_before)
        if shape is None:
            return self._tell(recurring, customer, asked, book)
        prices = book.prices_of(recurring.customer_id, recurring.product_id, customer.currency)
        key = (shape, recurring.timing, prices, customer.horizon, customer.currency, asked.base)
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
            # A period keeps the currency it was billed in.
            billed_in = (currency for whole, currency in currencies.items() if question.on in whole)
            currency = next(billed_in, customer.currency)
            return book.priced(customer_id=recurring.customer_id, currency=currency, asked=question)

        return tell(
            history=history,
            terms=Terms(_schedule(recurring, history), Timing(recurring.timing), asked.base, customer.digits),
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
            batch.memory.append((recurring.id, *new))

    def _recurring_claim(
        self, recurring: Recurring, customer: BilledCustomer, owed: Owed, index: int, currency: str, reference: str
    ) -> Claim:
        piece = owed.piece
        product = self._products[piece.key.product_id]
        whole_on, on = piece.whole.starts_on.isoformat(), piece.days.starts_on.isoformat()
        key = f"s{recurring.id}:{whole_on}:{on}:{product.id}:{piece.key.part}"
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
            reference=piece.reference or reference,
            corrects_id=owed.corrects,
            origin=piece.origin,
        )

    def _given_twice_claim(
        self, recurring: Recurring, customer: BilledCustomer, twice: GivenTwice, index: int
    ) -> Claim:
        """What a correction gives back that a credit note gave back before: owed again, as a line that says so."""
        claim = self._recurring_claim(recurring, customer, twice.owed, index, customer.currency, "")
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
            price_e6=abs(twice.amount_minor) * 10 ** (6 - customer.digits),
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
            reference=recurring.reference,
            corrects_id=None,
            origin=found.origin,
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


def _schedule(recurring: Recurring, history: History) -> Schedule:
    return schedule_of(
        billed_from=history.billed_from, months=recurring.months, alignment=_ALIGNMENTS[recurring.alignment]
    )


# A look-up is four times as fast as asking the enum, and this is asked for every subscription.
_ALIGNMENTS = {alignment.value: alignment for alignment in Alignment}


def _because(recurring: Recurring, owed: Owed) -> Owed:
    """The row with the reference of the change that was entered since, where it takes back what is no longer wanted."""
    if owed.corrects is None or owed.piece.sequence:
        return owed
    seen = recurring.seen_sequence or 0
    steps = standing_steps(recurring.steps)
    changes = [step for step in steps if step.sequence > seen and step.effective_on <= owed.piece.days.starts_on]
    if not changes:
        return owed
    change = max(changes, key=lambda step: (step.effective_on, step.sequence))
    return owed._replace(piece=owed.piece._replace(reference=change.reference, sequence=change.sequence))


def _product_ids(found: Iterable[Recurring]) -> set[int]:
    ids = {each.product_id for each in found}
    ids.update(step.product_id for each in found for step in each.steps if step.product_id is not None)
    return ids


def _changes(found: Iterable[Recurring], revisions: Sequence[Revision]) -> dict[int, date]:
    """The first day on which what was told may be wrong, for the subscriptions that have such a day."""
    changed = {}
    for recurring in found:
        if recurring.seen_sequence == recurring.sequence and not revisions:
            continue
        since = _changed_from(recurring, revisions)
        if since is not None:
            changed[recurring.id] = since
    return changed


def _changed_from(recurring: Recurring, revisions: Iterable[Revision]) -> date | None:
    """The first day on which what was told may be wrong: by a change, or by a price that reaches back."""
    mark = recurring.mark
    if mark is None:
        return None
    days = []
    if mark.sequence != recurring.sequence:
        since = first_affected_day(recurring.history, seen=mark.sequence)
        if since is not None:
            days.append(since)
    products = {recurring.product_id, *(step.product_id for step in recurring.steps)}
    for revision, product_id, customer_id, valid_from in revisions:
        if revision <= mark.price_revision or valid_from >= mark.told_before:
            continue
        if product_id in (None, *products) and customer_id in (None, recurring.customer_id):
            days.append(valid_from)
    return min(days, default=None)
