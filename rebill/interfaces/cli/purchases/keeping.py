"""`rebill purchases`: purchase invoices, their fixes, suppliers and price groups."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.catalogue.queries import product_by_code
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import amount, day
from rebill.interfaces.cli.options import LimitOption, PageOption, open_session, read_day, read_number
from rebill.interfaces.cli.purchases.groups import list_groups, show_price_group
from rebill.interfaces.cli.purchases.showing import print_purchase, purchase_facts
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, short
from rebill.kit.errors import Invalid
from rebill.parties.queries import customer_by_number
from rebill.sources.supplier_invoices.commands import (
    assign_price_group,
    change_supplier,
    leave_rows_out,
    link_article,
    link_row_customer,
    move_purchase_invoice,
    renew_matches,
    set_price_factor,
    settle_credit,
    undo_settlement,
)
from rebill.sources.supplier_invoices.commands.suppliers import SupplierChanges
from rebill.sources.supplier_invoices.models import PurchaseState
from rebill.sources.supplier_invoices.queries.accounts import supplier_balances
from rebill.sources.supplier_invoices.queries.margins import monthly_margins, purchase_margins
from rebill.sources.supplier_invoices.queries.purchases import find_purchase_invoices, purchase_invoice_numbered
from rebill.sources.supplier_invoices.queries.splitting import split_invoice
from rebill.sources.supplier_invoices.words import STATE_WORDS

purchases_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Purchase invoices: whom their rows are for, and at which price."
)
NumberArgument = Annotated[
    str, typer.Argument(metavar="NUMBER", help="The supplier's invoice number, or its id here.", show_default=False)
]
CreditArgument = Annotated[
    str, typer.Argument(metavar="CREDIT", help="The number of the credit note.", show_default=False)
]


class StateName(StrEnum):
    """Where a purchase invoice stands, as it is typed."""

    UNHANDLED = "unhandled"
    IN_REVIEW = "in-review"
    BOOKED = "booked"


class RowsUnclear(Invalid):
    """Rows are named by their positions on the invoice."""


@purchases_app.command("list")
def list_purchases(
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="In the number or the supplier's name.")] = "",
    limit: LimitOption = 50,
    page: PageOption = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Purchase invoices, the latest first."""
    session = open_session(seller=seller, user=user)
    found = find_purchase_invoices(acting=session.acting, search=search)
    rows = list(found[(page - 1) * limit : page * limit])
    if as_json:
        facts = [
            {"id": each.pk, "number": each.number, "supplier": each.supplier.name, "state": each.state,
             "issued_on": each.issued_on.isoformat(), "net": str(each.net.decimal), "currency": each.currency,
             "commission": each.is_commission}
            for each in rows
        ]  # fmt: skip
        output.print_json({"page": page, "matching": found.count(), "purchase_invoices": facts})
        return DONE
    print_columns(
        [short(_("Number")), Column(_("Supplier")), short(_("Date")), short(_("State")), figure(_("Without VAT"))],
        [
            (each.number, each.supplier.name, day(each.issued_on), str(STATE_WORDS[each.state]), amount(each.net))
            for each in rows
        ],
    )
    return DONE


