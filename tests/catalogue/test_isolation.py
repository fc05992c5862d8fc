"""Another seller's rows are not found: asked of every query and command of parties and catalogue there is."""

import inspect
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest
from django.db.models import QuerySet

import rebill.catalogue.commands
import rebill.catalogue.queries
import rebill.parties.commands
import rebill.parties.queries
from rebill.access.scopes import ALL_SCOPES
from rebill.catalogue.commands import (
    ResaleTerms,
    create_bundle,
    create_peak_times,
    create_rate_deck,
    import_rates,
    set_plan_deck,
    set_rate,
)
from rebill.catalogue.models import Product, RateImport
from rebill.kit.errors import NotFound
from rebill.kit.imports.outcomes import ImportRecord
from rebill.parties.commands import add_contact, change_look, create_token
from rebill.parties.models import Customer, Seller
from rebill.rules.resale import ResaleKind
from tests.factories import (
    NOW,
    acting_of,
    assign_plan,
    make_customer,
    make_customer_price,
    make_plan,
    make_plan_price,
    make_product,
    make_seller,
)

pytestmark = pytest.mark.django_db

# What questions and commands are asked with, besides ids.
SAID: dict[str, Any] = {
    "now": NOW,
    "on": date(2026, 9, 1),
    "valid_from": date(2026, 10, 1),
    "valid_before": date(2026, 11, 1),
    "search": "",
    "name": "Rederij Nauta",
    "number": "30482",
    "code": "another",
    "prefix": "49",
    "entered": (),
    "chosen": False,
    "price": None,
    "billed_before": None,
    "owner": None,
    "slug": "dealer",
    "email": "dirk@delta.example",
    "terms": ResaleTerms(kind=ResaleKind.PERCENT, value=Decimal(20)),
}
# Queries that name a row by something else than its id, with what the other seller's row is called.
NAMED = {"customer_by_number": "20482", "product_by_code": "CHAIR", "plan_by_code": "theirs"}


def public_functions(*modules: ModuleType) -> Iterator[Callable[..., Any]]:
    for module in modules:
        for name, function in sorted(inspect.getmembers(module, inspect.isfunction)):
            is_ours = function.__module__.startswith(module.__name__)
            if is_ours and not name.startswith("_") and "acting" in inspect.signature(function).parameters:
                yield function


QUERIES = list(public_functions(rebill.parties.queries, rebill.catalogue.queries))
COMMANDS = list(public_functions(rebill.parties.commands, rebill.catalogue.commands))


def ids_asked(function: Callable[..., Any]) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name.endswith("_id")]


def rows_of(seller: Seller, *, customer: str, product: str, plan: str) -> dict[str, int]:
    """One of everything a query or command may be asked for, by the name of its argument."""
    acting = acting_of(seller)
    buyer = make_customer(seller, number=customer)
    contact = add_contact(acting=acting, customer_id=buyer.pk, name="Femke Nauta", now=NOW)
    chair = make_product(seller, product)
    price = make_plan_price(chair, plan=make_plan(seller, plan))
    above = make_seller()
    offered = make_product(above)
    seller.as_customer = make_customer(above)
    seller.save(update_fields=["as_customer"])
    make_customer_price(buyer, chair, Decimal(5))
    assign_plan(buyer, price.plan, valid_from=date(2026, 1, 1))
    deck = create_rate_deck(acting=acting, code=plan, product_id=chair.pk, now=NOW)
    said = {"acting": acting, "valid_from": date(2026, 1, 1), "now": NOW}
    line = {"deck_code": plan, "valid_from": date(2026, 1, 1), "prefix": "31", "minute": Decimal(1)}
    import_rates(acting=acting, records=[ImportRecord(line=2, values=line)], now=NOW)
    waiting = RateImport.objects.get(deck=deck)
    return {
        "customer_id": buyer.pk,
        "deck_id": deck.pk,
        "import_id": waiting.pk,
        "row_id": waiting.rows.get().pk,
        "rate_id": set_rate(deck_id=deck.pk, prefix="49", minute=Decimal(1), **said).pk,
        "link_id": set_plan_deck(plan_id=price.plan_id, deck_id=deck.pk, **said).pk,
        "peak_times_id": create_peak_times(acting=acting, code=plan, now=NOW).pk,
        "bundle_id": create_bundle(name=plan, customer_id=buyer.pk, categories=[1], minutes=5, **said).pk,
        "contact_id": contact.pk,
        "account_id": seller.accounts.get().pk,
        "product_id": chair.pk,
        "resells_id": offered.pk,
        "plan_id": price.plan.pk,
        "price_id": price.pk,
        "look_id": change_look(acting=acting, accent_colour="#0d6b62", now=NOW).pk,
        "user_id": acting.user_id,
        "token_id": create_token(acting=acting, name="Shop", scopes=[ALL_SCOPES[0]], now=NOW)[0].pk,
    }


