"""A seller with one of everything that a page can be about, for tests that walk all pages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, ClassVar

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from rebill.access.scopes import ALL_SCOPES
from rebill.catalogue.commands import (
    create_bundle,
    create_peak_times,
    create_rate_deck,
    import_rates,
    set_plan_deck,
    set_rate,
)
from rebill.catalogue.models import RateImport
from rebill.delivery.commands import queue_dispatches
from rebill.delivery.models import Dispatch, PrintBatch
from rebill.exports.commands import keep_line_layout, make_combined_export
from rebill.exports.contract import Layout
from rebill.exports.formats.combined import COMBINED
from rebill.exports.lines.layouts import LinesLayout, Side
from rebill.interfaces.imports.uploads import take_upload
from rebill.invoices.commands import keep_documents
from rebill.invoices.models import Invoice
from rebill.kit.files import store_file
from rebill.kit.imports.options import ImportOptions
from rebill.kit.imports.outcomes import ImportRecord
from rebill.kit.models import Upload
from rebill.parties.commands import add_contact, change_look, create_token
from rebill.parties.models import Seller
from rebill.rules.money import Money
from rebill.runs.models import Draft, DraftState, Run
from rebill.sources.oneoff.models import InterimLine
from rebill.sources.supplier_invoices.commands import assign_price_group, set_price_factor, take_purchase_invoice
from rebill.sources.supplier_invoices.models import PurchaseInvoice
from rebill.sources.tabs.commands import (
    OrderLine,
    OrderTerms,
    TabChanges,
    accept_tab_terms,
    add_holder,
    change_tabs,
    link_holder,
    open_tab,
    place_tab_order,
)
from rebill.sources.tabs.models import Tab, TabStatus
from rebill.sources.tabs.texts import CURRENT
from rebill.sources.usage.commands import add_endpoint, import_call_invoices, keep_switch, take_calls
from rebill.sources.usage.models import CallInvoice, EndpointKind
from rebill.subscriptions.models import Change
from tests.factories import NOW, make_customer, make_customer_price, make_priced_product, make_seller
from tests.sources.supplier_invoices.written import Finvoice, Row
from tests.stories.month import Month
from tests.usage.world import Made, Partner

# Variables of addresses that name a kind of thing, which every seller has, and no row of one seller.
KINDS = {"entity", "kind", "file_kind"}
AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


class World:
    """One seller's August, issued and queued to be sent, and its September in review."""

    _made: ClassVar[dict[int, "World"]] = {}

    def __init__(self, slug: str, customer: str, **terms: Any) -> None:
        self.month = month = Month(slug=slug, **terms)
        self.seller, self.acting = month.seller, month.acting
        self.customer = month.customer(customer, number=f"{month.seller.pk}1")
        above = make_seller(name="Elbtal Kommunikation")
        self.offered = make_priced_product(above, "5.10", code="SEAT")
        self.seller.as_customer = make_customer(above, name=self.seller.name)
        self.seller.save(update_fields=["as_customer"])
        self.layout = keep_line_layout(acting=month.acting, name="ERP", layout=LinesLayout(Side.SALES), now=NOW)
        self.contact = add_contact(
            acting=month.acting, customer_id=self.customer.pk, name="Femke Nauta", email="f@nauta.example", now=NOW
        )
        self.product = month.product("HOSTING-M")
        self.subscription = month.subscribe(self.customer, "HOSTING-M", start_on=AUGUST, quantity="2")
        month.cancel(self.subscription, ends_before=date(2027, 1, 1))
        self.change = Change.objects.get(subscription=self.subscription)
        self.price = make_customer_price(self.customer, month.product("MAIL"), "4.50")
        self.partner = Partner(seller=month.seller)
        self.partner.rate("316", "0.06", destination="Netherlands, mobile")
        self.partner.give_number(self.customer, "31201234567")
        self.partner.take([Made("31201234567", "31612345678", "2026-07-05T09:00", 60)])
        self.partner.rate_month(date(2026, 7, 1))
        month.bill_on(AUGUST)
        self.rating = self.partner.rate_month(date(2026, 7, 1), trial=True)
        self.invoice = Invoice.objects.get(seller=month.seller)
        keep_documents(acting=month.acting, invoice_ids=[self.invoice.pk], content=b"%PDF-1.7", now=NOW)
        queue_dispatches(acting=month.acting, now=NOW)
        self.dispatch = Dispatch.objects.get(seller=month.seller)
        self.batch = PrintBatch.objects.create(
            seller=month.seller,
            made_at=NOW,
            file=store_file(b"%PDF-1.7", media_type="application/pdf", now=NOW),
            letters=1,
        )
        month.add_line(self.customer, "Engineer's hour", price="95", on=SEPTEMBER)
        month.prepare(SEPTEMBER)
        month.add_line(self.customer, "Desk phone T43", price="89", on=SEPTEMBER)
        self.line = InterimLine.objects.filter(customer=self.customer).latest("id")
        self.run = Run.objects.get(seller=month.seller, billed_on=SEPTEMBER)
        self.draft = Draft.objects.get(seller=month.seller, state=DraftState.OPEN)
        layout = Layout(columns=COMBINED.default_columns)
        self.export = make_combined_export(acting=month.acting, month=AUGUST, layout=layout, now=NOW)
        self.purchase = self._bought(customer)
        self.group = set_price_factor(
            acting=month.acting, group=f"Margin of {customer}", factor=Decimal("1.25"), valid_from=AUGUST, now=NOW
        ).group
        assign_price_group(acting=month.acting, group=self.group.name, customer_ids=[self.customer.pk], now=NOW)
        self.upload = self._uploaded(f"Klantnummer;Klantnaam;Kleur\n{month.seller.pk}2;{customer};blauw\n")
        self.account = self.seller.accounts.get()
        self.look = change_look(acting=month.acting, accent_colour="#0b6a6f", now=NOW)
        self.token, _ = create_token(acting=month.acting, name="Shop", scopes=[ALL_SCOPES[0]], now=NOW)
        self._keep_decks()
        self._take_calls(slug)
        self._keep_tab(slug)
        self._made[month.seller.pk] = self

    @classmethod
    def of(cls, seller: Seller) -> "World":
        """The world that was made around this seller."""
        return cls._made[seller.pk]

    def _bought(self, customer: str) -> PurchaseInvoice:
        """An invoice of a supplier, for the customer and somebody unknown."""
        rows = [
            Row(name=f"Licence {customer}", party=("", customer)),
            Row(code="NEW", party=("0201256-6", "Toinen Oy")),
        ]
        content = Finvoice(rows, number=f"{self.seller.pk}-1").written()
        return take_purchase_invoice(acting=self.acting, content=content, file_name="finvoice.xml", now=NOW)

    def _keep_decks(self) -> None:
        """A deck that a plan prices calls by, what it is bought by, new rates that wait for it, and a bundle."""
        said = {"acting": self.acting, "now": NOW}
        bought = create_rate_deck(code="transvox", name="Transvox", **said)
        self.deck = create_rate_deck(
            code="wholesale", name="Waterkant Wholesale", product_id=self.product.pk, buy_deck_id=bought.pk,
            markup=Decimal("0.25"), **said,
        )  # fmt: skip
        for deck, price in ((bought, "0.0072"), (self.deck, "0.0140")):
            set_rate(
                deck_id=deck.pk, prefix="49", destination="Germany, fixed", valid_from=AUGUST, minute=Decimal(price),
                **said,
            )  # fmt: skip
        plan_id = self.month.plan.pk
        self.link = set_plan_deck(plan_id=plan_id, deck_id=self.deck.pk, valid_from=AUGUST, **said)
        week = [([1, 2, 3, 4, 5], "08:00", "18:00")]
        self.peaks = create_peak_times(code="office", name="Office hours", week=week, **said)
        self.bundle = create_bundle(
            name="Fixed, 2,000", plan_id=plan_id, categories=[1], minutes=2000, valid_from=AUGUST, **said
        )
        line = {"deck_code": "transvox", "valid_from": date(2026, 10, 1), "whole_deck": False, "destination": "Kosovo"}
        lines = [("49", "0.0150"), ("383", "0.2950")]
        records = [
            ImportRecord(number, {**line, "prefix": prefix, "minute": Decimal(price)})
            for number, (prefix, price) in enumerate(lines, start=2)
        ]
        import_rates(records=records, **said)
        self.rate_import = RateImport.objects.get(deck=bought)

    def _take_calls(self, slug: str) -> None:
        """A call file with a line that was rejected, and an endpoint."""
        columns = {"start": 1, "called": 2, "seconds": 3}
        switch = keep_switch(acting=self.acting, code="pbx", dialect="csv", settings={"columns": columns}, now=NOW)
        with NamedTemporaryFile(suffix=".csv") as file:
            file.write(b"start,called,seconds\nyesterday,0612345678,60\n")
            file.flush()
            said = {"switch": switch, "path": Path(file.name), "name": "calls.csv", "now": NOW}
            [self.calls] = take_calls(acting=self.acting, **said)
        self.endpoint = add_endpoint(
            acting=self.acting,
            customer_id=self.customer.pk,
            kind=EndpointKind.ACCOUNT,
            value=slug,
            valid_from=AUGUST,
            now=NOW,
        )
        values = {"invoice_number": f"TX-{slug}", "starts_on": AUGUST, "destination": "Oman", "amount": Decimal("1.2")}
        import_call_invoices(acting=self.acting, records=[ImportRecord(2, values)], now=NOW)
        self.call_invoice = CallInvoice.objects.get(seller_id=self.acting.seller_id)

    def _uploaded(self, text: str) -> Upload:
        """A file of customers that waits to be imported."""
        with NamedTemporaryFile(suffix=".csv") as file:
            file.write(text.encode())
            file.flush()
            said = {"entity": "customers", "file_name": "klanten.csv", "options": ImportOptions(), "now": NOW}
            return take_upload(acting=self.acting, source=Path(file.name), **said)

    def _keep_tab(self, slug: str) -> None:
        """A tab with a holder and a booked order, and a change of it that can be taken back."""
        said = {"acting": self.acting, "now": NOW}
        accept_tab_terms(version=CURRENT, language="nl", **said)
        self.tab = open_tab(
            customer_id=self.customer.pk, limit=Money.of("100", "EUR"), status=TabStatus.ACTIVE, may_buy=True, **said
        )
        self.holder = add_holder(first_name="Femke", last_name="Nauta", **said)
        link_holder(tab_id=self.tab.pk, holder_id=self.holder.pk, **said)
        lines = [OrderLine(description="Bier", quantity=Decimal(3), unit_price=Decimal("2.80"))]
        terms = OrderTerms(key=f"{slug}-1", ordered_at=NOW, lines=lines, till="Bar")
        place_tab_order(tab_id=self.tab.pk, terms=terms, **said)
        self.tab_change = change_tabs(
            tabs=Tab.objects.filter(pk=self.tab.pk), changes=TabChanges(is_shown=True), **said
        )

    def ids(self) -> dict[str, Any]:
        """What stands for each variable of an address."""
        charge = self.month.charges_of(self.draft)[0]
        return {
            "run_id": self.run.pk,
            "draft_id": self.draft.pk,
            "rating_id": self.rating.pk,
            "file_kind": "csv",
            "charge_id": charge.pk,
            "invoice_id": self.invoice.pk,
            "dispatch_id": self.dispatch.pk,
            "batch_id": self.batch.pk,
            "customer_id": self.customer.pk,
            "contact_id": self.contact.pk,
            "product_id": self.product.pk,
            "plan_id": self.month.plan.pk,
            "line_uuid": self.line.uuid,
            "export_id": self.export.pk,
            "user_id": self.acting.user_id,
            "upload_id": self.upload.pk,
            "entity": self.upload.entity,
            "line_id": self.line.pk,
            "subscription": self.subscription.uuid,
            "change": self.change.uuid,
            "kind": "quantity",
            "price_id": self.price.pk,
            "account_id": self.account.pk,
            "look_id": self.look.pk,
            "token_id": self.token.pk,
            "call_file_id": self.calls.pk,
            "endpoint_id": self.endpoint.pk,
            "call_invoice_id": self.call_invoice.pk,
            "deck_id": self.deck.pk,
            "bundle_id": self.bundle.pk,
            "link_id": self.link.pk,
            "rate_id": self.deck.rates.get().pk,
            "peak_times_id": self.peaks.pk,
            "purchase_id": self.purchase.pk,
            "row_id": self.purchase.rows.get(position=1).pk,
            "group_id": self.group.pk,
            "import_id": self.rate_import.pk,
            "offered_id": self.offered.pk,
            "layout_id": self.layout.pk,
            "tab_id": self.tab.pk,
            "holder_id": self.holder.pk,
            "change_id": self.tab_change.pk,
        }


@dataclass(frozen=True)
class Address:
    """One address of the office below a seller: its name, its variables besides the seller, and its view."""

    name: str
    variables: tuple[str, ...]
    view: Any

    def path(self, slug: str, ids: dict[str, Any]) -> str:
        """Where it is for these ids."""
        return reverse(self.name, kwargs={"seller": slug, **{name: ids[name] for name in self.variables}})


def addresses() -> list[Address]:
    """Every address of the office below a seller, found by walking the URL configuration."""
    found = (address for address in _walk(get_resolver(), "", ()) if address.name.startswith("office:"))
    return sorted(found, key=lambda address: address.name)


def _walk(resolver: URLResolver, space: str, variables: tuple[str, ...]) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        found = (*variables, *entry.pattern.converters)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space, found)
        elif isinstance(entry, URLPattern) and "seller" in found:
            yield Address(f"{space}{entry.name}", tuple(name for name in found if name != "seller"), entry.callback)
