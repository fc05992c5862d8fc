"""The calls of an invoice as rows: for CSV, for a workbook, and for the annex."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from io import BytesIO

from django.utils import translation
from django.utils.translation import gettext as _

from rebill.catalogue.words import category_word
from rebill.exports.contract import FileKind
from rebill.exports.specifications.reading import InvoiceCalls
from rebill.kit.imports.spreadsheet import OutCell, write_csv, write_xlsx
from rebill.sources.usage.queries.specification import Call

E6 = 6
_COMMA_LANGUAGES = frozenset({"nl", "de", "fi"})


def write_calls(calls: InvoiceCalls, *, kind: FileKind, now: datetime) -> bytes:
    """The file of all calls, in the language of the invoice; one row per price of a call, its sum is the bill's."""
    buffer = BytesIO()
    language = calls.invoice.language
    with translation.override(language):
        if kind is FileKind.XLSX:
            write_xlsx(rows(calls), to=buffer, made_at=now, sheet=calls.invoice.number.replace("/", "-")[:31])
        else:
            comma = language in _COMMA_LANGUAGES
            write_csv(
                rows(calls), to=buffer, delimiter=";" if comma else ",", decimal_mark="," if comma else ".",
                encoding="utf-8", byte_order_mark=True,
            )  # fmt: skip
    return buffer.getvalue()


def rows(calls: InvoiceCalls) -> Iterator[Sequence[OutCell]]:
    """The headings, and then each call."""
    yield [
        _("Day"), _("Time"), _("From"), _("To"), _("Destination"), _("Kind of call"), _("Seconds"),
        _("Seconds counted"), _("Of them included"), _("Amount"), _("Billed before"),
    ]  # fmt: skip
    zone = calls.seller.time_zone
    for call in calls.specification.rows():
        began_at = call.began_at(zone)
        yield [
            began_at.date(), f"{began_at:%H:%M:%S}", call.caller, calls.shown_number(call), call.destination,
            category_word(call.category), call.seconds, call.billed_s, call.included_s, amount_of(call.amount_e6),
            amount_of(call.before_e6),
        ]  # fmt: skip


def amount_of(amount_e6: int) -> Decimal:
    """The amount with as many decimals as it has, at least two."""
    whole, _point, decimals = f"{Decimal(amount_e6).scaleb(-E6):.6f}".partition(".")
    return Decimal(f"{whole}.{decimals.rstrip('0').ljust(2, '0')}")


def duration_of(seconds: int) -> str:
    """Minutes and seconds, so that nothing is rounded."""
    return f"{seconds // 60}:{seconds % 60:02}"


def difference_of(call: Call) -> Decimal:
    """What the call adds to the bill."""
    return amount_of(call.amount_e6 - call.before_e6)
