"""`rebill bundles`: what calls have free in a month, for a plan, a customer, or with each piece of a product."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.catalogue.commands import change_bundle, create_bundle, end_bundle
from rebill.catalogue.deck_fields import BundleTerms
from rebill.catalogue.models import Bundle, CallCategory
from rebill.catalogue.queries import plan_by_code, product_by_code
from rebill.catalogue.queries.decks import bundles_of
from rebill.catalogue.words import category_word
from rebill.interfaces.cli.figures import day, exact
from rebill.interfaces.cli.options import (
    Asked,
    BeforeOption,
    EndOption,
    FromOption,
    asked,
    read_number,
    with_options_of,
)
from rebill.interfaces.cli.tables import Column, figure, short
from rebill.parties.queries import customer_by_number

bundles_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Say what calls have free in a month.")

_CATEGORIES = {each.name.lower().replace("_", "-"): each.value for each in CallCategory}

NumberArgument = Annotated[
    int, typer.Argument(metavar="NUMBER", min=1, help="As `rebill bundles list` shows it.", show_default=False)
]
NameOption = Annotated[str | None, typer.Option("--name", metavar="TEXT", help="What people call it.")]
MinutesOption = Annotated[int | None, typer.Option("--minutes", metavar="N", min=0, help="Minutes a month.")]
AmountOption = Annotated[
    Decimal | None, typer.Option("--amount", parser=read_number, metavar="N", help="Or money a month.")
]
CategoryOption = Annotated[
    list[str] | None,
    typer.Option("--category", metavar="NAME", help=f"Of which calls, as often as needed: {', '.join(_CATEGORIES)}."),
]


@bundles_app.command("list")
@with_options_of(asked)
def list_bundles(ask: Asked) -> int:
    """All bundles, by name."""
    found = list(bundles_of(ask.session.acting))
    return ask.tell_rows(
        "bundles",
        [_facts(each) for each in found],
        [figure(_("Number")), Column(_("Name")), Column(_("For")), figure(_("A month")), Column(_("Calls")),
         short(_("From")), short(_("Until before"))],
        [
            (str(each.pk), each.name, _owner(each), _included(each), ", ".join(map(category_word, each.categories)),
             day(each.valid_from), day(each.valid_before))
            for each in found
        ],
    )  # fmt: skip


@bundles_app.command("create")
@with_options_of(asked)
def create(
    ask: Asked,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.", show_default=False)],
    starts: FromOption,
    ends: EndOption = None,
    plan: Annotated[str | None, typer.Option("--plan", metavar="CODE", help="For all customers of the plan.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="NUMBER", help="For this customer.")] = None,
    product: Annotated[
        str | None, typer.Option("--product", metavar="CODE", help="With each piece of the product.")
    ] = None,
    minutes: MinutesOption = None,
    amount: AmountOption = None,
    categories: CategoryOption = None,
) -> int:
    """Make a bundle for the customers of a plan, for one customer, or with each piece of a product."""
    acting = ask.session.acting
    made = create_bundle(
        acting=acting,
        plan_id=None if plan is None else plan_by_code(acting, plan).pk,
        customer_id=None if customer is None else customer_by_number(acting, customer).pk,
        product_id=None if product is None else product_by_code(acting, product).pk,
        valid_from=starts,
        valid_before=ends,
        now=ask.session.now,
        **_terms(name, minutes, amount, categories),
    )
    return ask.tell(_facts(made), _told(made))


@bundles_app.command("change")
@with_options_of(asked)
def change(
    ask: Asked,
    number: NumberArgument,
    name: NameOption = None,
    minutes: MinutesOption = None,
    amount: AmountOption = None,
    categories: CategoryOption = None,
) -> int:
    """Correct a bundle for all its days; what is not said stays, and months that were rated are looked at again.

    For another bundle from a day on, end this one there and make the other.
    """
    terms = _terms(name, minutes, amount, categories)
    changed = change_bundle(acting=ask.session.acting, bundle_id=number, now=ask.session.now, **terms)
    return ask.tell(_facts(changed), _told(changed))


@bundles_app.command("end")
@with_options_of(asked)
def end(ask: Asked, number: NumberArgument, ends: BeforeOption) -> int:
    """End a bundle before a day; the month in which it ends has its share."""
    ended = end_bundle(acting=ask.session.acting, bundle_id=number, valid_before=ends, now=ask.session.now)
    return ask.tell(_facts(ended), _told(ended))


def _terms(
    name: str | None, minutes: int | None, amount: Decimal | None, categories: Sequence[str] | None
) -> BundleTerms:
    """What was said, and nothing else; minutes take the place of money and the other way round."""
    terms: BundleTerms = {}
    if name is not None:
        terms["name"] = name
    if minutes is not None or amount is not None:
        terms["minutes"], terms["amount"] = minutes, amount
    if categories:
        terms["categories"] = [_category(each) for each in categories]
    return terms


def _category(word: str) -> int:
    if word not in _CATEGORIES:
        raise typer.BadParameter(
            _("%(text)r is no category of calls; they are %(known)s.")
            % {"text": word, "known": ", ".join(_CATEGORIES)},
            param_hint="--category",
        )  # fmt: skip
    return _CATEGORIES[word]


def _owner(bundle: Bundle) -> str:
    if bundle.plan is not None:
        return _("plan %(code)s") % {"code": bundle.plan.code}
    if bundle.product is not None:
        return _("each %(code)s") % {"code": bundle.product.code}
    return "" if bundle.customer is None else f"{bundle.customer.number or ''} {bundle.customer.name}".strip()


def _included(bundle: Bundle) -> str:
    if bundle.seconds is None:
        return exact(bundle.amount) if bundle.amount is not None else ""
    return _("%(minutes)s min") % {"minutes": f"{bundle.seconds // 60:,}"}


def _told(bundle: Bundle) -> str:
    said = {"number": bundle.pk, "name": bundle.name, "from": day(bundle.valid_from), "ends": day(bundle.valid_before)}
    if bundle.valid_before is None:
        return _("Bundle %(number)s, %(name)s, holds from %(from)s on.") % said
    return _("Bundle %(number)s, %(name)s, holds from %(from)s until before %(ends)s.") % said


def _facts(bundle: Bundle) -> dict[str, object]:
    names = {number: name for name, number in _CATEGORIES.items()}
    return {
        "number": bundle.pk,
        "name": bundle.name,
        "plan": bundle.plan.code if bundle.plan else None,
        "customer": bundle.customer.number if bundle.customer else None,
        "product": bundle.product.code if bundle.product else None,
        "categories": [names[each] for each in bundle.categories],
        "minutes": None if bundle.seconds is None else bundle.seconds // 60,
        "amount": None if bundle.amount is None else exact(bundle.amount),
        "from": bundle.valid_from,
        "before": bundle.valid_before,
    }
