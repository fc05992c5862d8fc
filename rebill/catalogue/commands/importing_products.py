"""Products of another system, in bulk: new by their code, changed where a line says something else."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.products import lock_products
from rebill.catalogue.fields import PRODUCT_FIELDS, tidy_product, tidy_product_code
from rebill.catalogue.models import Product, ProductKind
from rebill.kit.bulk import read_rows
from rebill.kit.database import atomic_write
from rebill.kit.events import told
from rebill.kit.imports.keyed_rows import KeyedRows, Values
from rebill.kit.imports.outcomes import ImportRecord, Outcome, accepted, rejected, unchanged
from rebill.parties.entries import LANGUAGES, EntryRefused
from rebill.parties.queries import seller_of

_NAME_FIELDS = {f"name_{language}": language for language in LANGUAGES}


def import_products(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Creates and changes products by code, all in one transaction; one outcome for each record, in their order.

    Fields: code, name (in the seller's language), name_nl, name_de, name_fi, name_en, kind, unit, supply, rate_class,
    ledger_account, summary_group, active. A field that is absent or empty says nothing; a new product without a kind is
    a recurring one.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    with atomic_write():
        lock_products(acting.seller_id)
        language = seller_of(acting).language
        products = _known_products(acting.seller_id)
        outcomes = [_take(products, language, record) for record in records]
        products.write(seller_id=acting.seller_id, actor_id=acting.user_id, now=now, besides={})
    return outcomes


def _known_products(seller_id: int) -> KeyedRows:
    rows = read_rows(Product.objects.filter(seller_id=seller_id).order_by("id"), "id", "code", *PRODUCT_FIELDS)
    return KeyedRows(Product, key="code", fields=PRODUCT_FIELDS, known=rows)


def _take(products: KeyedRows, language: str, record: ImportRecord) -> Outcome:
    try:
        code: str = tidy_product_code("code", record.values.get("code"))
        known = products.find(code)
        kept = known.values if known else _usual_terms()
        wanted = {**kept, **tidy_product(_entered(record, language), kept=kept, language=language)}
    except EntryRefused as refused:
        what = f"product.{refused.field}_refused"
        return rejected(
            record, what=what, why=refused.why, remedy=refused.remedy, column=refused.field, value=refused.value
        )
    if known is not None and wanted == kept:
        return unchanged(record)
    if known is not None and known.line is not None:
        return rejected(
            record,
            what="product.code_repeated",
            why=_("The code is also in line %(line)s, where other things are said.") % {"line": known.line},
            remedy=_("Keep one of the two lines."),
            column="code",
            value=code,
        )
    products.keep(code, wanted, line=record.line)
    return accepted(record)


def _entered(record: ImportRecord, language: str) -> Values:
    """What the line says, with the names per language in one field."""
    entered = {name: value for name, value in record.values.items() if name != "code" and record.states(name)}
    spoken = {"name": language} | _NAME_FIELDS
    names = {each: entered.pop(name) for name, each in spoken.items() if name in entered}
    if names:
        entered["names"] = names
    if isinstance(group := entered.get("summary_group"), str) and group.isdecimal():
        entered["summary_group"] = int(group)
    return entered


def _usual_terms() -> Values:
    usual = Product(kind=ProductKind.RECURRING)
    return {name: told(getattr(usual, name)) for name in PRODUCT_FIELDS}
