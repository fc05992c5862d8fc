"""`rebill resale`: what a dealer takes over from its wholesaler, and what it asks for it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.catalogue.commands import ResaleTerms, adopt_product, set_resale_price
from rebill.catalogue.models import ResalePrice
from rebill.catalogue.queries import product_by_code
from rebill.catalogue.queries.resale import Offered, offered_product, products_offered, resale_prices, wholesaler_of
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import day, exact, price
from rebill.interfaces.cli.options import ReferenceOption, open_session, read_day, read_number
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, short
from rebill.kit.errors import Invalid
from rebill.parties.queries import customer_by_number
from rebill.rules.pricing import PriceModel
from rebill.rules.resale import ResaleKind
from rebill.subscriptions.commands import StartTerms, start_subscription_below
from rebill.subscriptions.queries.below import dealer_of

resale_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Resell products of the wholesaler above, at your own prices."
)

FromOption = Annotated[
    date | None,
    typer.Option("--from", parser=read_day, metavar="DATE", help="Its first day; the first of this month if not said."),
]
PriceOption = Annotated[
    Decimal | None, typer.Option("--price", parser=read_number, metavar="N", help="A fixed price, for a month.")
]
PercentOption = Annotated[
    Decimal | None, typer.Option("--percent", parser=read_number, metavar="N", help="A percentage on the buy price.")
]
AmountOption = Annotated[
    Decimal | None, typer.Option("--amount", parser=read_number, metavar="N", help="An amount on the buy price.")
]
SetupOption = Annotated[
    Decimal | None,
    typer.Option("--setup", parser=read_number, metavar="N", help="The set-up fee; that of the buy price if not said."),
]


class ResaleUnclear(Invalid):
    """It was not said how the product is priced, or in two ways."""


@resale_app.command("offers")
def list_offers(
    search: Annotated[str, typer.Option("--search", metavar="TEXT", help="Words of its code or name.")] = "",
    on: Annotated[
        date | None, typer.Option("--on", parser=read_day, metavar="DATE", help="Whose prices; today if not said.")
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """What the wholesaler offers, at what you pay, and what you resell of it."""
    session = open_session(seller=seller, user=user)
    above = wholesaler_of(session.acting)
    offers = products_offered(session.acting, on=on or session.today, search=search, language=session.seller.language)
    if as_json:
        output.print_json({"wholesaler": above.name, "currency": above.currency, "offers": list(map(_facts, offers))})
        return DONE
    print_columns(
        [short(_("Product")), Column(_("Name")), figure(_("Buy price")), short(_("Resold as"))],
        [
            (each.product.code, each.name, _buy_words(each), each.resold_as.code if each.resold_as else "")
            for each in offers
        ],
        title=above.name,
    )
    return DONE


@resale_app.command("adopt")
def adopt(
    code: Annotated[str, typer.Argument(metavar="PRODUCT", help="Its code at the wholesaler.", show_default=False)],
    own_code: Annotated[str, typer.Option("--code", metavar="CODE", help="Your own code for it.")],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Your own name; the wholesaler's if empty.")] = "",
    account: Annotated[str, typer.Option("--account", metavar="CODE", help="The ledger account of its revenue.")] = "",
    price_: PriceOption = None,
    percent: PercentOption = None,
    amount: AmountOption = None,
    setup: SetupOption = None,
    from_: FromOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Take over a product of the wholesaler, to be resold under your own code, name and price.

    Without a price it has that of all resold products.
    """
    session = open_session(seller=seller, user=user)
    said = [each for each in (price_, percent, amount) if each is not None]
    product = adopt_product(
        acting=session.acting,
        resells_id=offered_product(session.acting, code=code).pk,
        code=own_code,
        name=name,
        ledger_account=account,
        terms=_terms(price_, percent, amount, setup) if said else None,
        valid_from=from_ or session.today.replace(day=1),
        now=session.now,
    )
    if as_json:
        output.print_json({"product": product.code, "names": product.names, "resells": code})
        return DONE
    print_line(_("%(code)s resells %(resells)s.") % {"code": product.code, "resells": code})
    return DONE


