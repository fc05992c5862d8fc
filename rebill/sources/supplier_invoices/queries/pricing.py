"""Reads of price groups."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import read_rows
from rebill.kit.errors import NotFound
from rebill.rules.rebilling import Factor, PriceGroups
from rebill.sources.supplier_invoices.models import PriceFactor, PriceGroup, PriceGroupMember


class PriceGroupUnknown(NotFound):
    """The acting seller has no such price group."""


def price_groups_of(acting: Acting) -> QuerySet[PriceGroup]:
    """The seller's price groups, by name."""
    require(acting, Permission.READ)
    return PriceGroup.objects.filter(seller_id=acting.seller_id).order_by("name")


def price_factors_of(acting: Acting) -> QuerySet[PriceFactor]:
    """The factors of the seller's price groups."""
    require(acting, Permission.READ)
    return PriceFactor.objects.filter(group__seller_id=acting.seller_id).select_related("group")


def price_group_of(acting: Acting, name: str) -> PriceGroup:
    """The seller's price group with this name."""
    found = price_groups_of(acting).filter(name=name.strip()).first()
    if found is None:
        raise PriceGroupUnknown(_("There is no price group %(named)s.") % {"named": name})
    return found


def read_price_groups(*, seller_id: int) -> PriceGroups:
    """All groups of the seller with their members and factors; two reads."""
    members = PriceGroupMember.objects.filter(group__seller_id=seller_id).order_by("id")
    factors = PriceFactor.objects.filter(group__seller_id=seller_id).order_by("id")
    columns = ("group_id", "product_id", "factor", "valid_from", "valid_before")
    return PriceGroups(
        dict(read_rows(members, "customer_id", "group_id")),
        [Factor(*row) for row in read_rows(factors, *columns)],
    )
