"""Subscribers: one flat sheet with customer, product, quantity, price and start in each line."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission
from rebill.catalogue.commands import create_product
from rebill.catalogue.fields import ProductTerms
from rebill.catalogue.models import ProductKind
from rebill.catalogue.queries import products_of
from rebill.interfaces.imports.customers import address_fields, name_field, terms_fields
from rebill.interfaces.imports.importable import Importable, headings, whole_numbers
from rebill.interfaces.imports.interim_lines import tax_fields
from rebill.interfaces.imports.subscriptions import (
    customer_number_field,
    day_fields,
    key_field,
    order_fields,
    price_field,
    product_code_field,
    quantity_field,
    rhythm_fields,
    subscription_identity,
    text_fields,
)
from rebill.kit.imports.fields import FieldSpec
from rebill.kit.imports.outcomes import ImportRecord, Outcome, OutcomeKind, rejected
from rebill.parties.commands import import_customers
from rebill.parties.entries import EntryRefused
from rebill.parties.queries import customers_of
from rebill.subscriptions.commands import import_subscriptions

# What a line says of its customer, under the names by which `import_customers` knows it.
CUSTOMER_FIELDS = {
    "customer_number": "number",
    "customer_name": "name",
    **{field.name: field.name for field in (*address_fields(), *terms_fields())},
}


def product_name_field() -> FieldSpec:
    """The name of a product that is not known yet."""
    return FieldSpec(
        "product_name",
        _("Product name"),
        length_max=200,
        help=_("The name of a product that is not known yet; its code where the cell is empty."),
        synonyms=headings(
            nl="artikelnaam|productnaam|artikelomschrijving",
            de="Artikelname|Produktname|Artikelbezeichnung",
            fi="tuotteen nimi|tuotenimi",
            en="item name|product description",
        ),
    )


def import_subscribers(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Customers, products that are missing, and subscriptions; a line that is rejected for one leaves nothing of any.

    A new customer without a name is called by its number. Known products stay as they are.
    """
    refused: dict[int, Outcome] = {}
    while True:
        wanted = [record for record in records if record.line not in refused]
        with transaction.atomic():
            outcomes = _take_all(acting, wanted, now)
            newly_refused = {outcome.line: outcome for outcome in outcomes if outcome.kind == "rejected"}
            if not newly_refused:
                told = {outcome.line: outcome for outcome in outcomes} | refused
                return [told[record.line] for record in records]
            # The refused lines may have brought customers and products with them: take all back, go on without them.
            transaction.set_rollback(True)
        refused |= newly_refused


def _take_all(acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    customers = import_customers(acting=acting, records=_customer_records(acting, records), now=now)
    by_line = {outcome.line: _renamed(outcome) for outcome in customers}
    by_line |= _create_products(acting, [each for each in records if by_line[each.line].kind != "rejected"], now)
    going_on = [record for record in records if by_line[record.line].kind != "rejected"]
    for outcome in import_subscriptions(acting=acting, records=going_on, now=now):
        by_line[outcome.line] = _joined(by_line[outcome.line], outcome)
    return [by_line[record.line] for record in records]


def _customer_records(acting: Acting, records: Sequence[ImportRecord]) -> Iterable[ImportRecord]:
    """What the lines say of their customers; a new customer whom no line names is called by its number."""
    names = {
        record.text("customer_number"): record.text("customer_name")
        for record in records
        if record.states("customer_name")
    }
    nameless = {record.text("customer_number") for record in records} - names.keys()
    known = set(customers_of(acting).filter(number__in=nameless).order_by().values_list("number", flat=True))
    names |= {number: number for number in nameless - known}
    for record in records:
        values = {of_customer: record.values.get(name) for name, of_customer in CUSTOMER_FIELDS.items()}
        values["name"] = names.get(record.text("customer_number"))
        yield ImportRecord(record.line, {name: value for name, value in values.items() if value is not None})


def _create_products(acting: Acting, records: Sequence[ImportRecord], now: datetime) -> dict[int, Outcome]:
    """Creates the products that are missing, each from the first line that names it; the lines that cannot be taken."""
    codes = {record.text("product_code") for record in records}
    known = set(products_of(acting).filter(code__in=codes).values_list("code", flat=True))
    refused: dict[int, Outcome] = {}
    for record in records:
        code = record.text("product_code")
        if code and code not in known:
            try:
                _create_product(acting, record, now)
            except EntryRefused as error:
                refused[record.line] = rejected(
                    record,
                    what="product.refused",
                    why=error.why,
                    remedy=error.remedy,
                    column={"code": "product_code", "names": "product_name"}.get(error.field, error.field),
                    value=error.value,
                )
            else:
                known.add(code)
    return refused


def _create_product(acting: Acting, record: ImportRecord, now: datetime) -> None:
    terms: ProductTerms = {}
    if record.states("rate_class"):
        terms["rate_class"] = record.text("rate_class")
    if record.states("supply"):
        terms["supply"] = record.text("supply")
    if record.states("ledger_account"):
        terms["ledger_account"] = record.text("ledger_account")
    group = record.whole("summary_group")
    if group is not None:
        terms["summary_group"] = group
    code = record.text("product_code")
    name = record.text("product_name") or code
    create_product(acting=acting, code=code, name=name, kind=ProductKind.RECURRING.value, now=now, **terms)


def _renamed(outcome: Outcome) -> Outcome:
    """The outcome of a customer under the names of this sheet."""
    names = {of_customer: name for name, of_customer in CUSTOMER_FIELDS.items()}
    return replace(outcome, column=names.get(outcome.column, outcome.column))


def _joined(customer: Outcome, subscription: Outcome) -> Outcome:
    """One outcome of two: something new in either of them is something new."""
    if subscription.kind == "rejected":
        return subscription
    is_new = "accepted" in (customer.kind, subscription.kind)
    kind: OutcomeKind = "accepted" if is_new else "unchanged"
    return Outcome(line=customer.line, kind=kind, problem=customer.problem)


def shared_facts(record: ImportRecord) -> dict[Hashable, Hashable]:
    """What the lines of one customer, and of one product, must agree on; lines that say nothing agree with all."""
    said = tuple(
        (name, record.values[name]) for name in CUSTOMER_FIELDS if name != "customer_number" and record.states(name)
    )
    facts: dict[Hashable, Hashable] = {}
    if said:
        facts[(_("customer"), record.text("customer_number"))] = said
    if record.states("product_name"):
        facts[(_("product"), record.text("product_code"))] = record.text("product_name")
    return facts


def subscribers() -> Importable:
    """Customers and what they take, a line for each subscription."""
    return Importable(
        name="subscribers",
        label=_("Subscribers"),
        help=_("Customer, product and subscription in one line, for a base that is kept in one sheet."),
        fields=(
            customer_number_field(),
            replace(name_field(), name="customer_name", help=_("The number where a new customer's cell is empty.")),
            product_code_field(),
            product_name_field(),
            quantity_field(),
            price_field(help=_("The price for one billing period; the price lists count where the cell is empty.")),
            *day_fields(),
            *rhythm_fields(),
            *text_fields(),
            key_field(),
            *order_fields(),
            *address_fields(),
            *terms_fields(),
            *tax_fields(),
        ),
        take=import_subscribers,
        permission=Permission.KEEP_SUBSCRIPTIONS,
        prepare=whole_numbers("billing_months", "invoice_interval_months", "summary_group"),
        identity=subscription_identity,
        shared=shared_facts,
    )
