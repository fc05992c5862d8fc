"""`rebill usage`: what a customer's calls come to, month by month, and one month by kind and destination."""

from datetime import date
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.catalogue.words import category_word
from rebill.exports.specifications.tables import amount_of, duration_of
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import month as month_word
from rebill.interfaces.cli.options import open_session, read_month
from rebill.interfaces.cli.tables import Cell, Column, figure, print_columns, print_line, print_note
from rebill.interfaces.specified import total_row
from rebill.parties.queries import customer_by_number
from rebill.sources.usage.queries.ratings import Unpriced, unpriced_calls
from rebill.sources.usage.queries.specification import DestinationTotal
from rebill.sources.usage.queries.usage import Usage, UsageMonth, calls_of_month, usage_months

SHOWN = 50


def usage_command(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Its number.", show_default=False)],
    month: Annotated[
        date | None,
        typer.Option("--month", parser=read_month, metavar="MONTH", help="One month by kind and destination."),
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """What a customer's calls come to, billed or not: all months, or one month by kind of call and by destination.

    A dealer's usage is that of its customers. Calls without a price are named beside.
    """
    session = open_session(seller=seller, user=user)
    found = customer_by_number(session.acting, customer)
    months = [each for each in usage_months(acting=session.acting, customer_id=found.pk) if month in (None, each.month)]
    unpriced = [
        each
        for each in unpriced_calls(seller_id=session.acting.seller_id, buyer_ids=[found.pk])
        if month in (None, each.month)
    ]
    totals: list[DestinationTotal] | None = None
    if month is not None:
        totals = calls_of_month(acting=session.acting, customer_id=found.pk, month=month).totals()
    currency = found.currency or session.seller.currency
    if as_json:
        output.print_json(
            {
                "customer": found.number,
                "currency": currency,
                "months": [_month_facts(each) for each in months],
                **({"destinations": [_total_facts(each) for each in totals]} if totals is not None else {}),
                "without_price": [_unpriced_facts(each) for each in unpriced],
            }
        )
        return DONE
    if not months and not unpriced:
        print_line(_("There are no rated calls."))
        return DONE
    if totals is None:
        _print_months(months, currency)
    else:
        _print_month(months, totals, currency)
    for each in unpriced:
        heads = ", ".join(f"{head} ({calls:,})" for head, calls in each.heads[:5])
        words = {"number": f"{each.calls:,}", "month": month_word(each.month), "heads": heads}
        told = ngettext(
            "%(number)s call of %(month)s has no price: %(heads)s.",
            "%(number)s calls of %(month)s have no price: %(heads)s.",
            each.calls,
        )
        print_note(told % words)
    return DONE


def _print_months(months: list[UsageMonth], currency: str) -> None:
    print_columns(
        _columns(Column(_("Month")), currency), [_cells(month_word(each.month), each.whole) for each in months]
    )


def _print_month(months: list[UsageMonth], totals: list[DestinationTotal], currency: str) -> None:
    for each in months:
        rows = [_cells(str(category_word(category)), used) for category, used in each.categories.items()]
        rows.append(_cells(_("In all"), each.whole))
        print_columns(_columns(Column(_("Kind of call")), currency), rows, title=month_word(each.month))
    print_columns(
        _columns(Column(_("Destination")), currency),
        [
            (row.name, f"{row.calls:,}", row.minutes, row.included, str(row.amount))
            for row in map(total_row, totals[:SHOWN])
        ],
    )
    if len(totals) > SHOWN:
        left = f"{len(totals) - SHOWN:,}"
        print_note(_("%(number)s more destinations: --json lists all.") % {"number": left})


def _columns(first: Column, currency: str) -> list[Column]:
    words = (_("Calls"), _("Minutes"), _("Of them included"), _("Amount, %(currency)s") % {"currency": currency})
    return [first, *(figure(each) for each in words)]


def _cells(name: str, used: Usage) -> tuple[Cell, ...]:
    included = duration_of(used.included_s) if used.included_s else ""
    return (name, f"{used.calls:,}", duration_of(used.billed_s), included, str(amount_of(used.amount_e6)))


def _usage_facts(used: Usage) -> dict[str, object]:
    return {
        "calls": used.calls,
        "seconds": used.billed_s,
        "included_seconds": used.included_s,
        "amount": str(amount_of(used.amount_e6)),
    }


def _month_facts(month: UsageMonth) -> dict[str, object]:
    categories = [{"category": category, **_usage_facts(used)} for category, used in month.categories.items()]
    return {"month": f"{month.month:%Y-%m}", **_usage_facts(month.whole), "categories": categories}


def _total_facts(total: DestinationTotal) -> dict[str, object]:
    return {
        "destination": total.destination,
        "category": total.category,
        "calls": total.calls,
        "seconds": total.billed_s,
        "included_seconds": total.included_s,
        "amount": str(amount_of(total.amount_e6)),
    }


def _unpriced_facts(unpriced: Unpriced) -> dict[str, object]:
    return {"month": f"{unpriced.month:%Y-%m}", "calls": unpriced.calls, "heads": dict(unpriced.heads)}
