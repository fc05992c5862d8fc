"""Products of another system, in bulk: new by their code, changed where a line says something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.products import lock_products
from rebill.catalogue.fields import PRODUCT_FIELDS, tidy_product, tidy_product_code
from rebill.catalogue.models import Product, ProductKind
from rebill.kit.bulk import insert_rows, read_rows, reserve_ids, update_rows
from rebill.kit.database import atomic_write
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.kit.imports.outcomes import ImportRecord, Outcome, accepted, rejected, unchanged
from rebill.parties.changes import told
from rebill.parties.entries import LANGUAGES, EntryRefused
from rebill.parties.queries import seller_of

Values = dict[str, Any]

_NAME_FIELDS = {f"name_{language}": language for language in LANGUAGES}


@dataclass(slots=True)
class _Known:
    """A product that stands, or will: its values, and since which line if from this file."""

    id: int
    values: Values
    line: int | None = None


@dataclass(slots=True)
class _Import:
    """What is known while the lines are read, and what is to be written for them."""

    language: str
    products: dict[str, _Known]
    new: dict[str, Values] = field(default_factory=dict)
    changed: dict[int, tuple[Values, dict[str, list[Any]]]] = field(default_factory=dict)


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
        work = _Import(language=language, products=_known_products(acting.seller_id))
        outcomes = [_take(work, record) for record in records]
        _write(acting, work, now)
    return outcomes


def _known_products(seller_id: int) -> dict[str, _Known]:
    rows = read_rows(Product.objects.filter(seller_id=seller_id).order_by("id"), "id", "code", *PRODUCT_FIELDS)
    return {code: _Known(known_id, dict(zip(PRODUCT_FIELDS, values, strict=True))) for known_id, code, *values in rows}


def _take(work: _Import, record: ImportRecord) -> Outcome:
    try:
        code: str = tidy_product_code("code", record.values.get("code"))
        known = work.products.get(code)
        kept = known.values if known else _usual_terms()
        wanted = {**kept, **tidy_product(_entered(work, record), kept=kept, language=work.language)}
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
    if known is None:
        work.new[code] = wanted
    else:
        work.changed[known.id] = (wanted, _differences(kept, wanted))
    work.products[code] = _Known(known.id if known else 0, wanted, record.line)
    return accepted(record)


def _entered(work: _Import, record: ImportRecord) -> Values:
    """What the line says, with the names per language in one field."""
    entered = {name: value for name, value in record.values.items() if name != "code" and record.states(name)}
    spoken = {"name": work.language} | _NAME_FIELDS
    names = {language: entered.pop(name) for name, language in spoken.items() if name in entered}
    if names:
        entered["names"] = names
    if isinstance(group := entered.get("summary_group"), str) and group.isdecimal():
        entered["summary_group"] = int(group)
    return entered


def _usual_terms() -> Values:
    usual = Product(kind=ProductKind.RECURRING)
    return {name: told(getattr(usual, name)) for name in PRODUCT_FIELDS}


def _differences(kept: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [told(kept[name]), told(wanted[name])] for name in PRODUCT_FIELDS if kept[name] != wanted[name]}


def _write(acting: Acting, work: _Import, now: datetime) -> None:
    ids = reserve_ids(Product, len(work.new))
    insert_rows(
        Product,
        ("id", "seller_id", "code", *PRODUCT_FIELDS),
        (
            (product_id, acting.seller_id, code, *(values[name] for name in PRODUCT_FIELDS))
            for product_id, (code, values) in zip(ids, work.new.items(), strict=True)
        ),
    )
    update_rows(
        Product,
        "id",
        PRODUCT_FIELDS,
        (
            (product_id, *(values[name] for name in PRODUCT_FIELDS))
            for product_id, (values, _changed) in work.changed.items()
        ),
    )
    subject = subject_type_of(Product)
    record_events(
        EventRow(acting.seller_id, subject, product_id, "created", acting.user_id, now, {"code": code})
        for product_id, code in zip(ids, work.new, strict=True)
    )
    record_events(
        EventRow(acting.seller_id, subject, product_id, "changed", acting.user_id, now, changed)
        for product_id, (_values, changed) in work.changed.items()
    )