@pytest.fixture
def ours():
    """The acting seller and the ids of its rows."""
    seller = make_seller()
    return seller, rows_of(seller, customer="10482", product="SEAT", plan="ours")


@pytest.fixture
def theirs():
    """Another seller's ids."""
    return rows_of(make_seller(), customer="20482", product="CHAIR", plan="theirs")


def asked(function: Callable[..., Any], acting, ids: dict[str, int]) -> Any:
    known = {"acting": acting, **SAID, **ids}
    wanted = inspect.signature(function).parameters.values()
    return function(**{each.name: known[each.name] for each in wanted if each.name in known})


BY_ID = [function for function in QUERIES + COMMANDS if ids_asked(function)]


@pytest.mark.parametrize("function", BY_ID, ids=lambda function: function.__name__)
def test_another_sellers_id_is_not_found(function, ours, theirs):
    seller, ids = ours

    for name in ids_asked(function):
        with pytest.raises(NotFound):
            asked(function, acting_of(seller), {**ids, name: theirs[name]})


LISTS = [function for function in QUERIES if "QuerySet" in str(inspect.signature(function).return_annotation)]


@pytest.mark.parametrize("function", LISTS, ids=lambda function: function.__name__)
def test_lists_hold_rows_of_the_acting_seller_only(function, ours, theirs):
    seller, ids = ours

    found = asked(function, acting_of(seller), ids)

    assert isinstance(found, QuerySet)
    owners = {getattr(row, "seller_id", None) or row.customer.seller_id for row in found}
    assert owners == {seller.pk}


@pytest.mark.parametrize(
    "function", [each for each in QUERIES if each.__name__ in NAMED], ids=lambda each: each.__name__
)
def test_another_sellers_codes_and_numbers_are_not_found(function, ours, theirs):
    seller, _ids = ours

    with pytest.raises(NotFound):
        function(acting_of(seller), NAMED[function.__name__])


def test_nothing_is_left_out():
    # What takes neither an id nor a name is about the acting seller itself, or adds to it.
    unproved = {each.__name__ for each in QUERIES + COMMANDS if each not in BY_ID + LISTS} - NAMED.keys()

    assert unproved == {
        "add_seller_account",
        "change_look",
        "change_seller",
        "count_customers",
        "create_customer",
        "create_customers",
        "create_peak_times",
        "create_price_plan",
        "create_product",
        "create_token",
        "default_plan_of",
        "enter_portal",
        "grant_role",
        "import_customers",
        "import_prices",
        "import_products",
        "import_rates",
        "invite_member",
        "make_portal_link",
        "name_dimension",
        "record_token_use",
        "revoke_role",
        "seller_of",
        "set_number_series",
    }


@pytest.mark.parametrize(
    ("command", "line", "model"),
    [
        (rebill.parties.commands.import_customers, {"number": "20482", "name": "Ours"}, Customer),
        (rebill.catalogue.commands.import_products, {"code": "CHAIR", "name": "Ours"}, Product),
    ],
)
def test_an_import_leaves_another_sellers_rows_alone(command, line, model, ours, theirs):
    seller, _ids = ours
    before = list(model.objects.exclude(seller=seller).values())

    [outcome] = command(acting=acting_of(seller), records=[ImportRecord(line=2, values=line)], now=NOW)

    assert outcome.kind == "accepted"
    assert list(model.objects.exclude(seller=seller).values()) == before
