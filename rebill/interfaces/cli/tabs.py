"""`rebill tabs`: on-account accounts, their limits and holders, and billing what was bought on them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

import typer
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import amount, day, exact, page_words
from rebill.interfaces.cli.options import (
    LimitOption,
    PageOption,
    SearchOption,
    YesOption,
    open_session,
    read_day,
    read_number,
)
from rebill.interfaces.cli.run_summary import print_run, run_facts
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_facts, print_line, print_note, short
from rebill.kit.errors import Invalid
from rebill.parties.queries import customer_by_number
from rebill.rules.money import Money
from rebill.runs.commands import prepare_tabs
from rebill.runs.queries.drafts import run_of
from rebill.sources.tabs.commands import (
    TabChanges,
    accept_tab_terms,
    change_tabs,
    erase_holder,
    open_tab,
    set_tab_rules,
    undo_tab_change,
)
from rebill.sources.tabs.models import Tab, TabLayout, TabStatus
from rebill.sources.tabs.queries.agreeing import acceptances_of
from rebill.sources.tabs.queries.holders import holders_of, holdings_of
from rebill.sources.tabs.queries.orders import tab_orders_of
from rebill.sources.tabs.queries.tabs import TabTab, find_tabs, tab_by_number
from rebill.sources.tabs.texts import terms_text
from rebill.sources.tabs.words import STATE_WORDS, STATUS_WORDS

tabs_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Keep on-account tabs, and bill what is bought on them."
)

NumbersArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[NUMBER]...", help="The numbers of tabs.", show_default=False)
]
PartOption = Annotated[TabTab, typer.Option("--part", help="Which part of the list.")]
AllOption = Annotated[bool, typer.Option("--all", help="All tabs that match --search and --part.")]
LayoutOption = Annotated[TabLayout | None, typer.Option("--layout", help="How orders stand on invoices.")]
BudgetOption = Annotated[
    Decimal | None, typer.Option("--limit", metavar="AMOUNT", parser=read_number, help="What may be open at most.")
]
BuyOption = Annotated[bool | None, typer.Option("--buy/--no-buy", help="Whether buying on name is allowed.")]
ShowOption = Annotated[
    bool | None, typer.Option("--show/--no-show", help="Whether the till shows it without being asked.")
]
StatusOption = Annotated[TabStatus | None, typer.Option("--status", help="Where it stands.")]


class NoTabsSaid(Invalid):
    """Neither numbers nor --all were given."""


class CurrenciesDiffer(Invalid):
    """A limit was given for tabs of several currencies."""


@tabs_app.command("terms")
def terms(
    accept: Annotated[bool, typer.Option("--accept", help="Accept them for the seller.")] = False,
    yes: YesOption = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Read the data-protection terms, and accept them: without, there are no tabs."""
    session = open_session(seller=seller, user=user)
    text = terms_text(session.seller.language)
    if not as_json and (not accept or not yes):
        print_line(text.text)
    if accept and (yes or as_json or typer.confirm(_("Accept these terms?"), err=True)):
        accept_tab_terms(acting=session.acting, version=text.version, language=text.language, now=session.now)
    accepted = acceptances_of(session.acting)
    if as_json:
        facts = [
            {"version": each.version, "accepted_at": each.accepted_at.isoformat(), "by": each.accepted_name}
            for each in accepted
        ]
        output.print_json({"version": text.version, "language": text.language, "text": text.text, "accepted": facts})
        return DONE
    for each in accepted:
        said = {"version": each.version, "name": each.accepted_name or "–", "day": day(each.accepted_at.date())}
        print_note(_("Version %(version)s was accepted by %(name)s on %(day)s.") % said)
    if not accepted:
        print_note(_("Nobody accepted them yet: `rebill tabs terms --accept`."))
    return DONE


