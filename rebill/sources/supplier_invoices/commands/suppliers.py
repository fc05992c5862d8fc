"""How a supplier's invoices are to be understood, and price groups."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.catalogue.queries import ProductUnknown
from rebill.kit.bulk import upsert_rows
from rebill.kit.errors import Invalid
from rebill.kit.events import record_event, told
from rebill.parties.entries import text_of
from rebill.parties.models import Customer
from rebill.parties.queries import CustomerUnknown
from rebill.rules.matching.places import Place
from rebill.rules.matching.products import Model
from rebill.sources.supplier_invoices.models import PriceFactor, PriceGroup, PriceGroupMember, Supplier
from rebill.sources.supplier_invoices.queries.suppliers import supplier_of

FACTOR_MAX = Decimal(1000)

_name = text_of(PriceGroup, "name")
_commission_text = text_of(Supplier, "commission_text")


class SupplierChanges(TypedDict, total=False):
    """What may be changed of a supplier; what is left out stays."""

    model: str
    places: Sequence[str]
    commission_codes: Sequence[str]
    commission_text: str


def change_supplier(*, acting: Acting, supplier_id: int, now: datetime, **changes: Unpack[SupplierChanges]) -> Supplier:
    """The supplier with other settings; invoices that are in already follow when they are read again.

    `places` in the order in which they are looked at; none means that they are learnt from each invoice.
    """
    require(acting, Permission.KEEP_PURCHASES)
    if "model" in changes and changes["model"] not in [each.value for each in Model]:
        raise Invalid(
            _("“%(value)s” is no way of matching; use package, older or detect.") % {"value": changes["model"]}
        )
    unknown = [each for each in changes.get("places", ()) if each not in [place.value for place in Place]]
    if unknown:
        allowed = ", ".join(place.value for place in Place)
        raise Invalid(_("“%(value)s” is no place; use %(allowed)s.") % {"value": unknown[0], "allowed": allowed})
    with transaction.atomic():
        supplier = supplier_of(acting, supplier_id)
        if "model" in changes:
            supplier.model = changes["model"]
        if "places" in changes:
            supplier.places = list(dict.fromkeys(changes["places"]))
        if "commission_codes" in changes:
            supplier.commission_codes = sorted({each.strip() for each in changes["commission_codes"] if each.strip()})
        if "commission_text" in changes:
            supplier.commission_text = _commission_text("commission_text", changes["commission_text"].strip())
        supplier.save(update_fields=[*changes])
        details = {name: told(getattr(supplier, name)) for name in changes}
        record_event(
            seller_id=acting.seller_id, subject=supplier, verb="changed", actor_id=acting.user_id, now=now,
            details=details,
        )  # fmt: skip
    return supplier


def set_price_factor(
    *,
    acting: Acting,
    group: str,
    factor: Decimal,
    valid_from: date,
    now: datetime,
    product_id: int | None = None,
    valid_before: date | None = None,
) -> PriceFactor:
    """The group multiplies the buy price of a product, or of all that have no factor of their own, by `factor` from the
    day on. A group of a new name is made. The same day again replaces what was said for it."""
    require(acting, Permission.KEEP_CATALOGUE)
    if not 0 <= factor <= FACTOR_MAX:
        raise Invalid(_("A factor lies between 0 and %(largest)s.") % {"largest": FACTOR_MAX})
    if valid_before is not None and valid_before <= valid_from:
        raise Invalid(_("It would end before it begins."))
    product = Product.objects.filter(seller_id=acting.seller_id, pk=product_id).first() if product_id else None
    if product is None and product_id is not None:
        raise ProductUnknown(_("There is no product %(named)s.") % {"named": product_id})
    with transaction.atomic():
        made = _group(acting, group)
        kept, _is_new = PriceFactor.objects.update_or_create(
            group=made,
            product=product,
            valid_from=valid_from,
            defaults={"factor": factor, "valid_before": valid_before},
        )
        details = {"product": product_id, "factor": str(factor), "from": valid_from.isoformat()}
        record_event(
            seller_id=acting.seller_id, subject=made, verb="factor_set", actor_id=acting.user_id, now=now,
            details=details,
        )  # fmt: skip
    return kept


def assign_price_group(*, acting: Acting, customer_ids: Collection[int], group: str, now: datetime) -> int:
    """These customers are in the group, and in no other; an empty name takes them out of theirs."""
    require(acting, Permission.KEEP_CATALOGUE)
    known = Customer.objects.filter(seller_id=acting.seller_id, pk__in=customer_ids).count()
    if known != len(set(customer_ids)):
        raise CustomerUnknown(_("Not all of these are customers of this seller."))
    with transaction.atomic():
        if not group.strip():
            members = PriceGroupMember.objects.filter(customer_id__in=customer_ids)
            removed, _kinds = members.delete()
            return removed
        made = _group(acting, group)
        rows = [(made.pk, customer_id) for customer_id in sorted(set(customer_ids))]
        changed = upsert_rows(
            PriceGroupMember, ("group_id", "customer_id"), rows, unique=("customer_id",), update=("group_id",)
        )
        details = {"customers": len(rows)}
        record_event(
            seller_id=acting.seller_id, subject=made, verb="members_set", actor_id=acting.user_id, now=now,
            details=details,
        )  # fmt: skip
    return changed


def _group(acting: Acting, name: str) -> PriceGroup:
    tidied = _name("name", " ".join(name.split()))
    if not tidied:
        raise Invalid(_("Name the price group."))
    made, _is_new = PriceGroup.objects.get_or_create(seller_id=acting.seller_id, name=tidied)
    return made
