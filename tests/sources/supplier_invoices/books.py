"""An accounting firm that re-bills a supplier's invoices: its customers, products and what it makes of them."""

from datetime import date
from decimal import Decimal
from typing import Any

from rebill.catalogue.models import Product
from rebill.charges.models import Charge
from rebill.parties.models import Customer
from rebill.runs.commands import rebill_purchase
from rebill.runs.commands.rebilling import Rebilled
from rebill.runs.models import Draft
from rebill.sources.supplier_invoices.commands import (
    assign_price_group,
    renew_matches,
    set_price_factor,
    take_purchase_invoice,
)
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms
from rebill.sources.supplier_invoices.models import PurchaseInvoice
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of
from rebill.sources.supplier_invoices.queries.splitting import Split, split_invoice
from tests.factories import NOW, acting_of, make_customer, make_product, make_seller
from tests.sources.supplier_invoices.written import Finvoice

BILLED_ON = date(2026, 11, 3)
YRITYS, TOINEN = ("1478523-2", "Yritys Oy"), ("0201256-6", "Toinen Oy")
SINCE = date(2026, 1, 1)


class Firm:
    """A Finnish accounting firm with two customers and one product."""

    def __init__(self, slug: str = "tilitoimisto", **terms: Any) -> None:
        said = {"country": "FI", "vat_id": "FI20774740", "chamber_id": "2077474-0", "language": "fi", **terms}
        self.seller = make_seller(slug, **said)
        self.acting = acting_of(self.seller)
        self.yritys = self.customer(YRITYS)
        self.toinen = self.customer(TOINEN)
        self.product = self.sells("NV-1", name="Netvisor Premium")

    def customer(self, party: tuple[str, str], **terms: Any) -> Customer:
        number, name = party
        return make_customer(self.seller, name=name, chamber_id=number, country="FI", **terms)

    def sells(self, code: str, *, name: str = "") -> Product:
        return make_product(self.seller, code, name=name)

    def take(self, finvoice: Finvoice) -> PurchaseInvoice:
        return take_purchase_invoice(acting=self.acting, content=finvoice.written(), file_name="finvoice.xml", now=NOW)

    def read_again(self, invoice: PurchaseInvoice) -> None:
        renew_matches(acting=self.acting, invoice_id=invoice.pk, now=NOW)

    def margin(self, factor: str, *customers: Customer, product: Product | None = None, **days: date) -> None:
        """These customers pay the buy price times the factor."""
        said = {"acting": self.acting, "now": NOW, "group": "Margin"}
        assign_price_group(customer_ids=[each.pk for each in customers], **said)
        product_id = None if product is None else product.pk
        set_price_factor(factor=Decimal(factor), product_id=product_id, **{"valid_from": SINCE, **days}, **said)

    def split(self, invoice: PurchaseInvoice) -> Split:
        return split_invoice(self.acting, purchase_invoice_of(self.acting, invoice.pk))

    def rebill(
        self, invoice: PurchaseInvoice, *, goes_on: bool = False, rows_max: int | None = None, **terms: Any
    ) -> Rebilled:
        said = RebillingTerms(**{"invoice_on": BILLED_ON, **terms})
        return rebill_purchase(
            acting=self.acting, purchase_id=invoice.pk, terms=said, now=NOW, goes_on=goes_on, rows_max=rows_max
        )

    def drafts(self, *states: str) -> list[Draft]:
        """The drafts there are, by customer; those thrown away only when they are asked for."""
        wanted = states or ("open", "held", "approved", "issued")
        return list(Draft.objects.filter(seller=self.seller, state__in=wanted).order_by("customer__name", "id"))

    def charges(self) -> list[Charge]:
        return list(Charge.objects.filter(seller=self.seller).order_by("id"))
