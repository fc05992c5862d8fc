"""Products: what can be charged."""

from http import HTTPStatus
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue import commands
from rebill.catalogue.models import Product
from rebill.catalogue.queries import find_products, product_of
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Id, Line, Search, Shown, with_example

products = Endpoints(Area.CATALOGUE, "Products")

Kind = Literal["one_off", "recurring", "setup", "hardware", "usage"]
SupplyKind = Literal["services", "goods", "electronic"]
RateKind = Literal["standard", "reduced", "second_reduced", "zero", "exempt", "outside"]
Group = Literal[1, 2, 3, 4, 5]


class ProductShown(Shown):
    """What can be charged, and how it is taxed and booked."""

    id: int
    code: str
    names: dict[str, str] = Field(description="The name per language; the seller's is always there.")
    unit: str
    kind: Kind
    supply: SupplyKind
    rate_class: RateKind
    ledger_account: str
    summary_group: Group = Field(description="1 one-off, 2 monthly, 3 calls, 4 service numbers, 5 hardware.")
    active: bool


class ProductTerms(Body):
    """What may be said of a product besides its code, name and kind."""

    names: dict[Line, Line] = Field(LEFT_OUT, description="By language; an empty name takes one away.")
    unit: Line = LEFT_OUT
    supply: SupplyKind = LEFT_OUT
    rate_class: RateKind = LEFT_OUT
    ledger_account: Line = LEFT_OUT
    summary_group: Group = LEFT_OUT
    active: bool = LEFT_OUT


class NewProduct(ProductTerms):
    """A product to be made; `name` is in the seller's language."""

    model_config = with_example(
        {
            "code": "HOSTED-SEAT",
            "name": "Hosted telefonie, per gebruiker",
            "kind": "recurring",
            "names": {"en": "Hosted telephony, per user"},
            "supply": "electronic",
            "ledger_account": "8010",
        }
    )

    code: Line
    name: Line
    kind: Kind


class ProductChanges(ProductTerms):
    """What is to be changed of a product; what is left out stays, and so does its code."""

    model_config = with_example({"names": {"de": "Hosted-Telefonie je Nutzer"}, "ledger_account": "8011"})

    kind: Kind = LEFT_OUT


class ProductFilters(Paging):
    """Which products are listed."""

    search: Search = Field("", description="Words that begin the code or stand in a name.")
    code: Line = Field("", description="Exactly this code.")
    active: bool = LEFT_OUT


def show_product(product: Product) -> ProductShown:
    """The product as an answer says it."""
    return ProductShown.model_validate(product, from_attributes=True)


@products.read("/products")
def list_products(request: ApiRequest, filters: Annotated[ProductFilters, Query()]) -> Page[ProductShown]:
    """List products, the oldest first."""
    rows = find_products(request.acting, filters.search)
    if filters.code:
        rows = rows.filter(code=filters.code)
    if filters.active is not LEFT_OUT:
        rows = rows.filter(active=filters.active)
    return page_of(rows, filters, each(show_product))


@products.write("POST", "/products", status=HTTPStatus.CREATED, at="/products/{id}")
def create_product(request: ApiRequest, body: NewProduct) -> ProductShown:
    """Make a product."""
    return show_product(commands.create_product(acting=request.acting, now=request.now, **body.given()))


@products.read("/products/{product_id}")
def get_product(request: ApiRequest, product_id: Id) -> ProductShown:
    """Show a product."""
    return show_product(product_of(request.acting, product_id))


@products.write("PATCH", "/products/{product_id}")
def change_product(request: ApiRequest, product_id: Id, body: ProductChanges) -> ProductShown:
    """Change what is sent of a product.

    What was charged keeps its words, VAT and ledger account.
    """
    return show_product(
        commands.change_product(acting=request.acting, product_id=product_id, now=request.now, **body.given())
    )
