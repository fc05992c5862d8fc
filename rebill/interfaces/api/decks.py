"""Rate decks, their rates in bulk, and the price plans that price calls by decks."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue import commands
from rebill.catalogue.commands.laying_rates import RateEntry, RateResult
from rebill.catalogue.models import CallCategory, PlanDeck, Rate, RateDeck
from rebill.catalogue.queries import plan_of
from rebill.catalogue.queries.decks import (
    deck_of,
    decks_of,
    own_decks_of,
    plan_decks_of,
    rates_on,
)
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.prices import OnDay
from rebill.interfaces.api.problems import code_of
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Exact, Id, Line, Shown, scaled, with_example
from rebill.kit.errors import Refused, reason_of
from rebill.rules.rating.rates import Rounding
from rebill.sources.usage.queries.minutes import DeckUse, deck_use, last_month

decks = Endpoints(Area.CATALOGUE, "Rate decks")

RATES_MAX = 5_000

Category = Literal[
    "national_fixed", "national_mobile", "international", "international_mobile", "service_cost", "service_revenue",
    "on_net", "short", "other",
]  # fmt: skip
RoundingWord = Literal["half_up", "up", "down"]
_CATEGORIES: Mapping[str, int] = {category.name.lower(): category.value for category in CallCategory}
_ROUNDINGS: Mapping[str, int] = {each.name.lower(): each.value for each in Rounding}


def category_number(word: str) -> int:
    """The number that a category is kept as."""
    return _CATEGORIES[word]


def category_word(number: int) -> Category:
    """The word that a category has here."""
    word: Any = CallCategory(number).name.lower()
    return word  # type: ignore[no-any-return]


# --- decks ----------------------------------------------------------------------------------------------------------


class DeckShown(Shown):
    """Prices of calls by prefix; with a customer, the exceptions of this one."""

    id: int
    code: str
    name: str
    currency: str
    incoming: bool = Field(description="Whether it prices calls made to own service numbers.")
    customer_id: int | None
    product_id: int | None = Field(description="What calls are billed as; a deck that is only bought by has none.")
    buy_deck_id: int | None = Field(description="The deck that the same calls are bought by.")
    quantum: Exact = Field(description="What the price of a call is rounded to.")
    rounding: RoundingWord
    first_seconds: int
    next_seconds: int
    markup: Exact | None = Field(description="Share of the buy price that is added in proposed prices: 0.25 is 25 %.")
    price_step: Exact = Field(description="Proposed prices are rounded up to it.")
    active: bool


class DeckTerms(Body):
    """What may be said of a deck."""

    product_id: Id | None = LEFT_OUT
    buy_deck_id: Id | None = LEFT_OUT
    quantum: Exact = LEFT_OUT
    rounding: RoundingWord = LEFT_OUT
    first_seconds: int = LEFT_OUT
    next_seconds: int = LEFT_OUT
    markup: Exact | None = LEFT_OUT
    price_step: Exact = LEFT_OUT
    active: bool = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The fields that were sent, with the rounding as the command takes it."""
        given = super().given()
        return {**given, "rounding": _ROUNDINGS[given["rounding"]]} if "rounding" in given else given


class NewDeck(DeckTerms):
    """A deck to be made, without rates. Its name is its code unless said, its currency the seller's."""

    model_config = with_example({"code": "retail", "name": "Waterkant Standard", "product_id": 12, "markup": "0.25"})

    code: Line
    name: Line = LEFT_OUT
    currency: Line = LEFT_OUT
    incoming: bool = LEFT_OUT
    customer_id: Id | None = Field(LEFT_OUT, description="It holds exceptions of this customer.")


class DeckChanges(DeckTerms):
    """What is to be changed of a deck; its code, currency, direction and customer stay."""

    model_config = with_example(
        {"name": "Waterkant Standard 2027", "product_id": 12, "first_seconds": 60, "next_seconds": 60}
    )

    name: Line = LEFT_OUT


class DecksAsked(Paging):
    """Which decks are listed."""

    own: bool = Field(False, description="The exceptions of single customers, in the place of the decks of plans.")


def show_deck(deck: RateDeck) -> DeckShown:
    """The deck as an answer says it."""
    plain = {name: getattr(deck, name) for name in DeckShown.model_fields if name != "rounding"}
    rounding: Any = Rounding(deck.rounding).name.lower()
    return DeckShown(**plain, rounding=rounding)


@decks.read("/rate-decks")
def list_decks(request: ApiRequest, asked: Annotated[DecksAsked, Query()]) -> Page[DeckShown]:
    """List rate decks, the oldest first."""
    rows = own_decks_of(request.acting) if asked.own else decks_of(request.acting)
    return page_of(rows, asked, each(show_deck))


