"""`rebill lines`: one-off lines and credits by hand, which wait for the customer's next run."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli import line_terms as said
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import amount, day, exact, number, page_words, price
from rebill.interfaces.cli.options import LimitOption, PageOption, ReasonOption, ReferenceOption, open_session
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, short
from rebill.parties.queries import customer_by_number
from rebill.rules.money import Money, amount_minor, digits_of
from rebill.sources.oneoff.commands import add_credit, add_interim_line, remove_interim_line
from rebill.sources.oneoff.models import InterimLine
from rebill.sources.oneoff.queries import line_of, waiting_lines

lines_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Add one-off lines and credits for the next run."
)


@lines_app.command("add")
def add(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's number.", show_default=False)],
    text: said.TextOption = "",
    unit_price: said.PriceOption = None,
    quantity: said.QuantityOption = Decimal(1),
    product: said.ProductOption = None,
    on: said.SuppliedOption = None,
    credit: said.CreditOption = False,
    reference: ReferenceOption = "",
    cost_centre: said.CostCentreOption = "",
    uuid: Annotated[
        UUID | None, typer.Option("--uuid", help="A key of your own: the same line twice is then one line.")
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Add a line that the customer's next run bills, or with --credit gives back."""
    session = open_session(seller=seller, user=user)
    found = customer_by_number(session.acting, customer)
    named = said.line_product(session, product)
    terms = said.line_terms(
        session,
        found,
        named,
        text=text,
        unit_price=unit_price,
        quantity=quantity,
        supplied_on=on,
        reference=reference,
        cost_centre=cost_centre,
    )
    enter = add_credit if credit else add_interim_line
    line = enter(acting=session.acting, customer=found, terms=terms, product=named, uuid=uuid, now=session.now)
    if as_json:
        output.print_json(_facts(line))
        return DONE
    words = (
        _("Credit %(uuid)s waits for the next run: %(text)s, %(amount)s %(currency)s.")
        if credit
        else _("Line %(uuid)s waits for the next run: %(text)s, %(amount)s %(currency)s.")
    )
    said_of = {"uuid": line.uuid, "text": line.description, "amount": amount(_amount(line)), "currency": line.currency}
    print_line(words % said_of)
    print_note(
        _("Next: `rebill prepare`, or `rebill prepare --customer %(customer)s` for an invoice now.")
        % {"customer": customer}
    )
    return DONE


@lines_app.command("list")
def list_lines(
    customer: Annotated[str | None, typer.Option("--customer", metavar="NUMBER", help="Of this customer.")] = None,
    limit: LimitOption = 50,
    page: PageOption = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Lines that wait for a run."""
    session = open_session(seller=seller, user=user)
    found = waiting_lines(acting=session.acting)
    if customer:
        found = found.filter(customer=customer_by_number(session.acting, customer))
    matching = found.count()
    rows = list(found.order_by("customer__number", "customer_id", "id")[(page - 1) * limit : page * limit])
    if as_json:
        output.print_json({"page": page, "matching": matching, "lines": [_facts(line) for line in rows]})
        return DONE
    if not matching:
        print_line(_("No lines wait."))
        return DONE
    print_columns(
        [
            short(_("Line")),
            short(_("Customer")),
            Column(_("What")),
            short(_("Supplied")),
            figure(_("Quantity")),
            figure(_("Price")),
            figure(_("Amount")),
            short(""),
        ],
        [
            (
                str(line.uuid),
                line.customer.number or line.customer.name,
                line.description,
                day(line.supplied_on),
                number(line.quantity),
                price(line.unit_price),
                amount(_amount(line)),
                line.currency,
            )
            for line in rows
        ],
    )
    first = (page - 1) * limit + 1
    print_note(page_words(first, len(rows), matching), apart=True)
    return DONE


@lines_app.command("remove")
def remove(
    line: Annotated[UUID, typer.Argument(metavar="LINE", help="The line's uuid.", show_default=False)],
    reason: ReasonOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Take a line away that no run has billed yet."""
    session = open_session(seller=seller, user=user)
    found = line_of(acting=session.acting, uuid=line)
    remove_interim_line(acting=session.acting, line=found, reason=reason, now=session.now)
    if as_json:
        output.print_json({"line": str(line), "removed": True})
    else:
        print_line(_("Line %(line)s is taken away.") % {"line": line})
    return DONE


def _amount(line: InterimLine) -> Money:
    quantity_e8, price_e6 = int(line.quantity.scaleb(8)), int(line.unit_price.scaleb(6))
    return Money(amount_minor(quantity_e8, price_e6, digits_of(line.currency)), line.currency)


def _facts(line: InterimLine) -> dict[str, object]:
    return {
        "line": str(line.uuid),
        "kind": line.kind,
        "customer": {"number": line.customer.number or "", "name": line.customer.name},
        "product": line.product.code if line.product else None,
        "text": line.description,
        "supplied_on": line.supplied_on.isoformat(),
        "quantity": exact(line.quantity),
        "unit_price": exact(line.unit_price),
        "net": exact(_amount(line)),
        "currency": line.currency,
        "cost_centre": line.cost_centre,
        "reference": line.reference,
    }
