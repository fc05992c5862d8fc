"""A seller with one of everything, so that every endpoint has something to show and to change."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from uuid import UUID

from rebill.catalogue.commands import (
    adopt_product,
    create_bundle,
    create_peak_times,
    create_rate_deck,
    import_rates,
    set_plan_deck,
    set_rate,
)
from rebill.catalogue.models import Product, RateImport
from rebill.delivery.commands import queue_dispatches
from rebill.delivery.models import Dispatch, PrintBatch
from rebill.exports.commands import keep_line_layout, make_combined_export
from rebill.exports.layouts import default_layout
from rebill.exports.lines.layouts import LinesLayout, Side
from rebill.exports.registry import FORMATS
from rebill.interfaces.calls.uploads import begin_upload
from rebill.interfaces.imports.starting import start_trial
from rebill.interfaces.imports.uploads import take_upload
from rebill.interfaces.jobs import read_clock
from rebill.interfaces.work.doing import ask, do_work
from rebill.invoices.commands import issue_invoices, keep_documents
from rebill.invoices.models import Invoice
from rebill.kit.files import store_file
from rebill.kit.imports.options import ImportOptions
from rebill.kit.imports.outcomes import ImportRecord
from rebill.parties.commands import add_contact, change_look, create_token, open_dealer
from rebill.parties.models import Customer, Seller
from rebill.rules.money import Money
from rebill.runs.commands import approve_drafts, prepare_run
from rebill.runs.models import Draft, Run
from rebill.runs.queries.drafts import DraftFilter, find_drafts
from rebill.sources.oneoff.commands import LineTerms, add_interim_line
from rebill.sources.supplier_invoices.commands import set_price_factor, settle_credit, take_purchase_invoice
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
from rebill.sources.usage.models import CallInvoice, EndpointKind, Rating
from rebill.subscriptions.commands import StartTerms, change_quantity, place_order, start_subscription
from tests.factories import (
    NOW,
    TODAY,
    acting_of,
    make_customer,
    make_customer_price,
    make_priced_product,
    make_seller,
)
from tests.sources.supplier_invoices.written import Finvoice, Row
from tests.usage.world import Made, Partner

PDF = b"%PDF-1.7 seeded"
VISIT = LineTerms(quantity=Decimal(1), unit_price=Decimal(95), supplied_on=date(2026, 9, 10), description="Visit")


@dataclass
class Seeded:
    """What there is of a seller: rows, and the values that stand for parameters of addresses."""

    seller: Seller
    customer: Customer
    draft: Draft
    run: Run
    invoice: Invoice
    parameters: dict[str, Any]

    def fill(self, path: str) -> str:
        """The address of an endpoint with the ids of this seller."""
        kind = path.removeprefix("/api/v1/").partition("/")[0]
        values = {**self.parameters, "uuid": self.parameters.get(f"{kind}.uuid", "")}
        return path.removeprefix("/api/v1").format_map(values)

    def told(self, example: dict[str, Any]) -> dict[str, Any]:
        """The example of a request with the ids of this seller in it."""
        known = {
            "customer_id": self.customer.pk,
            "resells_id": self.parameters["resells_id"],
            "product_id": self.parameters["product_id"],
            "plan_id": self.parameters["plan_id"],
            "run_id": self.run.pk,
            "deck_id": self.parameters["deck_id"],
            "peak_times_id": self.parameters["peak_times_id"],
            "order_number": self.parameters["order_number"],
            "row_id": self.parameters["purchase_row_id"],
            "row_ids": [self.parameters["purchase_row_id"]],
            "customer_ids": [self.customer.pk],
            "credit_id": self.parameters["purchase_credit_id"],
        }
        if "on" in example:
            known["dealer"] = self.parameters["dealer"]
        return {name: known.get(name, value) for name, value in example.items()}


def _offered_to(seller: Seller) -> Product:
    """A product of a wholesaler above the seller, which becomes its dealer."""
    above = make_seller(name="Elbtal Kommunikation")
    product = make_priced_product(above, "5.10", code="SEAT")
    seller.as_customer = make_customer(above, name=seller.name)
    seller.save(update_fields=["as_customer"])
    return product


def seed(seller: Seller, *, prefix: str = "") -> Seeded:
    """One of everything: a draft to review, an issued invoice that is to be sent, and what they came from."""
    acting = acting_of(seller)
    resold = _offered_to(seller)
    customer = make_customer(seller, name="De Vries Installaties", number=f"{prefix}K-1001")
    product = make_priced_product(seller, "7.95", code="HOSTED-SEAT", name="Hosted telefonie")
    parameters = _take(customer, product, number=f"{prefix}SO-1")
    rating = _rated(seller, customer)
    prepared = prepare_run(acting=acting, billed_on=TODAY, now=NOW)
    drafts = find_drafts(acting=acting, wanted=DraftFilter(run_id=prepared.run_id))
    approve_drafts(acting=acting, drafts=drafts.filter(customer=customer), now=NOW)
    issue_invoices(acting=acting, today=TODAY, now=NOW)
    invoice = Invoice.objects.get(seller=seller)
    keep_documents(acting=acting, invoice_ids=[invoice.pk], content=PDF, now=NOW)
    queue_dispatches(acting=acting, now=NOW)
    draft = drafts.exclude(customer=customer).get()
    parameters |= {
        "account_id": seller.accounts.get().pk,
        "charge_id": seller.charges.filter(claim=draft.pk).order_by("id").first().pk,
        "country": "NL",
        "customer_id": customer.pk,
        "dispatch_id": Dispatch.objects.get(invoice=invoice).pk,
        "draft_id": draft.pk,
        "entity": "customers",
        "invoice_id": invoice.pk,
        "plan_id": seller.price_plans.get().pk,
        "product_id": product.pk,
        "purpose": "invoice",
        "rating_id": rating.pk,
        "resells_id": resold.pk,
        "layout_id": keep_line_layout(acting=acting, name="ERP", layout=LinesLayout(Side.SALES), now=NOW).pk,
        "run_id": prepared.run_id,
        "user_id": (user_id := seller.memberships.get().user_id),
        "token_id": _make_token(seller, user_id),
        "look_id": change_look(acting=acting, sender_name="De administratie", now=NOW).pk,
        "lines.uuid": add_interim_line(acting=acting, customer=customer, terms=VISIT, now=NOW).uuid,
        **_hand_over(seller),
        "upload_id": _upload(seller),
        **_calls(customer, prefix),
        **_keep_decks(product),
        **_keep_tabs(customer, prefix),
        **_buy(customer, prefix),
        "dealer": _dealer_below(seller, product, prefix),
    }
    return Seeded(seller, customer, draft, Run.objects.get(pk=prepared.run_id), invoice, parameters)


def _dealer_below(seller: Seller, product: Product, prefix: str) -> str:
    """A dealer that resells the seller's product."""
    acting, slug = acting_of(seller), f"{prefix}delta".lower()
    customer = make_customer(seller, name="Delta Telecom", number=f"{prefix}K-DELTA")
    owner = seller.memberships.get().user
    dealer = open_dealer(acting=acting, customer_id=customer.pk, owner=owner, slug=slug, now=NOW)
    adopt_product(acting=acting_of(dealer), resells_id=product.pk, code="WERKPLEK", now=NOW)
    return slug


