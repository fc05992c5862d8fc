"""`rebill export specification`: the calls behind an invoice, as a CSV file, a workbook or a PDF annex."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.exports.contract import FileKind
from rebill.exports.specifications.annex import write_annex
from rebill.exports.specifications.reading import calls_of_invoice
from rebill.exports.specifications.tables import write_calls
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.exports.files import write_file
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import print_line
from rebill.invoices.queries.invoices import invoice_numbered

Kind = StrEnum("Kind", {"CSV": "csv", "XLSX": "xlsx", "PDF": "pdf"})


def export_specification(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The number of the invoice.", show_default=False)],
    kind: Annotated[Kind, typer.Option("--kind", help="A table, a workbook, or an annex to print.")] = Kind.CSV,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where to write the file.")] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Write the calls that an invoice bills: who was called when, for how long, and what it cost."""
    session = open_session(seller=seller, user=user)
    invoice = invoice_numbered(acting=session.acting, number=number)
    calls = calls_of_invoice(acting=session.acting, invoice_id=invoice.pk)
    content = write_annex(calls) if kind is Kind.PDF else write_calls(calls, kind=FileKind(kind.value), now=session.now)
    path = out or Path(f"{invoice.number.replace('/', '-')}-calls.{kind.value}")
    write_file(path, [content])
    count = calls.specification.count()
    if as_json:
        output.print_json({"invoice": invoice.number, "calls": count, "file": str(path), "kind": kind.value})
        return DONE
    print_line(_("%(number)s calls of %(invoice)s: %(path)s") % {"number": count, "invoice": number, "path": path})
    return DONE
