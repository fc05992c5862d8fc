"""Which customer an end customer of a supplier is: by its number, by a link made by hand, by its exact name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from rebill.rules.matching.identifiers import keys_of
from rebill.rules.matching.places import Statement
from rebill.rules.matching.products import LINK, NAME, NOTHING, Found, Model, exact

NUMBER, SEVERAL = "number", "several"


class KnownCustomer(NamedTuple):
    """A customer as statements are compared with it."""

    id: int
    name: str
    vat_id: str
    register_number: str
    country: str


@dataclass(frozen=True, slots=True)
class CustomerBook:
    """The customers by the keys of their numbers and by name; a key or name of several names nobody."""

    by_key: Mapping[str, tuple[int, ...]]
    by_name: Mapping[str, tuple[int, ...]]
    links: Mapping[str, int] = field(default_factory=dict)

    def find(self, said: Statement, model: Model) -> Found:
        """The customer that is meant. A link made by hand counts first, then the number, then, where the model asks
        for it, the exact name. Two customers with the same number or name are a question, not a match."""
        linked = self.links.get(said.identity)
        if linked is not None:
            return Found(linked, LINK)
        for key in said.keys if model != Model.OLDER else ():
            found = self.by_key.get(key, ())
            if found:
                return Found(found[0], NUMBER) if len(found) == 1 else Found(None, SEVERAL)
        # A number that nobody has is a number to be entered: the name beside it may be another's.
        if model == Model.OLDER or (model == Model.DETECT and not said.keys):
            found = self.by_name.get(exact(said.name or said.number), ())
            if found:
                return Found(found[0], NAME) if len(found) == 1 else Found(None, SEVERAL)
        return Found(None, NOTHING)


def book(customers: Iterable[KnownCustomer], links: Mapping[str, int]) -> CustomerBook:
    """The customers, to be looked through."""
    by_key: dict[str, tuple[int, ...]] = {}
    by_name: dict[str, tuple[int, ...]] = {}
    for customer in customers:
        keys = {
            key
            for number in (customer.vat_id, customer.register_number)
            if number
            for key in keys_of(number, country=customer.country)
        }
        for key in keys:
            by_key[key] = (*by_key.get(key, ()), customer.id)
        name = exact(customer.name)
        by_name[name] = (*by_name.get(name, ()), customer.id)
    return CustomerBook(by_key, by_name, links)