@resale_app.command("price")
def set_price(
    product: Annotated[
        str | None, typer.Argument(metavar="[PRODUCT]", help="Your code; all resold products if left out.")
    ] = None,
    price_: PriceOption = None,
    percent: PercentOption = None,
    amount: AmountOption = None,
    setup: SetupOption = None,
    from_: FromOption = None,
    before: Annotated[
        date | None,
        typer.Option("--before", parser=read_day, metavar="DATE", help="The first day on which it holds no longer."),
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Say what is asked for a resold product, or for all that have no price of their own."""
    session = open_session(seller=seller, user=user)
    product_id = None if product is None else product_by_code(session.acting, product).pk
    set_resale_price(
        acting=session.acting,
        product_id=product_id,
        terms=_terms(price_, percent, amount, setup),
        valid_from=from_ or session.today.replace(day=1),
        valid_before=before,
        now=session.now,
    )
    return _show(list(resale_prices(session.acting, product_id=product_id)), as_json=as_json)


@resale_app.command("order")
def order(
    number: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Its number at its dealer.", show_default=False)],
    product: Annotated[str, typer.Argument(metavar="PRODUCT", help="Your code of the product.", show_default=False)],
    dealer: Annotated[str, typer.Option("--dealer", metavar="SELLER", help="Whose customer it is.")],
    quantity: Annotated[Decimal, typer.Option("--quantity", parser=read_number, metavar="N", help="How many.")],
    from_: FromOption = None,
    order_number: Annotated[str, typer.Option("--order", metavar="NUMBER", help="The number of the order.")] = "",
    reference: ReferenceOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Order for a customer of a dealer: the subscription is the dealer's, and every seller bills its own customer."""
    session = open_session(seller=seller, user=user)
    there = dealer_of(acting=session.acting, slug=dealer)
    customer = customer_by_number(replace(session.acting, seller_id=there.pk), number)
    subscription = start_subscription_below(
        acting=session.acting,
        customer_id=customer.pk,
        product_id=product_by_code(session.acting, product).pk,
        terms=StartTerms(quantity=quantity, start_on=from_ or session.today.replace(day=1), reference=reference),
        order_number=order_number,
        now=session.now,
    )
    if as_json:
        output.print_json({"subscription": str(subscription.uuid), "product": subscription.product.code})
        return DONE
    print_line(
        _("%(name)s takes %(product)s from %(day)s on.")
        % {"name": customer.name, "product": subscription.product.code, "day": day(subscription.start_on)}
    )
    return DONE


def _terms(
    fixed: Decimal | None, percent: Decimal | None, amount: Decimal | None, setup: Decimal | None
) -> ResaleTerms:
    said = [
        (kind, value)
        for kind, value in ((ResaleKind.FIXED, fixed), (ResaleKind.PERCENT, percent), (ResaleKind.AMOUNT, amount))
        if value is not None
    ]
    if len(said) != 1:
        raise ResaleUnclear(_("Say one of --price, --percent and --amount."))
    [(kind, value)] = said
    return ResaleTerms(kind=kind, value=value, setup_price=setup)


def _show(prices: list[ResalePrice], *, as_json: bool) -> int:
    if as_json:
        output.print_json({"resale_prices": [_price_facts(each) for each in prices]})
        return DONE
    print_columns(
        [short(_("From")), short(_("Until before")), short(_("Kind")), figure(_("Value"))],
        [(day(each.valid_from), day(each.valid_before), each.kind, price(_value(each))) for each in prices],
    )
    return DONE


def _value(each: ResalePrice) -> Decimal:
    value = each.percent if each.unit_price is None else each.unit_price
    return value or Decimal(0)


def _price_facts(each: ResalePrice) -> dict[str, object]:
    return {
        "valid_from": each.valid_from.isoformat(),
        "valid_before": each.valid_before.isoformat() if each.valid_before else None,
        "kind": each.kind,
        "value": exact(_value(each)),
        "months": each.months,
    }


def _facts(each: Offered) -> dict[str, object]:
    return {
        "product": each.product.code,
        "name": each.name,
        "buy_price": exact(_buy_price(each)) if _is_single(each) else None,
        "months": each.buy.price.months if each.buy else None,
        "resold_as": each.resold_as.code if each.resold_as else None,
    }


def _is_single(each: Offered) -> bool:
    return each.buy is not None and each.buy.price.model is PriceModel.PER_UNIT


def _buy_words(each: Offered) -> str:
    if each.buy is None:
        return ""
    return price(_buy_price(each)) if _is_single(each) else _("by quantity")


def _buy_price(each: Offered) -> Decimal:
    return Decimal(0 if each.buy is None else each.buy.price.price_e6).scaleb(-6)