def _buy(customer: Customer, prefix: str) -> dict[str, Any]:
    """An invoice of a supplier to be re-billed, a credit note, and another that is settled."""
    acting = acting_of(customer.seller)

    def take(finvoice: Finvoice) -> PurchaseInvoice:
        return take_purchase_invoice(acting=acting, content=finvoice.written(), file_name="finvoice.xml", now=NOW)

    row = Row(code="HOSTED-SEAT", party=("", customer.name))
    purchase = take(Finvoice([row, Row(code="NEW", party=("", "Somebody"))], number=f"{prefix}1"))
    credit = take(Finvoice([Row(price="5.00")], number=f"{prefix}2", kind="INV02"))
    settled = take(Finvoice([Row(price="1.00")], number=f"{prefix}3", kind="INV02"))
    settle_credit(acting=acting, credit_id=settled.pk, invoice_id=purchase.pk, now=NOW)
    factor = set_price_factor(
        acting=acting, group=f"Margin {prefix}", factor=Decimal("1.25"), valid_from=NOW.date(), now=NOW
    )
    return {
        "group_id": factor.group_id,
        "purchase_id": purchase.pk,
        "supplier_id": purchase.supplier_id,
        "purchase_row_id": purchase.rows.get(position=2).pk,
        "purchase_credit_id": credit.pk,
        "credit_id": settled.pk,
    }


