"""Whom the rows of a purchase invoice are for and which products they are: the books to look in, read once, and what
is found there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rebill.catalogue.models import Product
from rebill.kit.bulk import read_rows
from rebill.parties.identifiers import vat_id_is_valid
from rebill.parties.models import Customer
from rebill.rules.matching.customers import CustomerBook, KnownCustomer, book
from rebill.rules.matching.places import (
    Place,
    RowSays,
    Statement,
    all_statements,
    chosen_statement,
    learnt_places,
)
from rebill.rules.matching.products import Found, KnownProduct, Model, ProductShelf, shelf
from rebill.sources.supplier_invoices.contract import RowKind
from rebill.sources.supplier_invoices.models import PurchaseLink, Supplier


class RowToMatch(NamedTuple):
    """What of a row is looked at."""

    kind: RowKind
    code: str
    name: str
    has_amount: bool
    said: dict[str, Any]


class RowMatch(NamedTuple):
    """Whom a row is for and which product it is, in the order of the columns that keep it."""

    end_identity: str
    end_number: str
    end_name: str
    end_is_doubtful: bool
    customer_id: int | None
    customer_by: str
    product_id: int | None
    product_by: str


MATCH_COLUMNS = RowMatch._fields
_NOBODY = ("", "", "", False, None, "")


@dataclass(frozen=True, slots=True)
class MatchedRows:
    """The matches in the order of the rows, and the places at which the end customers were found."""

    rows: list[RowMatch]
    places: tuple[Place, ...]


def match_rows(*, seller_id: int, country: str, supplier: Supplier, rows: Sequence[RowToMatch]) -> MatchedRows:
    """The end customer and product of every row; three reads, however many rows. Writes nothing.

    `country` is where end customers are when a bare number does not say it.
    """
    customers, products = books_of(seller_id=seller_id, supplier=supplier)
    return matched_in(
        customers, products, model=Model(supplier.model), places=_places(supplier.places), country=country, rows=rows
    )


def books_of(*, seller_id: int, supplier: Supplier) -> tuple[CustomerBook, ProductShelf]:
    """The seller's customers and products, with the links made for this supplier."""
    customer_links: dict[str, int] = {}
    product_links: dict[str, int] = {}
    links = PurchaseLink.objects.filter(supplier=supplier).order_by("id")
    for identity, customer_id, product_id in read_rows(links, "identity", "customer_id", "product_id"):
        if customer_id is not None:
            customer_links[identity] = customer_id
        else:
            product_links[identity] = product_id
    rows = Customer.objects.filter(seller_id=seller_id).order_by("id")
    customers = read_rows(rows, "id", "name", "vat_id", "chamber_id", "country")
    kept = Product.objects.filter(seller_id=seller_id, active=True).order_by("id")
    products = [
        KnownProduct(product_id, code, tuple(dict.fromkeys(names.values())))
        for product_id, code, names in read_rows(kept, "id", "code", "names")
    ]
    return book((KnownCustomer(*row) for row in customers), customer_links), shelf(products, product_links)


def _places(kept: Sequence[str]) -> tuple[Place, ...]:
    return tuple(Place(each) for each in kept)


def matched_in(
    customers: CustomerBook,
    products: ProductShelf,
    *,
    model: Model,
    places: tuple[Place, ...],
    country: str,
    rows: Sequence[RowToMatch],
) -> MatchedRows:
    """The same, in books that are at hand."""
    found: dict[str, Found] = {}

    def customer_of(said: Statement) -> Found:
        if said.identity not in found:
            found[said.identity] = customers.find(said, model)
        return found[said.identity]

    def is_known(said: Statement) -> bool:
        return customer_of(said).id is not None

    stated = all_statements((_says(row) for row in rows), country=country)
    places = places or learnt_places(stated, is_known)
    matched = []
    for row, statements in zip(rows, stated, strict=True):
        if row.kind is not RowKind.ROW:
            matched.append(RowMatch(*_NOBODY, None, ""))
            continue
        said = chosen_statement(statements, places, is_known)
        product = products.find(row.code, row.name, model)
        end = _NOBODY if said is None else _end(said, customer_of(said))
        matched.append(RowMatch(*end, *product))
    return MatchedRows(matched, places)


def _end(said: Statement, customer: Found) -> tuple[str, str, str, bool, int | None, str]:
    number = said.number or (said.keys[0] if said.keys else "")
    return (
        said.identity[:200],
        number[:60],
        said.name[:120],
        any(_is_doubtful(key) for key in said.keys[:1]),
        *customer,
    )


def _is_doubtful(key: str) -> bool:
    """Whether the check digits of a number are wrong: people copy numbers wrongly, so it is said and never refused."""
    return not key.startswith("KVK") and not vat_id_is_valid(key, "")


def _says(row: RowToMatch) -> RowSays:
    named = {Place(place): (number, name) for place, (number, name) in row.said.get("named", {}).items()}
    return RowSays(named, tuple(row.said.get("texts", ())), row.has_amount)
