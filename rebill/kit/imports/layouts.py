"""Remembers how the columns of a kind of file were mapped, so that the same layout is mapped by itself next time."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.kit.imports.headers import Header
from rebill.kit.imports.mapping import ColumnMapping, header_fingerprint
from rebill.kit.imports.models import ImportLayout
from rebill.kit.imports.options import ImportOptions


@dataclass(frozen=True)
class RememberedLayout:
    """The decisions of the last time, for the heading that was asked about."""

    name: str
    mapping: ColumnMapping
    options: ImportOptions


def remember_layout(
    *,
    seller_id: int,
    entity: str,
    header: Header,
    mapping: ColumnMapping,
    options: ImportOptions,
    now: datetime,
    name: str = "",
) -> None:
    """Keep the mapping and the options for every later file with these headings, in place of what was kept before."""
    ImportLayout.objects.update_or_create(
        seller_id=seller_id,
        entity=entity,
        fingerprint=header_fingerprint(header),
        defaults={
            "mapping": mapping.to_json(),
            "options": options.to_json(),
            "remembered_at": now,
            **({"name": name} if name else {}),
        },
    )


def forget_layout(*, seller_id: int, entity: str, header: Header) -> None:
    """Files with these headings are proposed anew; nothing happens when none was remembered."""
    _layouts(seller_id, entity, header).delete()


def remembered_layout(*, seller_id: int, entity: str, header: Header) -> RememberedLayout | None:
    """What this seller decided for these headings, in whatever order the columns stand now; None when nothing."""
    layout = _layouts(seller_id, entity, header).first()
    if layout is None:
        return None
    return RememberedLayout(
        name=layout.name,
        mapping=ColumnMapping.from_json(layout.mapping, header=header, reason=_("Same heading as last time")),
        options=ImportOptions.from_json(layout.options),
    )


def _layouts(seller_id: int, entity: str, header: Header) -> QuerySet[ImportLayout]:
    return ImportLayout.objects.filter(seller_id=seller_id, entity=entity, fingerprint=header_fingerprint(header))
