"""Which product a row of a purchase invoice is: by its code, or in older price models by its name.

Netvisor's package model knows products by their codes alone; its older model by their names, and of several with the
same name the oldest counts. A supplier may send both in one invoice: then each row says which it is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from rebill.rules.matching.places import folded


class Model(StrEnum):
    """How a supplier's rows are matched: by business id and code, by exact name, or as each row allows."""

    PACKAGE = "package"
    OLDER = "older"
    DETECT = "detect"


class Found(NamedTuple):
    """A match and how it came about; None where there is none."""

    id: int | None
    by: str


class KnownProduct(NamedTuple):
    """A product as rows are compared with it. Ids ascend in the order in which products were made."""

    id: int
    code: str
    names: tuple[str, ...]


LINK, CODE, NAME, NOTHING = "link", "code", "name", ""


@dataclass(frozen=True, slots=True)
class ProductShelf:
    """The products by code and by name, and the links that were made by hand."""

    by_code: Mapping[str, int]
    by_name: Mapping[str, int]
    links: Mapping[str, int] = field(default_factory=dict)

    def find(self, code: str, name: str, model: Model) -> Found:
        """The product of a row. A link made by hand counts before everything else."""
        linked = self.links.get(product_identity(code, name))
        if linked is not None:
            return Found(linked, LINK)
        if model != Model.OLDER and code.strip():
            found = self.by_code.get(code.strip())
            if found is not None:
                return Found(found, CODE)
        if model != Model.PACKAGE and name.strip():
            found = self.by_name.get(exact(name))
            if found is not None:
                return Found(found, NAME)
        return Found(None, NOTHING)


def product_identity(code: str, name: str) -> str:
    """What tells this product from the supplier's others: its code, or its name where it has none."""
    return f"code:{code.strip()}" if code.strip() else f"name:{folded(name)}"


def exact(name: str) -> str:
    """A name as it must agree: to the letter, but for spaces that nobody sees."""
    return " ".join(name.split())


def shelf(products: Iterable[KnownProduct], links: Mapping[str, int]) -> ProductShelf:
    """The products, to be looked through; of several with one name the oldest is found."""
    by_code: dict[str, int] = {}
    by_name: dict[str, int] = {}
    for product in sorted(products):
        by_code[product.code] = product.id
        for name in product.names:
            by_name.setdefault(exact(name), product.id)
    return ProductShelf(by_code, by_name, links)