@tabs_app.command("rules")
def rules(
    scheme: Annotated[
        str | None, typer.Option("--scheme", help="How new tabs are numbered, such as 2890-{number:04}.")
    ] = None,
    layout: LayoutOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Say how new tabs are numbered, and how orders stand on invoices."""
    session = open_session(seller=seller, user=user)
    kept = set_tab_rules(acting=session.acting, scheme=scheme, layout=layout, now=session.now)
    if as_json:
        output.print_json({"scheme": kept.scheme, "layout": kept.layout})
    else:
        print_facts([(_("Scheme"), kept.scheme), (_("Layout"), kept.layout)])
    return DONE


@tabs_app.command("list")
def list_tabs(
    search: SearchOption = "",
    part: PartOption = TabTab.ALL,
    limit: LimitOption = 50,
    page: PageOption = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Tabs by number, with what is used of their limits."""
    session = open_session(seller=seller, user=user)
    found = find_tabs(session.acting, search=search, part=part)
    matching = found.count()
    rows = list(found[(page - 1) * limit : page * limit])
    if as_json:
        output.print_json({"page": page, "matching": matching, "tabs": [_facts(tab) for tab in rows]})
        return DONE
    print_columns(
        [
            short(_("Number")), Column(_("Customer")), figure(_("Limit")), figure(_("Used")), figure(_("Left")),
            short(""), short(_("Status")), short(_("Till")),
        ],
        [
            (
                tab.number, tab.customer.name, amount(tab.limit), amount(tab.balance), amount(tab.limit - tab.balance),
                tab.currency, STATUS_WORDS[tab.status], _till_words(tab),
            )
            for tab in rows
        ],
    )  # fmt: skip
    print_note(page_words((page - 1) * limit + 1, len(rows), matching), apart=True)
    return DONE


@tabs_app.command("show")
def show(
    number: Annotated[str, typer.Argument(metavar="NUMBER", show_default=False)],
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """A tab with its holders and its latest orders."""
    session = open_session(seller=seller, user=user)
    tab = tab_by_number(session.acting, number)
    orders = list(tab_orders_of(session.acting, tab=tab)[:50])
    if as_json:
        held = [
            {"holder": each.holder.pk, "name": each.holder.name, "may_buy": each.may_buy, "may_see": each.may_see}
            for each in holdings_of(tab)
        ]
        entries = [
            {
                "key": order.key, "state": order.state, "ordered_at": order.ordered_at.isoformat(),
                "amount": exact(order.amount), "over_limit": order.over_limit,
            }
            for order in orders
        ]  # fmt: skip
        output.print_json({**_facts(tab), "holders": held, "orders": entries})
        return DONE
    held_by = ", ".join(each.holder.name for each in holdings_of(tab)) or "–"
    print_facts(
        [
            (_("Customer"), tab.customer.name),
            (_("Limit"), f"{amount(tab.limit)} {tab.currency}"),
            (_("Used"), f"{amount(tab.balance)} {tab.currency}"),
            (_("Status"), STATUS_WORDS[tab.status]),
            (_("Till"), _till_words(tab)),
            (_("Holders"), held_by),
        ]
    )
    print_columns(
        [short(_("Day")), Column(_("Order")), figure(_("Amount")), short(_("Status"))],
        [(day(each.ordered_on), each.key, amount(each.amount), STATE_WORDS[each.state]) for each in orders],
    )
    return DONE


@tabs_app.command("open")
def open_one(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's number.", show_default=False)],
    number: Annotated[str, typer.Option("--number", help="The next one of the scheme if not said.")] = "",
    description: Annotated[str, typer.Option("--description", metavar="TEXT")] = "",
    budget: BudgetOption = None,
    status: StatusOption = None,
    buy: BuyOption = None,
    show_at_till: ShowOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Open a tab of a customer."""
    session = open_session(seller=seller, user=user)
    owner = customer_by_number(session.acting, customer)
    currency = owner.currency or session.seller.currency
    tab = open_tab(
        acting=session.acting,
        customer_id=owner.pk,
        number=number,
        description=description,
        limit=None if budget is None else Money.of(budget, currency),
        status=status or TabStatus.INACTIVE,
        may_buy=bool(buy),
        is_shown=bool(show_at_till),
        now=session.now,
    )
    if as_json:
        output.print_json(_facts(tab))
    else:
        print_line(_("Tab %(number)s of %(name)s is open.") % {"number": tab.number, "name": owner.name})
    return DONE


@tabs_app.command("change")
def change(
    numbers: NumbersArgument = None,
    every: AllOption = False,
    search: SearchOption = "",
    part: PartOption = TabTab.ACTIVE,
    budget: BudgetOption = None,
    status: StatusOption = None,
    buy: BuyOption = None,
    show_at_till: ShowOption = None,
    layout: LayoutOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Change tabs in the same way, many at once; `undo` takes it back."""
    session = open_session(seller=seller, user=user)
    found = _wanted(session, numbers, every=every, search=search, part=part)
    changes = TabChanges(
        limit=None if budget is None else Money.of(budget, _currency_of(found)),
        status=status,
        may_buy=buy,
        is_shown=show_at_till,
        layout=layout,
    )
    done = change_tabs(acting=session.acting, tabs=found, changes=changes, now=session.now)
    count = 0 if done is None else len(done.after)
    if as_json:
        output.print_json({"change": None if done is None else done.pk, "tabs": count})
        return DONE
    print_line(ngettext("%(count)s tab changed.", "%(count)s tabs changed.", count) % {"count": count})
    if done is not None:
        print_note(_("Take it back: `rebill tabs undo %(change)s`.") % {"change": done.pk})
    return DONE


@tabs_app.command("undo")
def undo(
    change_id: Annotated[int, typer.Argument(metavar="CHANGE", help="As `change` shows it.", show_default=False)],
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Take a change of many tabs back at once."""
    session = open_session(seller=seller, user=user)
    count = undo_tab_change(acting=session.acting, change_id=change_id, now=session.now)
    if as_json:
        output.print_json({"change": change_id, "tabs": count})
    else:
        print_line(ngettext("%(count)s tab is as before.", "%(count)s tabs are as before.", count) % {"count": count})
    return DONE


@tabs_app.command("bill")
def bill(
    numbers: NumbersArgument = None,
    every: AllOption = False,
    search: SearchOption = "",
    part: PartOption = TabTab.ALL,
    on: Annotated[
        date | None, typer.Option("--on", parser=read_day, metavar="DAY", help="Up to this day; today if not said.")
    ] = None,
    layout: LayoutOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Make drafts now of what is booked on tabs, and of nothing else."""
    session = open_session(seller=seller, user=user)
    found = _wanted(session, numbers, every=every, search=search, part=part)
    prepared = prepare_tabs(
        acting=session.acting,
        tab_ids=list(found.values_list("pk", flat=True)),
        billed_on=on or session.today,
        layout=layout or "",
        now=session.now,
    )
    run = run_of(acting=session.acting, run_id=prepared.run_id)
    if as_json:
        output.print_json(run_facts(session, run))
    else:
        print_run(session, run)
    return DONE


@tabs_app.command("erase")
def erase(
    holder: Annotated[int, typer.Argument(metavar="HOLDER", help="As `show --json` shows it.", show_default=False)],
    yes: YesOption = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Erase a person who holds tabs: name, address and consents go, orders and documents stay."""
    session = open_session(seller=seller, user=user)
    found = holders_of(session.acting).filter(pk=holder).first()
    named = found.name if found else str(holder)
    if not yes and not as_json and not typer.confirm(_("Erase %(name)s for good?") % {"name": named}, err=True):
        return DONE
    erase_holder(acting=session.acting, holder_id=holder, now=session.now)
    if as_json:
        output.print_json({"holder": holder, "erased": True})
    else:
        print_line(_("Erased. Orders and documents stay as the law asks."))
    return DONE


def _wanted(session: Session, numbers: list[str] | None, *, every: bool, search: str, part: TabTab) -> QuerySet[Tab]:
    if every:
        return find_tabs(session.acting, search=search, part=part)
    if not numbers:
        raise NoTabsSaid(_("Name tabs by number, or say --all."))
    named = [tab_by_number(session.acting, number).pk for number in numbers]
    return find_tabs(session.acting).filter(pk__in=named)


def _currency_of(found: QuerySet[Tab]) -> str:
    currencies = sorted(set(found.order_by().values_list("currency", flat=True)))
    if len(currencies) > 1:
        raise CurrenciesDiffer(_("These tabs are in several currencies: change the limit for each by itself."))
    return currencies[0] if currencies else "EUR"


def _till_words(tab: Tab) -> str:
    if not tab.may_buy:
        return _("stopped")
    return _("shown") if tab.is_shown else _("search only")


def _facts(tab: Tab) -> dict[str, object]:
    return {
        "id": tab.pk,
        "number": tab.number,
        "customer": tab.customer.number,
        "name": tab.customer.name,
        "description": tab.description,
        "status": tab.status,
        "limit": exact(tab.limit),
        "balance": exact(tab.balance),
        "currency": tab.currency,
        "may_buy": tab.may_buy,
        "is_shown": tab.is_shown,
    }
