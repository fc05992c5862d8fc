"""Reads of price groups."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import read_rows
from rebill.kit.errors import NotFound
from rebill.parties.models import Customer
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


@dataclass(frozen=True, slots=True)
class ListedGroup:
    """A price group with how many customers are in it, and its factor for all products on a day; None where there is
    none."""

    group: PriceGroup
    members: int
    products: int
    factor: Decimal | None


def listed_price_groups(acting: Acting, *, on: date) -> list[ListedGroup]:
    """The seller's price groups, by name."""
    holding = PriceFactor.objects.filter(valid_from__lte=on).exclude(valid_before__lte=on)
    general = holding.filter(group=OuterRef("pk"), product__isnull=True).order_by("-valid_from").values("factor")[:1]
    groups = price_groups_of(acting).annotate(
        member_count=Count("members", distinct=True),
        product_count=Count("factors__product", distinct=True),
        holds=Subquery(general),
    )
    return [ListedGroup(each, each.member_count, each.product_count, each.holds) for each in groups]


def price_group_with_id(acting: Acting, group_id: int) -> PriceGroup:
    """The seller's price group with this id."""
    found = price_groups_of(acting).filter(pk=group_id).first()
    if found is None:
        raise PriceGroupUnknown(_("There is no price group %(named)s.") % {"named": group_id})
    return found


def factors_of_group(acting: Acting, group: PriceGroup) -> QuerySet[PriceFactor]:
    """The factors of a group: those for all products first, then by product, the latest first."""
    factors = price_factors_of(acting).filter(group=group).select_related("group", "product")
    return factors.order_by(F("product__code").asc(nulls_first=True), "-valid_from")


def group_members(acting: Acting, group: PriceGroup) -> QuerySet[Customer]:
    """Who is in the group, by name."""
    require(acting, Permission.READ)
    mine = Customer.objects.filter(seller_id=acting.seller_id, price_group_member__group=group)
    return mine.order_by("name", "id")


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
