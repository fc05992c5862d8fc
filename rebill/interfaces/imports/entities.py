"""Everything that can be imported, by hand and in the order in which a seller begins."""

from django.utils.translation import gettext as _

from rebill.interfaces.imports.call_invoices import call_invoices
from rebill.interfaces.imports.customers import customers
from rebill.interfaces.imports.endpoints import endpoints
from rebill.interfaces.imports.importable import Importable
from rebill.interfaces.imports.interim_lines import interim_lines
from rebill.interfaces.imports.prices import prices
from rebill.interfaces.imports.products import products
from rebill.interfaces.imports.purchase_rows import PURCHASES, purchase_rows
from rebill.interfaces.imports.rates import rates
from rebill.interfaces.imports.subscribers import subscribers
from rebill.interfaces.imports.subscriptions import subscriptions
from rebill.interfaces.imports.tabs import tabs
from rebill.kit.errors import NotFound

ENTITIES = {
    "customers": customers,
    "products": products,
    "prices": prices,
    "rates": rates,
    "subscriptions": subscriptions,
    "subscribers": subscribers,
    "interim-lines": interim_lines,
    "endpoints": endpoints,
    "tabs": tabs,
    "call-invoices": call_invoices,
}


# What names people and is no voucher of anything that is billed: such a file is forgotten when it has served.
LISTS_OF_PEOPLE = ("customers", "subscribers", "endpoints", "tabs")


class EntityUnknown(NotFound):
    """There is nothing of this name that could be imported."""


def importable(name: str) -> Importable:
    """The entity of this name, with labels in the language in use."""
    if name not in ENTITIES:
        raise EntityUnknown(
            _("“%(name)s” cannot be imported. Use one of: %(names)s.") % {"name": name, "names": ", ".join(ENTITIES)}
        )
    return ENTITIES[name]()


def uploadable(name: str) -> Importable:
    """What an uploaded file of this name holds: something that can be imported, or lines of suppliers' invoices."""
    return purchase_rows() if name == PURCHASES else importable(name)