def _rated(seller: Seller, customer: Customer) -> Rating:
    """A call of the customer, rated; and a rating that waits to be taken over."""
    partner = Partner(seller=seller)
    partner.rate("316", "0.06")
    partner.give_number(customer, "31201234567")
    partner.take([Made("31201234567", "31612345678", "2026-07-05T09:00", 60)])
    partner.rate_month(date(2026, 7, 1))
    return partner.rate_month(date(2026, 7, 1), trial=True)


def _make_token(seller: Seller, user_id: int) -> int:
    acting = replace(acting_of(seller), user_id=user_id)
    return create_token(acting=acting, name="Webwinkel", scopes=["parties:read"], now=NOW)[0].pk


def _take(customer: Customer, product: Product, *, number: str) -> dict[str, Any]:
    """What the customer takes, and another one too: subscriptions, and a change."""
    seller = customer.seller
    acting = acting_of(seller)
    price = make_customer_price(customer, product, "7.50", valid_from=date(2026, 1, 1))
    contact = add_contact(acting=acting, customer_id=customer.pk, name="Anna de Vries", now=NOW)
    order = place_order(acting=acting, customer=customer, number=number, now=NOW)
    terms = StartTerms(quantity=Decimal(25), start_on=date(2026, 8, 1))
    other = make_customer(seller, name="Bakkerij Smit", number=f"{customer.number[:-1]}2")
    start_subscription(acting=acting, customer=other, product=product, terms=terms, now=NOW)
    subscription = start_subscription(
        acting=acting, customer=customer, product=product, order=order, terms=terms, now=NOW
    )
    change = change_quantity(
        acting=acting, subscription=subscription, quantity=Decimal(30), effective_on=date(2026, 8, 15), now=NOW
    )
    return {
        "changes.uuid": change.uuid,
        "contact_id": contact.pk,
        "order_number": order.number,
        "price_id": price.pk,
        "subscriptions.uuid": subscription.uuid,
    }


def _hand_over(seller: Seller) -> dict[str, Any]:
    """An export, letters to print, and long work that waits."""
    acting = acting_of(seller)
    layout = default_layout(FORMATS.get("combined"), language="nl")
    export = make_combined_export(acting=acting, month=TODAY, layout=layout, now=NOW)
    file = store_file(PDF, media_type="application/pdf", now=NOW)
    batch = PrintBatch.objects.create(seller=seller, made_at=NOW, file=file, letters=1)
    work = ask(acting=acting, kind="render", request={}, now=NOW)
    return {"batch_id": batch.pk, "export_id": export.pk, "work_id": work.pk}


def _calls(customer: Customer, prefix: str) -> dict[str, Any]:
    """A switch, one of its files with a line that was rejected, another on its way, and an endpoint."""
    acting = acting_of(customer.seller)
    columns = {"start": 1, "called": 2, "seconds": 3}
    switch = keep_switch(acting=acting, code="pbx-1", dialect="csv", settings={"columns": columns}, now=NOW)
    with NamedTemporaryFile(suffix=".csv") as file:
        file.write(b"start,called,seconds\nyesterday,0612345678,60\n")
        file.flush()
        [taken] = take_calls(acting=acting, switch=switch, path=Path(file.name), name="calls.csv", now=NOW)
    values = {
        "invoice_number": f"{prefix}TX-1",
        "starts_on": date(2026, 8, 1),
        "destination": "Vries, mobile",
        "amount": Decimal("1.20"),
    }
    import_call_invoices(acting=acting, records=[ImportRecord(2, values)], now=NOW)
    invoice = CallInvoice.objects.get(seller=customer.seller)
    endpoint = add_endpoint(
        acting=acting,
        customer_id=customer.pk,
        kind=EndpointKind.ACCOUNT,
        value=f"{prefix}vries",
        valid_from=date(2026, 8, 1),
        now=NOW,
    )
    upload = begin_upload(acting=acting, switch="pbx-1", name="calls.csv", now=read_clock())
    return {
        "switch_id": switch.pk,
        "call_file_id": taken.pk,
        "endpoint_id": endpoint.pk,
        "call_upload_id": upload.id,
        "call_invoice_id": invoice.pk,
    }


