"""Suppliers, what they are owed, price groups, and what re-billing earned."""

from datetime import date
from typing import Annotated, Literal

from ninja import Query
from pydantic import BaseModel, Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Exact, Id, Line, Shown, with_example
from rebill.parties.models import Customer
from rebill.sources.supplier_invoices import commands
from rebill.sources.supplier_invoices.models import PriceFactor, PriceGroup, Supplier
from rebill.sources.supplier_invoices.queries.accounts import supplier_balances
from rebill.sources.supplier_invoices.queries.margins import monthly_margins, purchase_margins
from rebill.sources.supplier_invoices.queries.pricing import (
    group_members,
    price_factors_of,
    price_group_with_id,
    price_groups_of,
)
from rebill.sources.supplier_invoices.queries.suppliers import supplier_of, suppliers_of

suppliers = Endpoints(Area.PURCHASES, "Suppliers")

PlaceName = Literal[
    "party", "buyer_reference", "row_identifier", "sub_identifier", "group", "definition", "text", "heading"
]
ModelName = Literal["package", "older", "detect"]


class SupplierShown(Shown):
    """Who sends purchase invoices, and how they are understood. No places: they are learnt from each invoice."""

    id: int
    name: str
    country: str
    model: ModelName
    places: list[PlaceName]
    commission_codes: list[str]
    commission_text: str


class SupplierChanged(Body):
    """What is to be changed; what is left out stays."""

    model_config = with_example({"model": "package", "commission_codes": ["PALKKIO"]})

    model: ModelName = LEFT_OUT
    places: list[PlaceName] = LEFT_OUT
    commission_codes: list[Line] = LEFT_OUT
    commission_text: Line = LEFT_OUT


class SupplierBalanceShown(Shown):
    """What a supplier is owed in a currency, without what was paid by bank."""

    supplier_id: int
    supplier: str
    currency: str
    invoiced: Exact
    credited: Exact
    owed: Exact


class SupplierBalances(BaseModel):
    """Every supplier with invoices."""

    items: list[SupplierBalanceShown]


class PriceGroupShown(Shown):
    """Customers whose buy prices are multiplied before they are passed on."""

    id: int
    name: str


class PriceGroupMemberShown(Shown):
    """A customer in a price group."""

    customer_id: int
    number: str | None
    name: str


class PriceFactorShown(Shown):
    """What a price group multiplies buy prices by; of all products where none is named."""

    id: int
    group: str
    product_id: int | None
    factor: Exact
    valid_from: date
    valid_before: date | None


class PriceFactorWanted(Body):
    """A factor from a day on; a group of a new name is made."""

    model_config = with_example({"group": "Netvisor", "factor": "1.25", "valid_from": "2026-11-01", "product_id": 42})

    group: Line
    factor: Exact
    valid_from: Day
    valid_before: Day | None = None
    product_id: Id | None = None


class PriceGroupMembers(Body):
    """Customers that are in the group from now on; an empty name takes them out of theirs."""

    model_config = with_example({"group": "Netvisor", "customer_ids": [42]})

    group: Line
    customer_ids: list[Id] = Field(min_length=1, max_length=1000)


class MembersChanged(Shown):
    """How many customers follow."""

    customers: int


class PurchaseMarginShown(Shown):
    """What a purchase invoice, or a month of them, cost and brought, without VAT: bought = rebilled + left_over +
    excluded."""

    title: str
    invoice_id: int | None
    month: str = Field(examples=["2026-11"])
    currency: str
    bought: Exact
    rebilled: Exact
    left_over: Exact
    excluded: Exact
    sold: Exact
    margin: Exact


class PurchaseMargins(BaseModel):
    """The latest first."""

    items: list[PurchaseMarginShown]


class MarginFilters(BaseModel):
    """Per invoice or per month, of invoices from a day on."""

    per: Literal["invoice", "month"] = "invoice"
    since: Day = LEFT_OUT


def show_supplier(supplier: Supplier) -> SupplierShown:
    """The supplier as an answer says it."""
    return SupplierShown.model_validate({name: getattr(supplier, name) for name in SupplierShown.model_fields})


def _show_group(group: PriceGroup) -> PriceGroupShown:
    return PriceGroupShown(id=group.pk, name=group.name)


def _show_member(customer: Customer) -> PriceGroupMemberShown:
    return PriceGroupMemberShown(customer_id=customer.pk, number=customer.number, name=customer.name)


