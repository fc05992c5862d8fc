"""`rebill rebill`: a purchase invoice passed on to customers."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE, PARTLY
from rebill.interfaces.cli.options import open_session, read_day, with_options_of
from rebill.interfaces.cli.purchases.showing import print_purchase, purchase_facts
from rebill.interfaces.cli.tables import print_line, print_note
from rebill.runs.commands import rebill_purchase
from rebill.runs.commands.rebilling import Rebilled
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms
from rebill.sources.supplier_invoices.models import Target
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_numbered, purchase_invoice_of
from rebill.sources.supplier_invoices.queries.splitting import Split, Standing, split_invoice


class TargetName(StrEnum):
    """Where re-billed rows go, as it is typed."""

    INVOICES = "invoices"
    NEXT_RUN = "next-run"
    ORDERS = "orders"


def rebilling_wishes(
    invoice_on: Annotated[
        date | None,
        typer.Option("--date", parser=read_day, metavar="DATE", help="The invoice date; else today."),
    ] = None,
    due_on: Annotated[
        date | None,
        typer.Option("--due", parser=read_day, metavar="DATE", help="Due, where nobody has a payment term."),
    ] = None,
    intro: Annotated[str, typer.Option("--intro", metavar="TEXT", help="Above the lines, 500 characters.")] = "",
    closing: Annotated[str, typer.Option("--closing", metavar="TEXT", help="Below the lines.")] = "",
    target: Annotated[
        TargetName, typer.Option("--as", help="Drafts of their own, lines of the next run, or orders to confirm.")
    ] = TargetName.INVOICES,
    dimensions: Annotated[
        list[str] | None,
        typer.Option("--dimension", metavar="HEADING", help="From the customer's card; cost_centre is one."),
    ] = None,
    named: Annotated[
        str, typer.Option("--name-dimension", metavar="HEADING", help="The customer's name under this heading.")
    ] = "",
    write_dimensions: Annotated[
        bool, typer.Option("--write-dimensions", help="Write the same to the purchase rows.")
    ] = False,
) -> Callable[[date], RebillingTerms]:
    """How it is billed, once it is known which day is today."""

    def terms(today: date) -> RebillingTerms:
        return RebillingTerms(
            invoice_on=invoice_on or today,
            due_on=due_on,
            intro=intro,
            closing=closing,
            target=Target(target.value.replace("-", "_")),
            dimensions=tuple(dimensions or ()),
            named_dimension=named,
            writes_dimensions=write_dimensions,
        )

    return terms


@with_options_of(rebilling_wishes)
def rebill_command(
    terms: Callable[[date], RebillingTerms],
    number: Annotated[
        str, typer.Argument(metavar="NUMBER", help="The supplier's invoice number, or its id here.", show_default=False)
    ],
    preview: Annotated[bool, typer.Option("--preview", help="Show who gets what; write nothing.")] = False,
    rows_max: Annotated[
        int | None, typer.Option("--rows", metavar="N", min=1, help="A batch: whole customers up to N rows.")
    ] = None,
    goes_on: Annotated[bool, typer.Option("--continue", help="Only who is not billed yet; replace nothing.")] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Pass a purchase invoice on: drafts per customer; repeated, earlier drafts of it are replaced.

    Leaves with 1 when some customers are held back.
    """
    session = open_session(seller=seller, user=user)
    invoice = purchase_invoice_numbered(session.acting, number)
    told = None
    if not preview:
        with output.progress(invoice.number, is_silent=as_json) as advance:
            told = rebill_purchase(
                acting=session.acting,
                purchase_id=invoice.pk,
                terms=terms(session.today),
                now=session.now,
                goes_on=goes_on,
                rows_max=rows_max,
                progress=advance,
            )
    split = split_invoice(session.acting, purchase_invoice_of(session.acting, invoice.pk))
    if as_json:
        output.print_json({**purchase_facts(split), "rebilled": None if told is None else _facts(told)})
    else:
        print_purchase(split)
        if told is not None:
            _print_told(told, split)
    return PARTLY if split.standing(Standing.HELD) else DONE


def _facts(told: Rebilled) -> dict[str, object]:
    return {
        "run": told.run_id,
        "target": told.rebilling.target,
        "customers": told.customers,
        "rows": told.rows,
        "drafts": told.drafts,
        "replaced": told.replaced,
        "stayed": told.stayed,
    }


def _print_told(told: Rebilled, split: Split) -> None:
    words = {
        Target.INVOICES: ngettext("%(count)s draft made.", "%(count)s drafts made.", told.drafts),
        Target.NEXT_RUN: ngettext(
            "%(count)s customer's rows wait for the next run.", "%(count)s customers' rows wait for the next run.",
            told.customers,
        ),
        Target.ORDERS: ngettext(
            "%(count)s order waits to be confirmed.", "%(count)s orders wait to be confirmed.", told.customers
        ),
    }  # fmt: skip
    target = Target(told.rebilling.target)
    print_line(words[target] % {"count": f"{told.drafts if target is Target.INVOICES else told.customers:,}"})
    if told.replaced:
        said = ngettext(
            "%(count)s earlier draft was replaced.", "%(count)s earlier drafts were replaced.", told.replaced
        )
        print_line(said % {"count": f"{told.replaced:,}"})
    if told.stayed:
        said = ngettext(
            "%(count)s row stays as it is approved or issued.", "%(count)s rows stay as they are approved or issued.",
            told.stayed,
        )  # fmt: skip
        print_line(said % {"count": f"{told.stayed:,}"})
    if split.standing(Standing.READY):
        print_note(
            _("More customers are ready: `rebill rebill %(number)s --continue`.") % {"number": split.invoice.number}
        )
    elif told.run_id is not None:
        print_note(_("Next: look at them with `rebill drafts list`, approve and issue them."))
