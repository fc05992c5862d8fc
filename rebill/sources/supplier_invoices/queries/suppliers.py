"""Reads of suppliers, by id and by the numbers they state."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import NotFound
from rebill.rules.matching.identifiers import keys_of
from rebill.rules.matching.places import folded
from rebill.sources.supplier_invoices.contract import StatedParty
from rebill.sources.supplier_invoices.models import Supplier, SupplierNumber


class SupplierUnknown(NotFound):
    """The acting seller has no such supplier."""


def suppliers_of(acting: Acting) -> QuerySet[Supplier]:
    """The seller's suppliers, by name."""
    require(acting, Permission.READ)
    return Supplier.objects.filter(seller_id=acting.seller_id).order_by("name", "id")


def supplier_of(acting: Acting, supplier_id: int) -> Supplier:
    """The seller's supplier with this id."""
    found = suppliers_of(acting).filter(pk=supplier_id).first()
    if found is None:
        raise SupplierUnknown(_("There is no supplier %(named)s.") % {"named": supplier_id})
    return found


def supplier_keys(party: StatedParty) -> list[str]:
    """The keys of what the party states: its numbers, else its name."""
    keys = [key for number in party.numbers for key in keys_of(number, country=party.country)[:1]]
    return list(dict.fromkeys(keys)) or [f"name:{folded(party.name)}"]


def recognised_supplier(*, seller_id: int, keys: Sequence[str]) -> Supplier | None:
    """The supplier that has one of these keys; of several the one whose key is stated first."""
    rows = SupplierNumber.objects.filter(seller_id=seller_id, key__in=keys).select_related("supplier").order_by("id")
    found = {row.key: row.supplier for row in rows}
    return next((found[key] for key in keys if key in found), None)
