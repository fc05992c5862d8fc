"""`rebill export margins`: what is left of what was billed, by customer, product or month."""

from typing import Annotated

import typer
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from rebill.exports.margins import By, Margin, margins, margins_file, totals
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.exports.combined import MonthArgument, OutOption, month_of
from rebill.interfaces.cli.exports.files import write_file
from rebill.interfaces.cli.figures import NOTHING, amount, exact
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, short

ByOption = Annotated[By, typer.Option("--by", help="By month: the twelve months that end with it.")]


def export_margins(
    month: MonthArgument = None,
    by: ByOption = By.CUSTOMER,
    out: OutOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Show what was billed in a month, less what your wholesaler billed you for the same; with --out, as CSV."""
    session = open_session(seller=seller, user=user)
    first = month_of(month, session.today)
    rows = margins(acting=session.acting, month=first, by=by, language=get_language() or "en")
    if out is not None:
        write_file(out, [margins_file(rows)])
    if as_json:
        told = {"month": f"{first:%Y-%m}", "by": by.value, "file": None if out is None else str(out)}
        output.print_json(
            {**told, "items": [_facts(each) for each in rows], "totals": [_sums(each) for each in totals(rows)]}
        )
        return DONE
    if out is not None:
        print_line(_("Margins of %(month)s: %(path)s") % {"month": f"{first:%Y-%m}", "path": out})
        return DONE
    if not rows:
        print_note(_("Nothing was billed in %(month)s.") % {"month": f"{first:%Y-%m}"})
        return DONE
    print_columns(
        [short(_("Code")), Column(_("Name")), figure(_("Sold")), figure(_("Bought")), figure(_("Margin")), figure("%"),
         short("")],
        [_row(each) for each in (*rows, *totals(rows))],
    )  # fmt: skip
    return DONE


def _row(each: Margin) -> tuple[str, ...]:
    share = NOTHING if each.percent is None or not each.bought.minor else str(each.percent)
    figures = (amount(each.sold), amount(each.bought), amount(each.earned), share)
    return (each.code, each.name, *figures, each.sold.currency)


def _facts(each: Margin) -> dict[str, object]:
    return {"code": each.code, "name": each.name, **_sums(each)}


def _sums(each: Margin) -> dict[str, object]:
    return {
        "currency": each.sold.currency,
        "sold": exact(each.sold),
        "bought": exact(each.bought),
        "earned": exact(each.earned),
        "percent": each.percent,
    }
