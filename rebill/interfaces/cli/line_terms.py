"""What is said of a line that is added by hand: for the next run, or on a draft."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.catalogue.models import Product
from rebill.catalogue.queries import product_by_code
from rebill.catalogue.queries.listed import listed_price
from rebill.interfaces.cli.acting import Session
from rebill.interfaces.cli.options import read_day, read_number
from rebill.kit.errors import Invalid
from rebill.parties.models import Customer
from rebill.sources.oneoff.commands import LineTerms

TextOption = Annotated[
    str, typer.Option("--text", metavar="TEXT", help="What the line says; the product's name if not said.")
]
PriceOption = Annotated[
    Decimal | None,
    typer.Option(
        "--price", parser=read_number, metavar="AMOUNT", help="The price of one, without VAT; else the price list's."
    ),
]
QuantityOption = Annotated[Decimal, typer.Option("--quantity", parser=read_number, metavar="NUMBER", help="How many.")]
ProductOption = Annotated[
    str | None,
    typer.Option("--product", metavar="CODE", help="Its name, VAT and ledger account hold where nothing else is said."),
]
SuppliedOption = Annotated[
    date | None,
    typer.Option("--on", parser=read_day, metavar="DATE", help="The day of supply; today if not said."),
]
CreditOption = Annotated[bool, typer.Option("--credit", help="Give it back instead of charging it.")]
CostCentreOption = Annotated[str, typer.Option("--cost-centre", metavar="TEXT", help="The customer's cost centre.")]


class PriceMissing(Invalid):
    """A line was added without a price, and no list has one."""


def line_terms(
    session: Session,
    customer: Customer,
    product: Product | None,
    *,
    text: str,
    unit_price: Decimal | None,
    quantity: Decimal,
    supplied_on: date | None,
    reference: str,
    cost_centre: str,
) -> LineTerms:
    """The terms as they were typed; the price of a product may come from the customer's price list."""
    on = supplied_on or session.today
    if unit_price is None and product is not None:
        currency = customer.currency or session.seller.currency
        unit_price = listed_price(session.acting, customer=customer, product=product, currency=currency, on=on)
    if unit_price is None:
        raise PriceMissing(_("Give the price of one with --price, without VAT; no price list of the customer has one."))
    return LineTerms(
        quantity=quantity,
        unit_price=unit_price,
        supplied_on=on,
        description=text,
        cost_centre=cost_centre,
        reference=reference,
    )


def line_product(session: Session, code: str | None) -> Product | None:
    """The product that was named, if any."""
    return product_by_code(session.acting, code) if code else None
