"""The annex to an invoice in PDF: what the calls to each destination come to, and every call."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, time
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock

import typst
from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _

from rebill.catalogue.words import category_word
from rebill.exports.specifications.reading import InvoiceCalls
from rebill.exports.specifications.tables import amount_of, difference_of, duration_of
from rebill.invoices.documents.pdf.figures import plain
from rebill.invoices.documents.pdf.fonts import families_for, load_fonts
from rebill.invoices.documents.pdf.press import NotLaidOut
from rebill.kit.errors import Invalid

# More calls make a PDF of many hundred pages that nobody reads: a workbook holds them all.
CALLS_MAX = 50_000
_DIGITS = 4
_one_at_a_time = Lock()


class TooManyCalls(Invalid):
    """The invoice bills more calls than an annex can show."""


def write_annex(calls: InvoiceCalls) -> bytes:
    """The PDF, in the language of the invoice. The same calls give the same bytes."""
    count = calls.specification.count()
    if count > CALLS_MAX:
        raise TooManyCalls(
            _("%(number)s calls are too many for a PDF. Take the CSV file or the workbook.") % {"number": f"{count:,}"}
        )
    invoice = calls.invoice
    with translation.override(invoice.language):
        document = json.dumps(_content(calls), ensure_ascii=False)
    with _one_at_a_time:
        pages = _compiler().compile(
            format="pdf",
            sys_inputs={"document": document},
            timestamp=datetime.combine(invoice.issued_on, time(), tzinfo=UTC),
        )
    if not isinstance(pages, bytes):
        raise NotLaidOut(_("The template made no page."))
    return pages


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    folder = Path(str(files("rebill.exports.specifications") / "templates"))
    return typst.Compiler(folder / "specification.typ", root=folder, font_paths=load_fonts(), ignore_system_fonts=True)


def _content(calls: InvoiceCalls) -> dict[str, object]:
    invoice, locale = calls.invoice, calls.invoice.language
    totals = calls.specification.totals()
    whole = sum(each.amount_e6 for each in totals)
    return {
        "language": locale,
        "fonts": list(families_for("Inter")),
        "title": _("Specification of invoice %(number)s") % {"number": invoice.number},
        "subtitle": f"{calls.seller.name} · {invoice.customer_name} · {invoice.currency}",
        "running": f"{calls.seller.name} · {invoice.number}",
        "page": _("Page {page} of {pages}"),
        "total_heads": [_("Destination"), _("Calls"), _("Minutes"), _("Of them included"), _("Amount")],
        "totals": [
            [
                each.destination or category_word(each.category),
                f"{each.calls:,}".replace(",", "\u202f"),
                duration_of(each.billed_s),
                duration_of(each.included_s),
                plain(amount_of(each.amount_e6), digits_min=_DIGITS, locale=locale),
            ]
            for each in totals
        ],
        "total": [
            _("Total"),
            f"{sum(each.calls for each in totals):,}".replace(",", "\u202f"),
            duration_of(sum(each.billed_s for each in totals)),
            duration_of(sum(each.included_s for each in totals)),
            plain(amount_of(whole), digits_min=_DIGITS, locale=locale),
        ],
        "call_heads": [_("Day"), _("Time"), _("From"), _("To"), _("Destination"), _("Duration"), _("Amount")],
        "calls": list(_rows(calls, locale)),
    }


def _rows(calls: InvoiceCalls, locale: str) -> Iterator[list[str]]:
    zone = calls.seller.time_zone
    for call in calls.specification.rows():
        began_at = call.began_at(zone)
        yield [
            format_date(began_at, "short", locale=locale),
            f"{began_at:%H:%M:%S}",
            call.caller,
            calls.shown_number(call),
            call.destination or category_word(call.category),
            duration_of(call.billed_s),
            plain(difference_of(call), digits_min=_DIGITS, locale=locale),
        ]
