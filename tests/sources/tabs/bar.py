"""A bar with tabs in domain words: who buys what on which tab, and what is billed of it."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rebill.catalogue.models import Product
from rebill.charges.models import Charge
from rebill.invoices.commands import issue_invoices, withdraw_invoice
from rebill.invoices.models import Invoice
from rebill.parties.models import Customer, Seller
from rebill.rules.money import Money
from rebill.rules.tax import RateClass
from rebill.runs.commands import approve_drafts, discard_drafts, prepare_run, prepare_tabs
from rebill.runs.models import Draft, DraftState
from rebill.sources.tabs.checks import check_tabs
from rebill.sources.tabs.commands import (
    OrderLine,
    OrderTerms,
    accept_tab_terms,
    book_tab_order,
    cancel_tab_order,
    open_tab,
    place_tab_order,
    refund_tab_order,
    settle_tab_order,
)
from rebill.sources.tabs.models import Tab, TabOrder, TabStatus
from rebill.sources.tabs.texts import CURRENT
from tests import factories

EVENING = datetime(2026, 8, 28, 19, 14, tzinfo=UTC)
SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


class Bar:
    """One seller that accepted the terms, and its tabs."""

    def __init__(self, seller: Seller | None = None, **terms: Any) -> None:
        self.seller = seller or factories.make_seller(**terms)
        self.acting = factories.acting_of(self.seller)
        accept_tab_terms(acting=self.acting, version=CURRENT, language="nl", now=EVENING)
        self._keys = 0

    def customer(self, name: str = "Zeilschool Lauwers", **terms: Any) -> Customer:
        return factories.make_customer(self.seller, name=name, **terms)

    def product(self, code: str, rate_class: RateClass = RateClass.STANDARD) -> Product:
        return factories.make_product(self.seller, code, name=code.title(), rate_class=rate_class.value)

    def tab(self, limit: str = "100", *, customer: Customer | None = None, **terms: Any) -> Tab:
        customer = customer or self.customer()
        currency = customer.currency or self.seller.currency
        said = {"status": TabStatus.ACTIVE, "may_buy": True, **terms}
        return open_tab(
            acting=self.acting, customer_id=customer.pk, limit=Money.of(limit, currency), **said, now=EVENING
        )

    def terms(self, *lines: Any, key: str = "", **terms: Any) -> OrderTerms:
        """An order of lines, each a price or (what, quantity, price[, VAT in percent])."""
        self._keys += 1
        said = [
            OrderLine(description="Bier", quantity=Decimal(1), unit_price=Decimal(line))
            if isinstance(line, str)
            else OrderLine(
                description=line[0],
                quantity=Decimal(line[1]),
                unit_price=Decimal(line[2]),
                vat_percent=Decimal(line[3]) if len(line) > 3 else None,
            )
            for line in lines
        ]
        return OrderTerms(key=key or f"order-{self._keys}", ordered_at=terms.pop("at", EVENING), lines=said, **terms)

    def buy(self, tab: Tab, *lines: Any, **terms: Any) -> TabOrder:
        how = {name: terms.pop(name) for name in ("reserve", "is_late") if name in terms}
        return place_tab_order(acting=self.acting, tab_id=tab.pk, terms=self.terms(*lines, **terms), now=EVENING, **how)

    def book(self, order: TabOrder, *lines: Any) -> TabOrder:
        terms = self.terms(*lines, key=order.key) if lines else None
        return book_tab_order(acting=self.acting, key=order.key, terms=terms, now=EVENING)

    def cancel(self, key: str, **how: Any) -> TabOrder | None:
        return cancel_tab_order(acting=self.acting, key=key, now=EVENING, **how)

    def settle(self, key: str, **how: Any) -> TabOrder | None:
        return settle_tab_order(acting=self.acting, key=key, now=EVENING, **how)

    def give_back(self, order: TabOrder, key: str, **how: Any) -> TabOrder:
        return refund_tab_order(
            acting=self.acting, key=order.key, refund_key=key, ordered_at=EVENING, now=EVENING, **how
        )

    def balance(self, tab: Tab) -> str:
        tab.refresh_from_db()
        return str(tab.balance.decimal)

    def states(self, tab: Tab) -> dict[str, str]:
        """How each order of the tab stands, by its key."""
        return dict(TabOrder.objects.filter(tab=tab).order_by("id").values_list("key", "state"))

    def prepare(self, day: date = SEPTEMBER) -> None:
        prepare_run(acting=self.acting, billed_on=day, now=EVENING)

    def bill_now(self, *tabs: Tab, layout: str = "", day: date = SEPTEMBER) -> None:
        prepare_tabs(acting=self.acting, tab_ids=[tab.pk for tab in tabs], billed_on=day, layout=layout, now=EVENING)

    def issue(self, day: date = SEPTEMBER) -> list[Invoice]:
        approve_drafts(acting=self.acting, drafts=Draft.objects.filter(seller=self.seller), now=EVENING)
        before = set(Invoice.objects.values_list("id", flat=True))
        issue_invoices(acting=self.acting, today=day, now=EVENING)
        return list(Invoice.objects.filter(seller=self.seller).exclude(id__in=before).order_by("id"))

    def withdraw(self, invoice: Invoice, day: date = SEPTEMBER) -> Invoice:
        return withdraw_invoice(
            acting=self.acting, invoice_id=invoice.pk, reason="Verkeerd verzonden", today=day, now=EVENING
        )

    def discard(self) -> None:
        drafts = Draft.objects.filter(seller=self.seller, state=DraftState.OPEN)
        discard_drafts(acting=self.acting, drafts=drafts, reason="Again", now=EVENING)

    def charges(self) -> list[Charge]:
        """The charges that are billed or wait to be."""
        return list(Charge.objects.filter(seller=self.seller, waived_reason="").order_by("id"))

    def problems(self) -> list[str]:
        return [problem.what for problem in check_tabs(acting=self.acting)]
