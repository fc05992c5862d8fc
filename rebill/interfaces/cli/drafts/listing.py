"""Looking at drafts: lists, one with its lines, and why a line is what it is."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _
from rich.text import Text

from rebill.charges.queries import explain_charge
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.drafts.choosing import (
    DraftArgument,
    RunOption,
    TabOption,
    WarningOption,
    wanted_drafts,
)
from rebill.interfaces.cli.drafts.explaining import explanation_facts, print_explanation
from rebill.interfaces.cli.drafts.showing import draft_facts, print_draft, status_of, styled_status
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import amount, amount_of, exact, page_words, percent
from rebill.interfaces.cli.options import LimitOption, PageOption, SearchOption, open_session
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, short
from rebill.invoices.queries.invoices import invoice_of_draft
from rebill.rules.money import Money
from rebill.runs.models import DraftState
from rebill.runs.queries.pages import CurrencySum, DraftPage, DraftRow, draft_page
from rebill.runs.queries.shown import draft_shown

ChargeArgument = Annotated[
    int, typer.Argument(metavar="LINE", help="The number of the line, as `drafts show` tells it.", show_default=False)
]


def list_drafts(
    run: RunOption = None,
    tab: TabOption = None,
    search: SearchOption = "",
    warning: WarningOption = None,
    limit: LimitOption = 50,
    page: PageOption = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Drafts that match, a page at a time, and what all of them come to."""
    session = open_session(seller=seller, user=user)
    wanted = wanted_drafts(session.acting, run=run, tab=tab, search=search, warning=warning)
    found = draft_page(acting=session.acting, wanted=wanted, page=page, page_size=limit)
    if as_json:
        output.print_json(
            {
                "tab": wanted.tab,
                "page": page,
                "matching": found.drafts,
                "sums": [_sum_facts(each) for each in found.sums],
                "drafts": [_row_facts(row) for row in found.rows],
            }
        )
        return DONE
    _print_page(found, session.seller.currency, page=page, limit=limit)
    return DONE


def show_one_draft(
    draft: DraftArgument,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """One draft: lines, VAT, warnings with what mends them, and the difference to last month."""
    session = open_session(seller=seller, user=user)
    found, shown = draft_shown(acting=session.acting, draft_id=draft)
    invoice = invoice_of_draft(acting=session.acting, draft_id=draft)
    if as_json:
        output.print_json({**draft_facts(found, shown), "invoice": invoice.number if invoice else None})
        return DONE
    print_draft(shown, found)
    if invoice is not None:
        print_note(_("Issued as %(number)s: `rebill invoices show %(number)s`.") % {"number": invoice.number})
    return DONE


def explain_line(
    line: ChargeArgument,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Why a line is what it is: its source, period, share, price, and what it corrects."""
    session = open_session(seller=seller, user=user)
    explanation = explain_charge(acting=session.acting, charge_id=line)
    if as_json:
        output.print_json(explanation_facts(session, explanation))
    else:
        print_explanation(session, explanation)
    return DONE


def _print_page(found: DraftPage, currency: str, *, page: int, limit: int) -> None:
    if not found.drafts:
        print_line(_("No drafts match."))
        return
    _print_rows(found, currency)
    first = (page - 1) * limit + 1
    print_note(page_words(first, len(found.rows), found.drafts), apart=True)
    for each in found.sums:
        net, gross = Money(each.net_minor, each.currency), Money(each.gross_minor, each.currency)
        print_note(
            _("All that match: %(amount)s %(currency)s excl. VAT, %(amount_2)s incl. VAT.")
            % {"amount": amount(net), "currency": each.currency, "amount_2": amount(gross)}
        )


def _print_rows(found: DraftPage, currency: str) -> None:
    print_columns(
        [
            figure(_("Draft")),
            short(_("Number")),
            Column(_("Customer")),
            short(_("Status")),
            figure(_("vs avg.")),
            Column(_("Why")),
            figure(_("%(currency)s, excl.") % {"currency": currency}),
            figure(_("Lines")),
        ],
        [_row(row, currency) for row in found.rows],
    )


def _row(row: DraftRow, currency: str) -> tuple[object, ...]:
    status = status_of(row.state, warned=bool(row.warnings), blocked=row.is_blocked, lines=row.line_count)
    reason = row.hold_reason if row.state == DraftState.HELD else " ".join(row.warnings)
    name = output.plain(row.customer_name)
    if row.cost_centre:
        name.append_text(Text.assemble((" · ", "dim"), output.plain(row.cost_centre)))
    return (
        f"{row.id}",
        row.customer_number or Text("–", style="dim"),
        name,
        styled_status(status),
        percent(row.average_percent),
        reason,
        amount_of(Money(row.net_minor, row.currency), currency),
        f"{row.line_count:,}",
    )


def _row_facts(row: DraftRow) -> dict[str, object]:
    status = status_of(row.state, warned=bool(row.warnings), blocked=row.is_blocked, lines=row.line_count)
    return {
        "draft": row.id,
        "run": row.billed_on.isoformat(),
        "customer": {"number": row.customer_number, "name": row.customer_name},
        "currency": row.currency,
        "cost_centre": row.cost_centre,
        "state": row.state,
        "status": status.replace(" ", "_"),
        "net": exact(Money(row.net_minor, row.currency)),
        "gross": exact(Money(row.gross_minor, row.currency)),
        "lines": row.line_count,
        "channel": row.channel,
        "hold_reason": row.hold_reason,
        "warnings": list(row.warnings),
        "average_percent": row.average_percent,
    }


def _sum_facts(each: CurrencySum) -> dict[str, object]:
    return {
        "currency": each.currency,
        "drafts": each.drafts,
        "net": exact(Money(each.net_minor, each.currency)),
        "gross": exact(Money(each.gross_minor, each.currency)),
    }
