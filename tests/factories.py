"""A seller, customers, products and prices in as few words as a test needs, made with the real commands."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from rebill.access.acting import Acting, Role
from rebill.access.commands import create_user
from rebill.access.models import User
from rebill.catalogue.commands import (
    assign_price_plan,
    create_price_plan,
    create_product,
    set_customer_price,
    set_price,
)
from rebill.catalogue.models import PlanAssignment, Price, PricePlan, Product, ProductKind
from rebill.catalogue.queries import default_plan_of
from rebill.kit.models import Event
from rebill.parties.commands import add_seller_account, create_customer, create_seller, set_number_series
from rebill.parties.models import Customer, Seller, SeriesPurpose

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
TODAY = date(2026, 9, 1)
SINCE_EVER = date(2020, 1, 1)

NOORDWAL_ADDRESS = {"street": "Herengracht 1", "postcode": "1015 BA", "city": "Amsterdam", "country": "NL"}
CUSTOMER_ADDRESS = {"street": "Zuiderkade 3", "postcode": "8860 ZZ", "city": "Harlingen", "country": "NL"}

_numbers = count(1)


def make_user(username: str = "", **changes: Any) -> User:
    """A person who may sign in, without a role."""
    username = username or f"user{next(_numbers)}"
    return create_user(acting=None, username=username, email=f"{username}@noordwal.example", now=NOW, **changes)


def make_seller(slug: str = "", *, owner: User | None = None, now: datetime = NOW, **terms: Any) -> Seller:
    """A Dutch seller that can issue: with address, VAT id, bank account and series for both kinds of documents."""
    slug = slug or f"seller-{next(_numbers)}"
    said = {"vat_id": "NL004495445B01", "chamber_id": "34117045", **NOORDWAL_ADDRESS, **terms}
    name = said.pop("name", "Noordwal ICT")
    seller = create_seller(owner=owner or make_user(), slug=slug, name=name, **said, now=now)
    make_ready_to_issue(seller, now=now)
    return seller


def make_ready_to_issue(seller: Seller, *, now: datetime = NOW) -> None:
    """Gives a seller a bank account, and series for both kinds of documents."""
    acting = acting_of(seller)
    add_seller_account(acting=acting, iban="NL91ABNA0417164300", bic="ABNANL2A", holder=seller.name, now=now)
    for purpose, pattern in (
        (SeriesPurpose.INVOICE, "{year}-{number:05}"),
        (SeriesPurpose.CREDIT_NOTE, "C{year}-{number:05}"),
    ):
        set_number_series(acting=acting, purpose=purpose, pattern=pattern, today=now.date(), now=now)


def acting_of(seller: Seller, *, role: Role = Role.OWNER) -> Acting:
    """Somebody who acts for the seller: its first owner unless another role is asked for."""
    owner = seller.memberships.order_by("id").first()
    user_id = owner.user_id if owner is not None and role is Role.OWNER else None
    return Acting(seller_id=seller.pk, role=role, user_id=user_id)


def make_customer(seller: Seller, *, name: str = "", number: str | None = None, **terms: Any) -> Customer:
    """A Dutch business with an address and an e-mail address, and the next customer number unless one is given."""
    position = next(_numbers)
    said = {"invoice_emails": [f"invoices{position}@customer.example"], **CUSTOMER_ADDRESS, **terms}
    now = said.pop("now", NOW)
    return create_customer(
        acting=acting_of(seller),
        name=name or f"Customer {position}",
        number=number if number is not None else str(10_000 + position),
        **said,
        now=now,
    )


def make_product(
    seller: Seller,
    code: str = "",
    *,
    name: str = "",
    kind: str = ProductKind.RECURRING,
    now: datetime = NOW,
    **terms: Any,
) -> Product:
    """A product at the standard rate, without a price."""
    code = code or f"P{next(_numbers)}"
    acting = acting_of(seller)
    return create_product(acting=acting, code=code, name=name or f"Product {code}", kind=kind, **terms, now=now)


def make_plan(seller: Seller, code: str = "", *, now: datetime = NOW) -> PricePlan:
    """A price plan; the seller's first is its default one."""
    code = code or f"plan{next(_numbers)}"
    return create_price_plan(acting=acting_of(seller), code=code, name=f"Plan {code}", now=now)


def make_plan_price(
    product: Product,
    unit_price: str | Decimal = "10",
    *,
    valid_from: date = SINCE_EVER,
    plan: PricePlan | None = None,
    currency: str = "",
    now: datetime = NOW,
    **terms: Any,
) -> Price:
    """What the product costs in the plan from the day on: in the seller's default plan, made if there is none."""
    acting = acting_of(product.seller)
    plan = plan or default_plan_of(acting) or make_plan(product.seller, "standard", now=now)
    return set_price(
        acting=acting,
        plan_id=plan.pk,
        product_id=product.pk,
        valid_from=valid_from,
        unit_price=Decimal(unit_price),
        **terms,
        currency=currency,
        now=now,
    )


def make_customer_price(
    customer: Customer,
    product: Product,
    unit_price: str | Decimal,
    *,
    valid_from: date = SINCE_EVER,
    currency: str = "",
    now: datetime = NOW,
    **terms: Any,
) -> Price:
    """What the product costs this customer, whatever its plan says."""
    return set_customer_price(
        acting=acting_of(product.seller),
        customer_id=customer.pk,
        product_id=product.pk,
        valid_from=valid_from,
        unit_price=Decimal(unit_price),
        **terms,
        currency=currency,
        now=now,
    )


def assign_plan(customer: Customer, plan: PricePlan, *, valid_from: date, now: datetime = NOW) -> PlanAssignment:
    """The customer has the plan from the day on."""
    return assign_price_plan(
        acting=acting_of(customer.seller), customer_id=customer.pk, plan_id=plan.pk, valid_from=valid_from, now=now
    )


def make_priced_product(seller: Seller, unit_price: str | Decimal = "10", **terms: Any) -> Product:
    """A monthly product that costs this in the default plan, since ever."""
    product = make_product(seller, **terms)
    make_plan_price(product, unit_price)
    return product


def events_of(seller: Seller) -> list[Mapping[str, Any]]:
    """What was recorded for the seller, oldest first: type, verb, actor and details."""
    return list(
        Event.objects.filter(seller_id=seller.pk)
        .order_by("id")
        .values("subject_type", "subject_id", "verb", "actor_id", "occurred_at", "details")
    )
