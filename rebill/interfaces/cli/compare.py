"""`rebill compare`: a supplier's records of calls against ours."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.exports.files import file_at
from rebill.interfaces.cli.options import open_session, read_month
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note
from rebill.interfaces.compared_calls import difference_rows
from rebill.kit.imports.spreadsheet import write_csv
from rebill.rules.comparing import Finding
from rebill.sources.usage.queries.comparing import Comparison, compare_calls
from rebill.sources.usage.queries.records import switch_of
from rebill.sources.usage.words import FINDING_WORDS

SHOWN = 20


def compare_command(
    supplier: Annotated[str, typer.Argument(metavar="SWITCH", help="The code under which its files were taken.")],
    on: Annotated[date, typer.Option("--month", parser=read_month, metavar="MONTH", help="Such as 2026-10.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write every call that differs, as CSV.")
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Compare a supplier's call records of a month with ours: missing, extra, longer, and sums by destination.

    Its files are taken under a switch of their own, made by `rebill switches set CODE --supplier`, and never billed.
    Leaves with 1 when anything differs.
    """
    session = open_session(seller=seller, user=user)
    found = compare_calls(acting=session.acting, supplier=switch_of(session.acting, supplier), month=on)
    counts = found.counts()
    if out is not None:
        with file_at(out) as file:
            write_csv(difference_rows(found, session.seller.time_zone), to=file)
    if as_json:
        output.print_json(
            {
                "month": f"{on:%Y-%m}",
                "counts": {each.value: counts[each] for each in Finding},
                "destinations": [each._asdict() for each in found.sums()],
            }
        )
    else:
        _print(found, counts)
    return DONE if sum(counts.values()) == counts[Finding.SAME] else PARTLY


def _print(found: Comparison, counts: dict[Finding, int]) -> None:
    print_columns(
        [Column(_("Calls")), figure(_("Number"))],
        [[str(FINDING_WORDS[each]), f"{counts[each]:,}"] for each in Finding],
    )
    sums = found.sums()
    if not sums:
        print_line(_("Neither side has calls in this month."))
        return
    columns = [Column(_("Destination"))]
    columns += [figure(each) for each in (_("Our calls"), _("Our seconds"), _("Their calls"), _("Their seconds"))]
    print_columns(columns, [[each[0], *(f"{number:,}" for number in each[1:5])] for each in sums[:SHOWN]])
    if len(sums) > SHOWN:
        print_note(_("%(number)s more destinations: --json lists all.") % {"number": f"{len(sums) - SHOWN:,}"})