def _keep_decks(product: Product) -> dict[str, Any]:
    """A deck with a rate and peak times, that a plan prices calls by; new rates that wait, and a bundle."""
    seller = product.seller
    said = {"acting": acting_of(seller), "now": NOW}
    since = date(2026, 1, 1)
    deck = create_rate_deck(code="wholesale", product_id=product.pk, **said)
    rate = set_rate(deck_id=deck.pk, prefix="49", valid_from=since, minute=Decimal("0.014"), **said)
    plan_id = seller.price_plans.get().pk
    link = set_plan_deck(plan_id=plan_id, deck_id=deck.pk, valid_from=since, **said)
    values = {"deck_code": "wholesale", "valid_from": TODAY, "prefix": "31", "minute": Decimal("0.009")}
    import_rates(records=[ImportRecord(2, values)], **said)
    waiting = RateImport.objects.get(deck=deck)
    bundle = create_bundle(name="Fixed", plan_id=plan_id, categories=[1], minutes=2000, valid_from=since, **said)
    return {
        "deck_id": deck.pk,
        "rate_id": rate.pk,
        "link_id": link.pk,
        "import_id": waiting.pk,
        "row_id": waiting.rows.order_by("id").first().pk,
        "bundle_id": bundle.pk,
        "peak_times_id": create_peak_times(code="office", **said).pk,
    }


def _keep_tabs(customer: Customer, prefix: str) -> dict[str, Any]:
    """A tab with a holder and a reserved order, and a change of it that can be taken back."""
    said = {"acting": acting_of(customer.seller), "now": NOW}
    accept_tab_terms(version=CURRENT, language="nl", **said)
    tab = open_tab(customer_id=customer.pk, limit=Money.of("100", "EUR"), status=TabStatus.ACTIVE, may_buy=True, **said)
    holder = add_holder(first_name="Jelle", **said)
    link_holder(tab_id=tab.pk, holder_id=holder.pk, **said)
    line = OrderLine(description="Beer", quantity=Decimal(3), unit_price=Decimal("2.80"))
    terms = OrderTerms(key=f"{prefix}till-1-000230", ordered_at=NOW, lines=[line])
    order = place_tab_order(tab_id=tab.pk, terms=terms, reserve=True, **said)
    booked = OrderTerms(key=f"{prefix}till-1-000229", ordered_at=NOW, lines=[line])
    place_tab_order(tab_id=tab.pk, terms=booked, **said)
    change = change_tabs(tabs=Tab.objects.filter(pk=tab.pk), changes=TabChanges(is_shown=True), **said)
    assert change is not None
    return {"tab_id": tab.pk, "holder_id": holder.pk, "key": order.key, "change_id": change.pk}


def _upload(seller: Seller) -> UUID:
    """A file of customers that was tried, with one line that would be rejected."""
    acting = acting_of(seller)
    with NamedTemporaryFile(suffix=".csv") as file:
        file.write(b"number;name\nK-9;Kok Catering\n;No number\n")
        file.flush()
        upload = take_upload(
            acting=acting,
            entity="customers",
            source=Path(file.name),
            file_name="customers.csv",
            options=ImportOptions(),
            # A file that waits for months is deleted when the next one comes.
            now=read_clock(),
        )
    do_work(str(start_trial(acting=acting, upload=upload, language="en", now=NOW).pk))
    return upload.pk