@purchases_app.command("show")
def show(
    number: NumberArgument,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Who gets what of a purchase invoice, and what is held back."""
    session = open_session(seller=seller, user=user)
    split = split_invoice(session.acting, purchase_invoice_numbered(session.acting, number))
    if as_json:
        output.print_json(purchase_facts(split))
    else:
        print_purchase(split)
    return DONE


@purchases_app.command("link")
def link(
    number: NumberArgument,
    row: Annotated[int, typer.Option("--row", metavar="N", min=1, help="A row that is meant, by its position.")],
    customer: Annotated[str | None, typer.Option("--customer", metavar="NUMBER", help="It is this customer's.")] = None,
    product: Annotated[str | None, typer.Option("--product", metavar="CODE", help="It is this product.")] = None,
    seller: SellerOption = None,
    user: UserOption = None,
) -> int:
    """Say whom or what the supplier means by what it writes in a row; remembered for its next invoice."""
    if customer is None and product is None:
        raise typer.BadParameter("Say which with --customer or --product.", param_hint="--customer")
    session = open_session(seller=seller, user=user)
    invoice = purchase_invoice_numbered(session.acting, number)
    meant = invoice.rows.filter(position=row).first()
    if meant is None:
        raise RowsUnclear(_("The purchase invoice has no row %(named)s.") % {"named": row})
    changed = 0
    acting, now = session.acting, session.now
    if customer is not None:
        customer_id = customer_by_number(session.acting, customer).pk
        changed += link_row_customer(
            acting=acting, invoice_id=invoice.pk, row_id=meant.pk, customer_id=customer_id, now=now
        )
    if product is not None:
        product_id = product_by_code(acting, product).pk
        changed += link_article(acting=acting, invoice_id=invoice.pk, row_id=meant.pk, product_id=product_id, now=now)
    _print_rows(changed)
    return DONE


@purchases_app.command("leave-out")
def leave_out(
    number: NumberArgument,
    rows: Annotated[list[int], typer.Argument(metavar="ROW...", help="Positions on the invoice.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; empty takes them in again.")] = "",
    seller: SellerOption = None,
    user: UserOption = None,
) -> int:
    """Do not re-bill these rows."""
    session = open_session(seller=seller, user=user)
    invoice = purchase_invoice_numbered(session.acting, number)
    row_ids = list(invoice.rows.filter(position__in=rows).values_list("pk", flat=True))
    _print_rows(
        leave_rows_out(acting=session.acting, invoice_id=invoice.pk, row_ids=row_ids, reason=reason, now=session.now)
    )
    return DONE


@purchases_app.command("read-again")
def read_again(
    number: NumberArgument,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Find customers and products anew, after one of them was mended."""
    session = open_session(seller=seller, user=user)
    invoice = purchase_invoice_numbered(session.acting, number)
    renew_matches(acting=session.acting, invoice_id=invoice.pk, now=session.now)
    return show(number, seller=seller, user=user, as_json=as_json)


@purchases_app.command("move")
def move(
    number: NumberArgument,
    to: Annotated[StateName, typer.Option("--to", help="Where it stands.")],
    seller: SellerOption = None,
    user: UserOption = None,
) -> int:
    """Put a purchase invoice into review, book it, or open it again."""
    session = open_session(seller=seller, user=user)
    invoice = purchase_invoice_numbered(session.acting, number)
    state = PurchaseState(to.value.replace("-", "_"))
    move_purchase_invoice(acting=session.acting, invoice_id=invoice.pk, to=state, now=session.now)
    print_line(f"{invoice.number}: {STATE_WORDS[state.value]}")
    return DONE


@purchases_app.command("supplier")
def supplier(
    number: NumberArgument,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME", help="package, older or detect.")] = None,
    places: Annotated[
        list[str] | None, typer.Option("--place", metavar="NAME", help="Where it names customers, the first first.")
    ] = None,
    codes: Annotated[
        list[str] | None, typer.Option("--commission-code", metavar="CODE", help="Articles of its commission.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--commission-text", metavar="TEXT", help="What stands in its commission's rows.")
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
) -> int:
    """Set how the supplier of a purchase invoice is to be understood."""
    session = open_session(seller=seller, user=user)
    found = purchase_invoice_numbered(session.acting, number).supplier
    changes: SupplierChanges = {}
    if model is not None:
        changes["model"] = model
    if places is not None:
        changes["places"] = [each for each in places if each]
    if codes is not None:
        changes["commission_codes"] = codes
    if text is not None:
        changes["commission_text"] = text
    changed = change_supplier(acting=session.acting, supplier_id=found.pk, now=session.now, **changes)
    print_line(f"{changed.name}: {changed.model}, {', '.join(changed.places) or _('places are learnt')}")
    return DONE


@purchases_app.command("settle")
def settle(
    credit: CreditArgument,
    number: NumberArgument,
    seller: SellerOption = None,
    user: UserOption = None,
) -> int:
    """Set a supplier's credit note against one of its invoices."""
    session = open_session(seller=seller, user=user)
    settlement = settle_credit(
        acting=session.acting,
        credit_id=purchase_invoice_numbered(session.acting, credit).pk,
        invoice_id=purchase_invoice_numbered(session.acting, number).pk,
        now=session.now,
    )
    print_line(f"{number}: −{amount(settlement.amount)}")
    return DONE


@purchases_app.command("unsettle")
def unsettle(
    credit: CreditArgument,
    number: NumberArgument,
    seller: SellerOption = None,
    user: UserOption = None,
) -> int:
    """Take a credit note off the invoice that it is set against."""
    session = open_session(seller=seller, user=user)
    undone = undo_settlement(
        acting=session.acting,
        credit_id=purchase_invoice_numbered(session.acting, credit).pk,
        invoice_id=purchase_invoice_numbered(session.acting, number).pk,
        now=session.now,
    )
    print_line(f"{number}: +{amount(undone)}")
    return DONE


@purchases_app.command("group")
def group(
    name: Annotated[str, typer.Argument(metavar="GROUP", help="Made if there is none.", show_default=False)],
    factor: Annotated[
        Decimal | None, typer.Option("--factor", parser=read_number, metavar="N", help="Times the buy price, as 1.25.")
    ] = None,
    product: Annotated[str | None, typer.Option("--product", metavar="CODE", help="Of this product only.")] = None,
    start: Annotated[
        date | None, typer.Option("--from", parser=read_day, metavar="DATE", help="From this day; today if not said.")
    ] = None,
    end: Annotated[
        date | None, typer.Option("--before", parser=read_day, metavar="DATE", help="Until before this day.")
    ] = None,
    customers: Annotated[
        list[str] | None, typer.Option("--customer", metavar="NUMBER", help="A customer that is in it from now on.")
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Set what a price group multiplies buy prices by, and who is in it; with nothing to set, show both."""
    session = open_session(seller=seller, user=user)
    if factor is None and not customers:
        return show_price_group(session.acting, name, as_json=as_json)
    if factor is not None:
        product_id = None if product is None else product_by_code(session.acting, product).pk
        set_price_factor(
            acting=session.acting, group=name, factor=factor, valid_from=start or session.today, valid_before=end,
            product_id=product_id, now=session.now,
        )  # fmt: skip
    ids = [customer_by_number(session.acting, each).pk for each in customers or ()]
    if ids:
        assign_price_group(acting=session.acting, customer_ids=ids, group=name, now=session.now)
    print_line(ngettext("%(count)s customer put into %(group)s.", "%(count)s customers put into %(group)s.", len(ids))
               % {"count": len(ids), "group": name})  # fmt: skip
    return DONE


@purchases_app.command("groups")
def groups(
    on: Annotated[
        date | None, typer.Option("--on", parser=read_day, metavar="DATE", help="Whose factors; today if not said.")
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """List the price groups: what each multiplies buy prices by on a day, and how many customers are in it."""
    session = open_session(seller=seller, user=user)
    return list_groups(session.acting, on or session.today, as_json=as_json)


@purchases_app.command("balances")
def balances(
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """What is owed to each supplier: invoices less credit notes, without what was paid by bank."""
    session = open_session(seller=seller, user=user)
    found = supplier_balances(session.acting)
    if as_json:
        facts = [
            {"supplier": each.supplier.name, "currency": each.owed.currency, "invoiced": str(each.invoiced.decimal),
             "credited": str(each.credited.decimal), "owed": str(each.owed.decimal)}
            for each in found
        ]  # fmt: skip
        output.print_json({"balances": facts})
        return DONE
    print_columns(
        [Column(_("Supplier")), figure(_("Invoiced")), figure(_("Credited")), figure(_("Owed"))],
        [(each.supplier.name, amount(each.invoiced), amount(each.credited), amount(each.owed)) for each in found],
    )
    return DONE


@purchases_app.command("margins")
def margins(
    monthly: Annotated[bool, typer.Option("--monthly", help="Month by month.")] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """What re-billing earned, per purchase invoice or month."""
    session = open_session(seller=seller, user=user)
    found = purchase_margins(session.acting)
    found = monthly_margins(found) if monthly else found
    if as_json:
        facts = [
            {"title": each.title, "month": f"{each.month:%Y-%m}", "currency": each.bought.currency, "rows": each.rows,
             **{name: str(getattr(each, name).decimal)
                for name in ("bought", "rebilled", "left_over", "excluded", "sold", "margin")}}
            for each in found
        ]  # fmt: skip
        output.print_json({"margins": facts})
        return DONE
    print_columns(
        [Column(""), figure(_("Bought")), figure(_("Re-billed")), figure(_("Left over")), figure(_("Left out")),
         figure(_("Sold")), figure(_("Margin"))],
        [
            (each.title, amount(each.bought), amount(each.rebilled), amount(each.left_over), amount(each.excluded),
             amount(each.sold), amount(each.margin))
            for each in found
        ],
    )  # fmt: skip
    return DONE


def _print_rows(changed: int) -> None:
    print_line(ngettext("%(count)s row changed.", "%(count)s rows changed.", changed) % {"count": f"{changed:,}"})