@decks.write("POST", "/rate-decks", status=HTTPStatus.CREATED, at="/rate-decks/{id}")
def create_deck(request: ApiRequest, body: NewDeck) -> DeckShown:
    """Make a rate deck; its rates are put or imported next."""
    return show_deck(commands.create_rate_deck(acting=request.acting, now=request.now, **body.given()))


@decks.read("/rate-decks/{deck_id}")
def get_deck(request: ApiRequest, deck_id: Id) -> DeckShown:
    """Show a rate deck."""
    return show_deck(deck_of(request.acting, deck_id))


@decks.write("PATCH", "/rate-decks/{deck_id}")
def change_deck(request: ApiRequest, deck_id: Id, body: DeckChanges) -> DeckShown:
    """Change what is sent of a rate deck.

    What concerns calls that were rated, such as the rounding, is looked at again.
    """
    return show_deck(commands.change_rate_deck(acting=request.acting, deck_id=deck_id, now=request.now, **body.given()))


# --- rates ----------------------------------------------------------------------------------------------------------


class DeckRateShown(Shown):
    """What calls to a prefix cost from a day until before another. Prices below zero are revenue."""

    id: int
    prefix: str
    destination: str
    category: Category
    product_id: int | None
    valid_from: date
    valid_before: date | None
    setup: Exact = Field(description="Once per call.")
    minute: Exact
    offpeak: Exact | None = Field(description="A minute off-peak; null for the same.")
    first_seconds: int
    next_seconds: int
    later_after_seconds: int = Field(description="From this second on the later price holds; 0 for never.")
    later_minute: Exact
    later_next_seconds: int
    markup: Exact | None = Field(description="Share of the buy price on top: 0.2 is 20 %.")
    minimum: Exact | None
    maximum: Exact | None


class RateGiven(Body):
    """A rate from a day on. What is left out stays as in the rate that it corrects or follows."""

    prefix: Line = Field(description='Digits with the country code, "=112" for a number as it is dialled, or "onnet".')
    valid_from: Day
    valid_before: Day = LEFT_OUT
    ends: bool = Field(False, description="The prefix has no rate from the day on.")
    destination: Line = LEFT_OUT
    category: Category = LEFT_OUT
    product_id: Id | None = LEFT_OUT
    setup: Exact = LEFT_OUT
    minute: Exact = LEFT_OUT
    offpeak: Exact | None = LEFT_OUT
    first_seconds: int = LEFT_OUT
    next_seconds: int = LEFT_OUT
    later_after_seconds: int = LEFT_OUT
    later_minute: Exact = LEFT_OUT
    later_next_seconds: int = LEFT_OUT
    markup: Exact | None = LEFT_OUT
    minimum: Exact | None = LEFT_OUT
    maximum: Exact | None = LEFT_OUT

    def entry(self) -> RateEntry:
        """The rate as the command takes it."""
        terms = self.given()
        for name in ("prefix", "valid_from", "valid_before", "ends"):
            terms.pop(name, None)
        if "category" in terms:
            terms["category"] = category_number(terms["category"])
        return RateEntry(self.prefix, self.valid_from, self.valid_before, terms, self.ends)


class RatesGiven(Body):
    """Rates to be laid into a deck."""

    model_config = with_example(
        {"rates": [{"prefix": "4915", "valid_from": "2026-10-01", "destination": "Germany, mobile", "minute": "0.049"}]}
    )

    rates: Annotated[list[RateGiven], Field(min_length=1, max_length=RATES_MAX)]


class RateOutcome(Shown):
    """What became of one rate."""

    position: int = Field(description="Which of those that were sent, counted from 1.")
    outcome: Literal["accepted", "unchanged", "rejected"]
    code: str = Field("", description="Which problem it is, as of a refused request.")
    why: str = ""


class RatesLaid(Shown):
    """How many rates were accepted, unchanged and rejected, and which were rejected."""

    accepted: int
    unchanged: int
    rejected: list[RateOutcome]


class DeckRateUsed(DeckRateShown):
    """A rate with last month's calls of its prefix, once that month is rated; null before, and where there are none."""

    calls: int | None
    seconds: int | None
    amount: Exact | None = Field(description="What they came to; of a deck that is bought by, at its prices.")


def show_rate(rate: Rate) -> DeckRateShown:
    """The rate as an answer says it."""
    plain = {name: getattr(rate, name) for name in DeckRateShown.model_fields if name != "category"}
    return DeckRateShown(**plain, category=category_word(rate.category))


