"""A seller in domain words, for stories: what a partner does, on which day."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from rebill.catalogue.models import Product
from rebill.charges.models import Charge
from rebill.invoices.commands import issue_invoices
from rebill.invoices.commands.issuing import Issued
from rebill.invoices.models import Invoice
from rebill.parties.models import Customer
from rebill.runs.commands import approve_drafts, change_invoice_date, discard_drafts, prepare_run
from rebill.runs.commands.approving import Approved
from rebill.runs.commands.preparing import Prepared
from rebill.runs.models import Draft, DraftState
from rebill.sources.oneoff.commands import LineTerms, add_credit, add_interim_line
from rebill.subscriptions.commands import StartTerms, cancel_subscription, start_subscription
from rebill.subscriptions.models import Subscription
from tests import factories

LONG_AGO = date(2020, 1, 1)


class Month:
    """One seller, its customers and subscriptions, and its runs."""

    def __init__(self, **terms: Any) -> None:
        self.seller = factories.make_seller(**terms)
        self.acting = factories.acting_of(self.seller)
        self.plan = factories.make_plan(self.seller)
        self.products: dict[str, Product] = {}

    @staticmethod
    def at(day: date) -> datetime:
        return datetime.combine(day, time(8), tzinfo=UTC)

    def customer(self, name: str, **terms: Any) -> Customer:
        return factories.make_customer(self.seller, name=name, **terms)

    def product(self, code: str) -> Product:
        if code not in self.products:
            self.products[code] = factories.make_product(self.seller, code=code)
        return self.products[code]

    def set_price(self, code: str, price: str, *, valid_from: date, months: int = 1) -> None:
        factories.make_plan_price(self.product(code), price, valid_from=valid_from, plan=self.plan, months=months)

    def subscribe(
        self,
        customer: Customer,
        code: str,
        *,
        start_on: date,
        price: str | None = "12.50",
        price_months: int = 1,
        quantity: str = "1",
        months: int = 1,
        **terms: Any,
    ) -> Subscription:
        product = self.product(code)
        if price is not None and not product.prices.exists():
            self.set_price(code, price, valid_from=LONG_AGO, months=price_months)
        return start_subscription(
            acting=self.acting,
            customer=customer,
            product=product,
            terms=StartTerms(quantity=Decimal(quantity), start_on=start_on, billing_months=months, **terms),
            now=self.at(start_on),
        )

    def cancel(self, subscription: Subscription, **days: date) -> None:
        cancel_subscription(acting=self.acting, subscription=subscription, now=self.at(LONG_AGO), **days)

    def add_line(self, customer: Customer, text: str, *, price: str, on: date) -> None:
        terms = LineTerms(quantity=Decimal(1), unit_price=Decimal(price), supplied_on=on, description=text)
        add_interim_line(acting=self.acting, customer=customer, terms=terms, now=self.at(on))

    def add_credit(self, customer: Customer, text: str, *, price: str, on: date) -> None:
        terms = LineTerms(quantity=Decimal(1), unit_price=Decimal(price), supplied_on=on, description=text)
        add_credit(acting=self.acting, customer=customer, terms=terms, now=self.at(on))

    def prepare(self, day: date) -> Prepared:
        return prepare_run(acting=self.acting, billed_on=day, now=self.at(day))

    def drafts(self):
        return Draft.objects.filter(seller=self.seller)

    def charges_of(self, draft: Draft) -> list[Charge]:
        return list(Charge.objects.filter(claim=draft.pk).order_by("id"))

    def approve_all(self) -> Approved:
        return approve_drafts(acting=self.acting, drafts=self.drafts(), now=self.at(LONG_AGO))

    def discard_all(self) -> int:
        drafts = self.drafts().filter(state=DraftState.OPEN)
        return discard_drafts(acting=self.acting, drafts=drafts, reason="Again", now=self.at(LONG_AGO))

    def date_invoices(self, run_id: int, day: date) -> None:
        change_invoice_date(acting=self.acting, run_id=run_id, invoice_on=day, now=self.at(day))

    def issue(self, day: date) -> Issued:
        return issue_invoices(acting=self.acting, today=day, now=self.at(day))

    def bill_on(self, day: date) -> None:
        """The whole run of one day: prepare, approve everything that may go, issue."""
        self.prepare(day)
        self.approve_all()
        self.issue(day)

    def invoices(self) -> list[Invoice]:
        return list(Invoice.objects.filter(seller=self.seller).order_by("id"))
