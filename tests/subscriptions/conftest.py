"""A seller with a customer and two products, another seller beside it, and a subscription to change."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rebill.access.acting import Acting, Role
from rebill.catalogue.models import Product, ProductKind, SummaryGroup
from rebill.parties.models import Customer, Seller
from rebill.subscriptions.commands import StartTerms, start_subscription
from rebill.subscriptions.models import Subscription

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """A seller, who acts for it, and what it has."""

    seller: Seller
    acting: Acting
    customer: Customer
    hosting: Product
    domain: Product


def open_shop(slug: str) -> Shop:
    seller = Seller.objects.create(slug=slug, name=slug.title())
    customer = Customer.objects.create(seller=seller, number="10482", name="Bakkerij Smit", created_at=NOW)
    hosting, domain = (
        Product.objects.create(
            seller=seller,
            code=code,
            names={"nl": name},
            kind=ProductKind.RECURRING,
            summary_group=SummaryGroup.RECURRING,
        )
        for code, name in (("HOST-S", "Hosting klein"), ("DOMAIN-NL", "Domeinnaam .nl"))
    )
    return Shop(seller, Acting(seller_id=seller.pk, role=Role.CLERK), customer, hosting, domain)


@pytest.fixture
def shop(db) -> Shop:
    return open_shop("noordwal")


@pytest.fixture
def other_shop(db) -> Shop:
    return open_shop("zuidkade")


@pytest.fixture
def hosting(shop: Shop) -> Subscription:
    """Ten units of hosting from 1 March 2026."""
    return start_subscription(
        acting=shop.acting,
        customer=shop.customer,
        product=shop.hosting,
        terms=StartTerms(quantity=Decimal(10), start_on=date(2026, 3, 1), reference="PO 1"),
        now=NOW,
    )
