"""A wholesaler, a dealer below it and, where a story wants one, a dealer of the dealer: who sells what to whom."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from rebill.catalogue.commands import ResaleTerms, adopt_product, set_resale_price
from rebill.catalogue.models import Product
from rebill.charges.models import Charge
from rebill.invoices.commands import issue_invoices
from rebill.parties.commands import open_dealer
from rebill.parties.models import Customer, Seller
from rebill.pipeline import prepare, prepare_chain
from rebill.rules.resale import ResaleKind
from rebill.runs.commands import approve_drafts
from rebill.runs.models import Draft
from rebill.subscriptions.commands import StartTerms, start_subscription
from rebill.subscriptions.models import Order, Subscription
from tests import factories

LONG_AGO = date(2020, 1, 1)


class Link:
    """One seller of a chain."""

    def __init__(self, seller: Seller) -> None:
        self.seller = seller
        self.acting = factories.acting_of(seller)

    @classmethod
    def wholesaler(cls, name: str = "Elbtal Kommunikation", **terms: Any) -> "Link":
        return cls(factories.make_seller(name=name, **terms))

    @staticmethod
    def at(day: date) -> datetime:
        return datetime.combine(day, time(8), tzinfo=UTC)

    def dealer(self, name: str = "Delta Telecom", slug: str = "", **terms: Any) -> "Link":
        """A customer of this seller that becomes a dealer."""
        customer = factories.make_customer(self.seller, name=name, **terms)
        slug = slug or f"dealer-{customer.pk}"
        owner = factories.make_user()
        made = Link(open_dealer(acting=self.acting, customer_id=customer.pk, owner=owner, slug=slug, now=factories.NOW))
        factories.make_ready_to_issue(made.seller)
        return made

    def sells(self, code: str, price: str, **terms: Any) -> Product:
        """A monthly product at this price since ever."""
        product = factories.make_product(self.seller, code=code, name=terms.pop("name", ""))
        factories.make_plan_price(product, price, months=1, **terms)
        return product

    def resells(
        self, product: Product, code: str, kind: str = "", value: str = "", *, since: date = LONG_AGO, **terms: Any
    ) -> Product:
        """A product of the seller above, taken over; without a kind it has no price of its own."""
        said = ResaleTerms(kind=ResaleKind(kind), value=Decimal(value)) if kind else None
        return adopt_product(
            acting=self.acting, resells_id=product.pk, code=code, terms=said, valid_from=since, now=factories.NOW,
            **terms,
        )  # fmt: skip

    def asks(self, product: Product | None, kind: str, value: str, *, since: date = LONG_AGO, **terms: Any) -> None:
        set_resale_price(
            acting=self.acting,
            product_id=None if product is None else product.pk,
            terms=ResaleTerms(kind=ResaleKind(kind), value=Decimal(value)),
            valid_from=since,
            now=factories.NOW,
            **terms,
        )

    def customer(self, name: str = "Rederij Nauta", **terms: Any) -> Customer:
        return factories.make_customer(self.seller, name=name, **terms)

    def subscribe(
        self, customer: Customer, product: Product, start_on: date, quantity: str = "1", order: Order | None = None,
        **terms: Any,
    ) -> Subscription:  # fmt: skip
        return start_subscription(
            acting=self.acting, customer=customer, product=product, order=order, now=self.at(start_on),
            terms=StartTerms(quantity=Decimal(quantity), start_on=start_on, **terms),
        )  # fmt: skip

    def prepare(self, day: date) -> None:
        prepare(acting=self.acting, billed_on=day, now=self.at(day))

    def prepare_chain(self, day: date) -> None:
        prepare_chain(acting=self.acting, billed_on=day, now=self.at(day))

    def issue(self, day: date) -> None:
        approve_drafts(acting=self.acting, drafts=Draft.objects.filter(seller=self.seller), now=self.at(day))
        issue_invoices(acting=self.acting, today=day, now=self.at(day))

    def charges(self) -> list[Charge]:
        return list(Charge.objects.filter(seller=self.seller).order_by("id"))

    def billed(self) -> list[tuple[str, Decimal]]:
        """Kind and amount of every charge, in the order they were told."""
        return [(charge.kind, charge.amount.decimal) for charge in self.charges()]
