"""`rebill import purchase-invoice`: invoices of suppliers, from files, folders, a folder that is watched, or a pipe."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
from django.db.utils import DatabaseError
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import Session
from rebill.interfaces.cli.clock import read_clock
from rebill.interfaces.cli.exit_codes import DONE, PARTLY, REFUSED, TRY_AGAIN
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, short
from rebill.interfaces.imports.inspecting import Wishes
from rebill.interfaces.purchases.arriving import Arrived, WatchedPurchases, take_file, take_path
from rebill.kit.arrivals import Arrivals, files_in
from rebill.kit.xml import BYTES_MAX
from rebill.sources.supplier_invoices.models import PurchaseInvoice
from rebill.sources.supplier_invoices.queries.purchases import RowCounts, row_counts
from rebill.sources.supplier_invoices.words import doubt_problems

SECONDS_BETWEEN_LOOKS = 5
STANDARD_INPUT = Path("-")


def import_purchases(
    files: list[Path], *, seller: str | None, user: str | None, watch: Path | None, wishes: Wishes, as_json: bool
) -> int:
    """Leaves with 0 when every file is in, 1 when some were refused or known already, 2 when none could be taken.

    What a mail server pipes in and cannot be kept just now leaves with 75, so that it is brought again.
    """
    if files == [STANDARD_INPUT] and watch is None:
        try:
            return _take_piped(seller=seller, user=user, wishes=wishes, as_json=as_json)
        except (DatabaseError, OSError) as error:
            output.refuse(_("It cannot be kept now; bring it again. %(reason)s") % {"reason": error})
            return TRY_AGAIN
    session = open_session(seller=seller, user=user)
    if watch is not None:
        return _watch(session, watch)
    if not files:
        raise typer.BadParameter("Name the files to import.", param_hint="FILE")
    for path in files:
        if not path.exists():
            raise typer.BadParameter(_("There is no file %(path)s.") % {"path": path}, param_hint="FILE")
    paths = [each for path in files for each in files_in(path)]
    arrived = [
        each for path in paths for each in take_path(acting=session.acting, path=path, now=session.now, wishes=wishes)
    ]
    _show(arrived, as_json=as_json)
    return _code(arrived)


def _take_piped(*, seller: str | None, user: str | None, wishes: Wishes, as_json: bool) -> int:
    session = open_session(seller=seller, user=user)
    content = sys.stdin.buffer.read(BYTES_MAX + 1)
    arrived = take_file(acting=session.acting, content=content, name="-", now=session.now, wishes=wishes)
    _show(arrived, as_json=as_json)
    return _code(arrived)


def _code(arrived: Sequence[Arrived]) -> int:
    settled = sum(each.is_settled for each in arrived)
    if settled == len(arrived):
        return DONE
    return PARTLY if any(each.is_settled and not each.is_left for each in arrived) else REFUSED


def _watch(session: Session, folder: Path) -> int:
    if not folder.is_dir():
        raise typer.BadParameter(_("There is no folder %(path)s.") % {"path": folder}, param_hint="--watch")
    watched = WatchedPurchases(Arrivals(folder))
    print_note(_("Watching %(folder)s. Ctrl+C stops it.") % {"folder": folder})
    while True:
        for each in watched.look(acting=session.acting, now=read_clock()):
            number = each.invoice.number if each.invoice is not None else each.words
            print_line(f"{each.name}: {number}")
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _show(arrived: Sequence[Arrived], *, as_json: bool) -> None:
    counts = row_counts([invoice.pk for each in arrived for invoice in each.invoices])
    if as_json:
        output.print_json({"files": [facts for each in arrived for facts in _facts(each, counts)]})
        return
    taken = [invoice for each in arrived for invoice in each.invoices]
    if taken:
        print_columns(
            [
                short(_("Number")), Column(_("Supplier")), short(_("Date")), figure(_("Rows")), figure(_("To fix")),
                figure(_("Without VAT")), figure(_("With VAT")),
            ],
            [
                (
                    invoice.number,
                    invoice.supplier.name,
                    invoice.issued_on.isoformat(),
                    f"{counts.get(invoice.pk, RowCounts()).rows:,}",
                    f"{counts.get(invoice.pk, RowCounts()).to_fix:,}",
                    str(invoice.net),
                    str(invoice.gross),
                )
                for invoice in taken
            ],
        )  # fmt: skip
    for invoice in taken:
        where = f"{invoice.supplier.name} {invoice.number}"
        output.print_problems(doubt_problems(invoice.doubts, where=where), title=_("What to look at"))
    for each in arrived:
        if each.words and each.is_settled:
            print_note(f"{each.name}: {each.words}")
        elif each.invoice is None:
            output.refuse(f"{each.name}: {each.words}")


def _facts(arrived: Arrived, counts: Mapping[int, RowCounts]) -> list[dict[str, object]]:
    if arrived.invoice is None:
        return [{"file": arrived.name, "invoice": None, "words": arrived.words, "first": arrived.first_id,
                 "left": arrived.is_left}]  # fmt: skip
    return [_invoice_facts(arrived.name, invoice, counts) for invoice in arrived.invoices]


def _invoice_facts(name: str, invoice: PurchaseInvoice, counts: Mapping[int, RowCounts]) -> dict[str, object]:
    counted = counts.get(invoice.pk, RowCounts())
    return {
        "file": name,
        "words": "",
        "first": None,
        "left": False,
        "invoice": {
            "id": invoice.pk,
            "number": invoice.number,
            "supplier": invoice.supplier.name,
            "kind": invoice.kind,
            "issued_on": invoice.issued_on.isoformat(),
            "currency": invoice.currency,
            "net": str(invoice.net.decimal),
            "gross": str(invoice.gross.decimal),
            "rows": counted.rows,
            "to_fix": counted.to_fix,
            "doubts": [code for code, _value in invoice.doubts],
        },
    }
