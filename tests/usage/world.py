"""A partner with a switch, a deck and customers with numbers: what the tests of rated calls begin with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path

import polars as pl
from django.conf import settings

from rebill.catalogue.commands import create_rate_deck, set_plan_deck, set_rate
from rebill.catalogue.models import ProductKind, RateDeck, SummaryGroup
from rebill.catalogue.queries import default_plan_of
from rebill.parties.models import Customer, Seller
from rebill.pipeline import prepare, rate_calls
from rebill.sources.usage.models import CallFile, CallFileState, CallPart, Endpoint, EndpointKind, Rating, Switch
from rebill.sources.usage.schema import CALLS
from tests.factories import NOW, SINCE_EVER, acting_of, make_plan, make_product, make_seller

_TYPES = {"integer": pl.Int64(), "text": pl.String(), "boolean": pl.Boolean()}
OCTOBER = date(2026, 10, 1)
_lines = count(1)


@dataclass(frozen=True, slots=True)
class Made:
    """A call: from which number to which, when (UTC) and how many seconds."""

    caller: str
    called: str
    at: str
    seconds: int
    incoming: bool = False
    buy_e6: int | None = None
    reason: str = ""


@dataclass(slots=True)
class Partner:
    """A seller whose default plan prices calls by one deck."""

    seller: Seller = field(default_factory=make_seller)
    deck: RateDeck | None = None

    @property
    def acting(self):
        return acting_of(self.seller)

    def open_deck(self, code: str = "calls", *, component: int = 0, **terms) -> RateDeck:
        """A deck of the seller's default plan, billed as outgoing calls."""
        plan = default_plan_of(self.acting) or make_plan(self.seller)
        product = make_product(
            self.seller,
            f"calls-{code}",
            name="Outgoing calls",
            kind=ProductKind.USAGE,
            summary_group=SummaryGroup.CALLS,
        )
        deck = create_rate_deck(acting=self.acting, code=code, name=code, product_id=product.pk, now=NOW, **terms)
        set_plan_deck(
            acting=self.acting,
            plan_id=plan.pk,
            deck_id=deck.pk,
            valid_from=SINCE_EVER,
            component=component,
            now=NOW,
        )
        self.deck = deck
        return deck

    def rate(self, prefix: str, minute: str, *, valid_from: date = SINCE_EVER, deck: RateDeck | None = None, **terms):
        """What calls to the prefix cost a minute."""
        deck = deck or self.deck or self.open_deck()
        return set_rate(
            acting=self.acting,
            deck_id=deck.pk,
            prefix=prefix,
            valid_from=valid_from,
            minute=Decimal(minute),
            now=NOW,
            **terms,
        )

    def give_number(self, customer: Customer, number: str, *, valid_from: date = SINCE_EVER) -> Endpoint:
        """The number is the customer's."""
        return Endpoint.objects.create(
            seller=customer.seller, customer=customer, kind=EndpointKind.NUMBER, value=number, valid_from=valid_from
        )

    def take(self, calls: Sequence[Made], *, name: str = "calls.csv", switch: str = "pbx") -> CallFile:
        """The calls, as an intake keeps them."""
        kept, _made = Switch.objects.get_or_create(seller=self.seller, code=switch, defaults={"dialect": "neutral"})
        file = CallFile.objects.create(
            seller=self.seller, switch=kept, name=name, content_hash=name, received_at=NOW, state=CallFileState.READ,
            lines=len(calls), accepted=len(calls),
        )  # fmt: skip
        starts = [int(datetime.fromisoformat(call.at).replace(tzinfo=UTC).timestamp()) for call in calls]
        rows = [
            (
                file.pk, position, f"{file.pk}-{position}", start, call.seconds, call.caller, call.called, "", "",
                call.incoming, call.buy_e6, None, "", call.reason,
            )
            for position, (call, start) in enumerate(zip(calls, starts, strict=True), start=1)
        ]  # fmt: skip
        path = f"calls/{self.seller.pk}/{next(_lines)}.parquet"
        target = Path(settings.REBILL_DATA) / path
        target.parent.mkdir(parents=True, exist_ok=True)
        schema = {column: _TYPES[kind] for column, kind in CALLS.items()}
        pl.DataFrame(rows, schema=schema, orient="row").write_parquet(target)
        month = datetime.fromtimestamp(min(starts), UTC).date().replace(day=1)
        CallPart.objects.create(
            file=file, seller=self.seller, month=month, path=path, rows=len(rows), first_s=min(starts),
            last_s=max(starts),
        )  # fmt: skip
        return file

    def rate_month(self, month: date = OCTOBER, **said) -> Rating:
        """The rating of the month."""
        [rating] = rate_calls(acting=self.acting, months=[month], now=NOW, **said)
        return rating

    def bill(self, billed_on: date):
        """The drafts of a run on the day."""
        return prepare(
            acting=self.acting, billed_on=billed_on, now=datetime.combine(billed_on, datetime.min.time(), UTC)
        )
