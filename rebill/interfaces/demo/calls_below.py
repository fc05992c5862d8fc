"""Dealers that sell calls on: each prices them by a deck of its own, on top of what the seller above asks for them."""

from collections.abc import Mapping
from decimal import Decimal

from rebill.access.acting import Acting
from rebill.catalogue.commands import create_price_plan, create_rate_deck, lay_rates, set_plan_deck
from rebill.catalogue.commands.laying_rates import RateEntry
from rebill.catalogue.deck_fields import RateTerms
from rebill.catalogue.queries import plans_of
from rebill.interfaces.demo.calls import RATES, DemoRate, call_product
from rebill.interfaces.demo.stage import Stage
from rebill.parties.queries import customer_by_number
from rebill.sources.usage.commands import add_endpoint
from rebill.sources.usage.models import Endpoint, EndpointKind

_DECK = _PLAN = "bellen"


def sell_calls_on(stage: Stage, acting: Acting, *, share: str, accounts: Mapping[str, str]) -> None:
    """At such a share on top; `accounts` are the dealer's customers by their accounts at the switch."""
    now, since = stage.days.corrected_at, stage.days.month
    product = call_product(acting, now)
    if not plans_of(acting).exists():
        deck = create_rate_deck(acting=acting, code=_DECK, name="Bellen", product_id=product.pk, now=now)
        plan = create_price_plan(acting=acting, code=_PLAN, name="Bellen", is_default=True, now=now)
        entered = [RateEntry(rate.prefix, since, terms=_terms(rate, share)) for rate in RATES]
        lay_rates(acting=acting, deck_id=deck.pk, entered=entered, now=now)
        set_plan_deck(acting=acting, plan_id=plan.pk, deck_id=deck.pk, valid_from=since, now=now)
    for account, number in accounts.items():
        if not Endpoint.objects.filter(seller_id=acting.seller_id, value=account).exists():
            add_endpoint(
                acting=acting,
                customer_id=customer_by_number(acting, number).pk,
                kind=EndpointKind.ACCOUNT,
                value=account,
                valid_from=since,
                now=now,
            )


def _terms(rate: DemoRate, share: str) -> RateTerms:
    return {
        "destination": rate.destination, "category": rate.category, "minute": Decimal(0), "markup": Decimal(share),
    }  # fmt: skip
