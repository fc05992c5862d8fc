"""Starting subscriptions, looking at them, and changing them from any day, past or future."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import typer
from django.utils.translation import gettext as _

from rebill.catalogue.queries import product_by_code
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.line_terms import CostCentreOption
from rebill.interfaces.cli.options import (
    LimitOption,
    PageOption,
    ReferenceOption,
    open_session,
    read_day,
    read_number,
    with_options_of,
)
from rebill.interfaces.cli.subscriptions.showing import (
    print_subscriptions,
    print_timeline,
    state_facts,
    subscription_facts,
    timeline_facts,
)
from rebill.kit.errors import Invalid
from rebill.parties.queries import customer_by_number
from rebill.rules.periods import Alignment, Timing
from rebill.subscriptions.commands import (
    StartTerms,
    cancel_subscription,
    change_price,
    change_quantity,
    change_subscription_product,
    pause_subscription,
    resume_subscription,
    revoke_change,
    start_subscription,
)
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import change_of, current_states, find_subscriptions, subscription_of, timeline_of

SubscriptionArgument = Annotated[
    UUID, typer.Argument(metavar="SUBSCRIPTION", help="The subscription's uuid.", show_default=False)
]
FromOption = Annotated[
    date, typer.Option("--from", parser=read_day, metavar="DATE", help="The first day on which it holds.")
]


@dataclass(frozen=True)
class Entry:
    """What is entered about a subscription, under which reference of the customer, and how it is answered."""

    session: Session
    subscription: Subscription
    reference: str
    as_json: bool

    def shown(self) -> int:
        """The subscription as it is after what was entered."""
        return _show(self.session, self.subscription.uuid, as_json=self.as_json)


def enter(
    subscription: SubscriptionArgument,
    reference: ReferenceOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> Entry:
    """The subscription that was named, for a change of it."""
    session = open_session(seller=seller, user=user)
    return Entry(session, subscription_of(acting=session.acting, uuid=subscription), reference, as_json)


class ChangeUnclear(Invalid):
    """A change does not say what shall be different, or says two things that are entered one by one."""


def list_subscriptions(
    customer: Annotated[str | None, typer.Option("--customer", metavar="NUMBER", help="Of this customer.")] = None,
    search: Annotated[
        str, typer.Option("--search", metavar="TEXT", help="A customer, a product's code, or an order's number.")
    ] = "",
    limit: LimitOption = 50,
    page: PageOption = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Subscriptions by customer, a page at a time, as they stand today."""
    session = open_session(seller=seller, user=user)
    found = find_subscriptions(
        acting=session.acting,
        search=search,
        customer_id=customer_by_number(session.acting, customer).pk if customer else None,
    )
    matching = found.count()
    rows = list(found[(page - 1) * limit : page * limit])
    states = current_states(acting=session.acting, subscription_ids=[row.pk for row in rows], on=session.today)
    if as_json:
        facts = [{**subscription_facts(row), **state_facts(states[row.pk])} for row in rows]
        output.print_json({"page": page, "matching": matching, "subscriptions": facts})
    else:
        print_subscriptions(rows, states, matching=matching, page=page, page_size=limit)
    return DONE