def _with_use(rate: Rate, use: DeckUse | None) -> DeckRateUsed:
    made = None if use is None else use.by_prefix.get(rate.prefix)
    return DeckRateUsed(
        **show_rate(rate).model_dump(),
        calls=None if made is None else made.calls,
        seconds=None if made is None else made.seconds,
        amount=None if made is None else scaled(made.amount_e6, 6),
    )


class RatesOn(Paging, OnDay):
    """The day whose rates are listed, and the beginning of their prefixes."""

    prefix: Line = ""


@decks.read("/rate-decks/{deck_id}/rates")
def list_rates(request: ApiRequest, deck_id: Id, asked: Annotated[RatesOn, Query()]) -> Page[DeckRateUsed]:
    """List the rates of a deck that hold on a day, with last month's calls of each."""
    use = deck_use(acting=request.acting, deck=deck_of(request.acting, deck_id), month=last_month(request.today))
    rows = rates_on(request.acting, deck_id, asked.on or request.today)
    return page_of(rows.filter(prefix__startswith=asked.prefix), asked, each(lambda rate: _with_use(rate, use)))


@decks.write("PUT", "/rate-decks/{deck_id}/rates")
def put_rates(request: ApiRequest, deck_id: Id, body: RatesGiven) -> RatesLaid:
    """Lay up to 5,000 rates into a deck; each ends the one of its prefix before it.

    Those that are refused are left out and told; the others stand.
    """
    results = commands.lay_rates(
        acting=request.acting, deck_id=deck_id, entered=[each.entry() for each in body.rates], now=request.now
    )
    rejected = [
        RateOutcome(position=position, outcome="rejected", code=code_of(type(result)), why=reason_of(result))
        for position, result in enumerate(results, start=1)
        if isinstance(result, Refused)
    ]
    return RatesLaid(accepted=_count(results, "accepted"), unchanged=_count(results, "unchanged"), rejected=rejected)


def _count(results: list[RateResult], kind: str) -> int:
    return sum(result == kind for result in results)


class EndBefore(Body):
    """The first day on which something no longer holds."""

    model_config = with_example({"valid_before": "2027-01-01"})

    valid_before: Day


@decks.write("POST", "/rates/{rate_id}/end")
def end_rate(request: ApiRequest, rate_id: Id, body: EndBefore) -> DeckRateShown:
    """End a rate before a day; calls from then on go by a shorter prefix, or have no price."""
    return show_rate(
        commands.end_rate(acting=request.acting, rate_id=rate_id, valid_before=body.valid_before, now=request.now)
    )


# --- plans ----------------------------------------------------------------------------------------------------------


class PlanDeckShown(Shown):
    """That a plan prices calls by a deck from a day until before another."""

    id: int
    plan_id: int
    deck_id: int
    incoming: bool
    component: int = Field(description="0 is the price of the call itself, others come on top.")
    required: bool = Field(description="Whether a call without a rate in it is unpriced.")
    valid_from: date
    valid_before: date | None


class NewPlanDeck(Body):
    """The deck that a plan prices calls by from a day on."""

    model_config = with_example({"deck_id": 7, "valid_from": "2026-10-01"})

    deck_id: Id
    valid_from: Day
    valid_before: Day = LEFT_OUT
    component: int = LEFT_OUT
    required: bool = LEFT_OUT


def show_plan_deck(link: PlanDeck) -> PlanDeckShown:
    """The deck of a plan as an answer says it."""
    return PlanDeckShown.model_validate(link, from_attributes=True)


@decks.read("/price-plans/{plan_id}/rate-decks")
def list_plan_decks(request: ApiRequest, plan_id: Id, paging: Paged) -> Page[PlanDeckShown]:
    """List the decks that a plan prices calls by, ever."""
    return page_of(plan_decks_of(request.acting, plan_of(request.acting, plan_id).pk), paging, each(show_plan_deck))


@decks.write("POST", "/price-plans/{plan_id}/rate-decks", status=HTTPStatus.CREATED)
def set_plan_deck(request: ApiRequest, plan_id: Id, body: NewPlanDeck) -> PlanDeckShown:
    """Have a plan price calls by a deck from a day on; the deck before it in this component ends there."""
    return show_plan_deck(
        commands.set_plan_deck(acting=request.acting, plan_id=plan_id, now=request.now, **body.given())
    )


@decks.write("POST", "/plan-decks/{link_id}/end")
def end_plan_deck(request: ApiRequest, link_id: Id, body: EndBefore) -> PlanDeckShown:
    """End the pricing by a deck before a day; calls from then on have no price until another is set."""
    return show_plan_deck(
        commands.end_plan_deck(acting=request.acting, link_id=link_id, valid_before=body.valid_before, now=request.now)
    )
