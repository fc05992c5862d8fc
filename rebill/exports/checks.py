"""What must always be true of exports; each check returns what is not."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from io import TextIOWrapper

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.exports.contract import Basis, FileKind, Layout
from rebill.exports.layouts import LayoutInvalid, read_layout
from rebill.exports.models import Export
from rebill.exports.queries import Totals, exports_of, issued_totals
from rebill.exports.registry import FORMATS
from rebill.kit.errors import Invalid, NotFound, Problem
from rebill.kit.events import subject_type_of
from rebill.kit.files import open_file
from rebill.kit.models import Event
from rebill.rules.money import Money

# Longer than any mail takes to be handed over.
_MAILING = timedelta(minutes=10)


def check_exports(*, acting: Acting, now: datetime) -> list[Problem]:
    """Every file adds up to what was written down, and that to the documents it is of; every mailing has an outcome."""
    problems: list[Problem] = []
    for export in exports_of(acting).order_by("id"):
        problems += _mailing(export, now)
        problems += _sums(acting, export)
    return problems


def _mailing(export: Export, now: datetime) -> Iterator[Problem]:
    started = export.mail_started_at
    if started is not None and export.mailed_at is None and started + _MAILING < now:
        yield Problem(
            "export.mail_unclear",
            _("export %(export)s of %(month)s") % {"export": export.pk, "month": f"{export.month:%Y-%m}"},
            _("It was being mailed and nobody wrote down what came of it."),
            _("Ask whoever receives it, and mail it again if it did not come."),
            blocking=False,
        )


def _sums(acting: Acting, export: Export) -> Iterator[Problem]:
    where = _("export %(export)s of %(month)s") % {"export": export.pk, "month": f"{export.month:%Y-%m}"}
    told = _told(export)
    if told is None:
        yield Problem("export.untold", where, _("Nobody wrote down what it comes to."), _("Make it again."))
        return
    totals, layout = told
    if layout.kind is FileKind.CSV:
        with suppress(NotFound):  # A missing file is told by the check of all kept files.
            in_file = _totals_in_file(export, layout, totals)
            if in_file != totals:
                yield Problem(
                    "export.file_differs",
                    where,
                    _("Its rows come to %(in_file)s, but %(totals)s was written down when it was made.")
                    % {"in_file": in_file, "totals": totals},
                    _("Make it again, and compare the two files."),
                )
    if layout.basis is Basis.ISSUED:
        billed = issued_totals(acting=acting, month=export.month, until=export.made_at)
        if billed != totals:
            yield Problem(
                "export.documents_differ",
                where,
                _("It comes to %(totals)s, the documents issued until then to %(billed)s (minor units).")
                % {"totals": totals, "billed": billed},
                _("A document was issued while it was made, or dated back: make it again."),
                blocking=False,
            )


def _told(export: Export) -> tuple[Totals, Layout] | None:
    """What was written down when the export was made."""
    event = (
        Event.objects.filter(
            seller_id=export.seller_id, subject_type=subject_type_of(Export), subject_id=export.pk, verb="made"
        )
        .order_by("id")
        .first()
    )
    if event is None:
        return None
    try:
        layout = read_layout(event.details["layout"], FORMATS.get(export.format), language="en")
    except (LayoutInvalid, KeyError):
        return None
    return event.details["totals"], layout


def _totals_in_file(export: Export, layout: Layout, told: Totals) -> Totals:
    """What the rows of the kept file come to; an amount that cannot be read counts as a difference."""
    if "amount" not in layout.columns:
        return told
    amount_at = layout.columns.index("amount")
    currency_at = layout.columns.index("currency") if "currency" in layout.columns else None
    only = next(iter(told), "EUR")
    totals: Counter[str] = Counter()
    encoding = "utf-8-sig" if layout.encoding == "utf-8" else layout.encoding
    with open_file(export.file_id) as raw, TextIOWrapper(raw, encoding=encoding, newline="") as text:
        rows = csv.reader(text, delimiter=layout.delimiter)
        next(rows, None)
        for row in rows:
            currency = row[currency_at] if currency_at is not None else only
            try:
                totals[currency] += _minor(row[amount_at], layout.decimal_mark, currency)
            except (InvalidOperation, IndexError, Invalid):
                totals["?"] += 1
    return {currency: minor for currency, minor in sorted(totals.items()) if minor}


def _minor(text: str, decimal_mark: str, currency: str) -> int:
    number = Decimal(text.replace(decimal_mark, "."))
    return Money.of(number, currency).minor