def _show_factor(factor: PriceFactor) -> PriceFactorShown:
    names = ("id", "product_id", "factor", "valid_from", "valid_before")
    return PriceFactorShown(group=factor.group.name, **{name: getattr(factor, name) for name in names})


@suppliers.read("/suppliers")
def list_suppliers(request: ApiRequest, paging: Annotated[Paging, Query()]) -> Page[SupplierShown]:
    """List the suppliers, in the order in which they came."""
    return page_of(suppliers_of(request.acting), paging, each(show_supplier))


@suppliers.read("/suppliers/{supplier_id}")
def get_supplier(request: ApiRequest, supplier_id: Id) -> SupplierShown:
    """Show one supplier."""
    return show_supplier(supplier_of(request.acting, supplier_id))


@suppliers.write("PATCH", "/suppliers/{supplier_id}")
def change_supplier(request: ApiRequest, supplier_id: Id, body: SupplierChanged) -> SupplierShown:
    """Change how a supplier's invoices are understood; those that are in follow when they are read again."""
    changed = commands.change_supplier(acting=request.acting, supplier_id=supplier_id, now=request.now, **body.given())
    return show_supplier(changed)


@suppliers.read("/supplier-balances")
def list_supplier_balances(request: ApiRequest) -> SupplierBalances:
    """Show what each supplier is owed: invoices less credit notes."""
    found = [
        SupplierBalanceShown(
            supplier_id=each.supplier.pk,
            supplier=each.supplier.name,
            currency=each.owed.currency,
            invoiced=each.invoiced.decimal,
            credited=each.credited.decimal,
            owed=each.owed.decimal,
        )
        for each in supplier_balances(request.acting)
    ]
    return SupplierBalances(items=found)


@suppliers.read("/price-groups")
def list_price_groups(request: ApiRequest, paging: Annotated[Paging, Query()]) -> Page[PriceGroupShown]:
    """List the price groups, in the order in which they were made."""
    return page_of(price_groups_of(request.acting), paging, each(_show_group))


@suppliers.read("/price-groups/{group_id}/members")
def list_price_group_members(
    request: ApiRequest, group_id: Id, paging: Annotated[Paging, Query()]
) -> Page[PriceGroupMemberShown]:
    """List the customers in a price group, in the order in which they were added to the seller."""
    group = price_group_with_id(request.acting, group_id)
    return page_of(group_members(request.acting, group), paging, each(_show_member))


@suppliers.read("/price-factors")
def list_price_factors(request: ApiRequest, paging: Annotated[Paging, Query()]) -> Page[PriceFactorShown]:
    """List what price groups multiply buy prices by."""
    return page_of(price_factors_of(request.acting), paging, each(_show_factor))


@suppliers.write("POST", "/price-factors")
def put_price_factor(request: ApiRequest, body: PriceFactorWanted) -> PriceFactorShown:
    """Set what a price group multiplies the buy price of a product, or of all, by."""
    factor = commands.set_price_factor(
        acting=request.acting, group=body.group, factor=body.factor, valid_from=body.valid_from,
        valid_before=body.valid_before, product_id=body.product_id, now=request.now,
    )  # fmt: skip
    return _show_factor(factor)


@suppliers.write("POST", "/price-group-members")
def put_price_group_members(request: ApiRequest, body: PriceGroupMembers) -> MembersChanged:
    """Put customers into a price group, or take them out of theirs."""
    changed = commands.assign_price_group(
        acting=request.acting, customer_ids=body.customer_ids, group=body.group, now=request.now
    )
    return MembersChanged(customers=changed)


@suppliers.read("/purchase-margins")
def list_purchase_margins(request: ApiRequest, filters: Annotated[MarginFilters, Query()]) -> PurchaseMargins:
    """Show what re-billing earned, per purchase invoice or per month."""
    margins = purchase_margins(request.acting, since=filters.since)
    found = monthly_margins(margins) if filters.per == "month" else margins
    names = ("bought", "rebilled", "left_over", "excluded", "sold", "margin")
    items = [
        PurchaseMarginShown(
            title=each.title, invoice_id=each.invoice_id, month=f"{each.month:%Y-%m}", currency=each.bought.currency,
            **{name: getattr(each, name).decimal for name in names},
        )
        for each in found
    ]  # fmt: skip
    return PurchaseMargins(items=items)