def show_subscription(
    subscription: SubscriptionArgument,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """One subscription: what is taken on which days, and everything that was ever entered."""
    return _show(open_session(seller=seller, user=user), subscription, as_json=as_json)


def start(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's number.", show_default=False)],
    product: Annotated[str, typer.Option("--product", metavar="CODE", help="What is taken.")],
    start_on: Annotated[
        date, typer.Option("--from", parser=read_day, metavar="DATE", help="Its first day, past or future.")
    ],
    quantity: Annotated[
        Decimal, typer.Option("--quantity", parser=read_number, metavar="NUMBER", help="How many.")
    ] = Decimal(1),
    own_price: Annotated[
        Decimal | None,
        typer.Option("--price", parser=read_number, metavar="AMOUNT", help="An own price per billing period."),
    ] = None,
    months: Annotated[int, typer.Option("--months", metavar="N", help="The billing period: 1 to 36 months.")] = 1,
    arrears: Annotated[bool, typer.Option("--arrears", help="Billed when a period is over, not before it.")] = False,
    anniversary: Annotated[
        bool, typer.Option("--anniversary", help="Periods begin on its own day, not on the first of the month.")
    ] = False,
    trial_until: Annotated[
        date | None,
        typer.Option("--trial-until", parser=read_day, metavar="DATE", help="The last free day."),
    ] = None,
    last_day: Annotated[
        date | None, typer.Option("--last-day", parser=read_day, metavar="DATE", help="The last day, if one is agreed.")
    ] = None,
    no_setup_fee: Annotated[
        bool, typer.Option("--no-setup-fee", help="Without the setup fee of its price, which was paid before.")
    ] = False,
    text: Annotated[str, typer.Option("--text", metavar="TEXT", help="What lines say instead of the product.")] = "",
    cost_centre: CostCentreOption = "",
    reference: ReferenceOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Start a subscription; the next run bills it from its first day on."""
    session = open_session(seller=seller, user=user)
    started = start_subscription(
        acting=session.acting,
        customer=customer_by_number(session.acting, customer),
        product=product_by_code(session.acting, product),
        terms=StartTerms(
            quantity=quantity,
            start_on=start_on,
            ends_before=last_day + timedelta(days=1) if last_day else None,
            trial_before=trial_until + timedelta(days=1) if trial_until else None,
            unit_price=own_price,
            billing_months=months,
            timing=Timing.ARREARS if arrears else Timing.ADVANCE,
            alignment=Alignment.ANNIVERSARY if anniversary else Alignment.CALENDAR,
            description=text,
            cost_centre=cost_centre,
            reference=reference,
            owes_setup=not no_setup_fee,
        ),
        now=session.now,
    )
    return _show(session, started.uuid, as_json=as_json)


@with_options_of(enter)
def change(
    entry: Entry,
    effective_on: FromOption,
    quantity: Annotated[
        Decimal | None, typer.Option("--quantity", parser=read_number, metavar="NUMBER", help="Another quantity.")
    ] = None,
    own_price: Annotated[
        Decimal | None,
        typer.Option("--price", parser=read_number, metavar="AMOUNT", help="An own price per billing period."),
    ] = None,
    list_price: Annotated[bool, typer.Option("--list-price", help="Back to the price lists.")] = False,
    product: Annotated[
        str | None,
        typer.Option("--product", metavar="CODE", help="Another product; --quantity and --price may be given with it."),
    ] = None,
) -> int:
    """Change quantity, price or product from a day on. A day in the past is corrected by the next run."""
    wishes = [quantity is not None, own_price is not None, list_price]
    if product is None and sum(wishes) != 1:
        raise ChangeUnclear(_("Say one of --quantity, --price or --list-price, or another --product."))
    if product is not None and list_price:
        raise ChangeUnclear(_("Another product is billed by the price lists anyway; leave --list-price out."))
    if product is not None:
        change_subscription_product(
            acting=entry.session.acting,
            subscription=entry.subscription,
            product=product_by_code(entry.session.acting, product),
            unit_price=own_price,
            quantity=quantity,
            effective_on=effective_on,
            reference=entry.reference,
            now=entry.session.now,
        )
    elif quantity is not None:
        change_quantity(
            acting=entry.session.acting,
            subscription=entry.subscription,
            quantity=quantity,
            effective_on=effective_on,
            reference=entry.reference,
            now=entry.session.now,
        )
    else:
        change_price(
            acting=entry.session.acting,
            subscription=entry.subscription,
            unit_price=own_price,
            effective_on=effective_on,
            reference=entry.reference,
            now=entry.session.now,
        )
    return entry.shown()


@with_options_of(enter)
def pause(entry: Entry, effective_on: FromOption) -> int:
    """Nothing is owed from a day on, until the subscription is resumed."""
    pause_subscription(
        acting=entry.session.acting,
        subscription=entry.subscription,
        effective_on=effective_on,
        reference=entry.reference,
        now=entry.session.now,
    )
    return entry.shown()


@with_options_of(enter)
def resume(entry: Entry, effective_on: FromOption) -> int:
    """A paused subscription is owed again from a day on."""
    resume_subscription(
        acting=entry.session.acting,
        subscription=entry.subscription,
        effective_on=effective_on,
        reference=entry.reference,
        now=entry.session.now,
    )
    return entry.shown()


@with_options_of(enter)
def cancel(
    entry: Entry,
    last_day: Annotated[
        date, typer.Option("--last-day", parser=read_day, metavar="DATE", help="The last day that is owed.")
    ],
) -> int:
    """End a subscription after a day. What was billed beyond it is corrected by the next run, line by line."""
    cancel_subscription(
        acting=entry.session.acting,
        subscription=entry.subscription,
        last_day=last_day,
        reference=entry.reference,
        now=entry.session.now,
    )
    return entry.shown()


def revoke(
    entered: Annotated[UUID, typer.Argument(metavar="CHANGE", help="The change's uuid.", show_default=False)],
    reference: ReferenceOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Take a change back as if it had never been entered; a cancellation is undone this way."""
    session = open_session(seller=seller, user=user)
    found = change_of(acting=session.acting, uuid=entered)
    revoke_change(acting=session.acting, change=found, reference=reference, now=session.now)
    return _show(session, found.subscription.uuid, as_json=as_json)


def _show(session: Session, uuid: UUID, *, as_json: bool) -> int:
    """The subscription as it is after what was entered."""
    timeline = timeline_of(acting=session.acting, uuid=uuid)
    if as_json:
        output.print_json(timeline_facts(timeline))
    else:
        print_timeline(timeline, session.seller.language)
    return DONE
