"""Products: what can be charged."""

from datetime import datetime
from typing import Any, Unpack

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.fields import ProductChanges, ProductTerms, tidy_product, tidy_product_code
from rebill.catalogue.models import Product
from rebill.catalogue.queries import ProductUnknown
from rebill.kit.database import atomic_write, write_lock
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.parties.changes import set_fields
from rebill.parties.queries import seller_of


class ProductCodeTaken(Conflict):
    """Another product of the seller has this code."""


def create_product(
    *, acting: Acting, code: str, name: str, kind: str, now: datetime, **terms: Unpack[ProductTerms]
) -> Product:
    """A new product; `name` is in the seller's language, `names` holds those of other languages."""
    require(acting, Permission.KEEP_CATALOGUE)
    seller = seller_of(acting)
    product = Product(seller=seller, code=tidy_product_code("code", code))
    entered = {**terms, "kind": kind, "names": {**terms.get("names", {}), seller.language: name}}
    set_fields(product, tidy_product(entered, kept=_kept(product), language=seller.language))
    with atomic_write():
        lock_products(seller.pk)
        if Product.objects.filter(seller=seller, code=product.code).exists():
            raise ProductCodeTaken(_("There is a product %(code)s already.") % {"code": product.code})
        product.save(force_insert=True)
        _record(acting, product, "created", now, {"code": product.code})
    return product


def change_product(*, acting: Acting, product_id: int, now: datetime, **changes: Unpack[ProductChanges]) -> Product:
    """The product with other terms. What was charged keeps its words, VAT and ledger account."""
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        product = Product.objects.select_for_update().filter(seller_id=acting.seller_id, pk=product_id).first()
        if product is None:
            raise ProductUnknown(_("There is no product %(named)s.") % {"named": product_id})
        language = seller_of(acting).language
        changed = set_fields(product, tidy_product(changes, kept=_kept(product), language=language))
        if changed:
            product.save(update_fields=list(changed))
            _record(acting, product, "changed", now, changed)
    return product


def lock_products(seller_id: int) -> None:
    """Codes of one seller's products are given one transaction after the other, so none is given twice."""
    write_lock(f"products of seller {seller_id}")


def _kept(product: Product) -> dict[str, Any]:
    return {"names": product.names, "kind": product.kind, "summary_group": product.summary_group}


def _record(acting: Acting, product: Product, verb: str, now: datetime, details: dict[str, Any]) -> None:
    record_event(
        seller_id=acting.seller_id, subject=product, verb=verb, actor_id=acting.user_id, now=now, details=details
    )
