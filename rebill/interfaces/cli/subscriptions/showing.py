"""Subscriptions on the screen and for programs: lists, and one with its days and everything that was entered."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rich.text import Text

from rebill.interfaces.cli.figures import NOTHING, day, exact, number, page_words, price
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_facts, print_line, print_note, short
from rebill.interfaces.cli.tables import print_title as title
from rebill.rules.naming import name_in
from rebill.rules.periods import Alignment, Timing
from rebill.rules.timeline import ChangeKind
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import CurrentState, DatedState, EnteredChange, Standing, Timeline

STYLES = {
    Standing.RUNNING: "green",
    Standing.UPCOMING: "blue",
    Standing.PAUSED: "yellow",
    Standing.ENDED: "dim",
}

STANDINGS = {
    Standing.RUNNING: gettext_lazy("running"),
    Standing.UPCOMING: gettext_lazy("upcoming"),
    Standing.PAUSED: gettext_lazy("paused"),
    Standing.ENDED: gettext_lazy("ended"),
}


def print_subscriptions(
    rows: Sequence[Subscription],
    states: Mapping[int, CurrentState],
    *,
    matching: int,
    page: int,
    page_size: int,
) -> None:
    """One page of subscriptions as they stand."""
    if not matching:
        print_line(_("No subscriptions match."))
        return
    print_columns(
        [
            short(_("Subscription")),
            short(_("Customer")),
            short(_("Product")),
            figure(_("Number")),
            short(_("Since")),
            Column(_("Stands")),
        ],
        [_row(row, states[row.pk]) for row in rows],
    )
    first = (page - 1) * page_size + 1
    print_note(page_words(first, len(rows), matching), apart=True)


def print_timeline(timeline: Timeline, language: str) -> None:
    """One subscription: its terms, what is taken on which days, and everything that was ever entered."""
    subscription = timeline.subscription
    title(_("Subscription %(uuid)s") % {"uuid": subscription.uuid})
    print_facts(
        (
            (_("Customer"), f"{subscription.customer.number or ''} {subscription.customer.name}".strip()),
            (_("Order"), _order_words(subscription)),
            (_("Billed"), _billing_words(subscription)),
            (_("Billed from"), day(subscription.trial_before) if subscription.trial_before else ""),
            (_("Setup fee"), "" if subscription.owes_setup else _("not billed here")),
            (_("Text"), subscription.description),
            (_("Reference"), subscription.reference),
            (_("Cost centre"), subscription.cost_centre),
        )
    )
    if timeline.states:
        print_columns(
            [
                short(_("From")),
                short(_("Until")),
                Column(_("Product")),
                figure(_("Quantity")),
                figure(_("Price")),
                Column(_("Reference")),
            ],
            [
                (
                    day(state.starts_on),
                    day(state.last_on) if state.last_on else _("no end"),
                    f"{state.product_code} {_name(state, language)}",
                    number(state.quantity),
                    price(state.unit_price) if state.unit_price is not None else _("by the list"),
                    state.reference,
                )
                for state in timeline.states
            ],
            title=_("What is taken"),
        )
    else:
        title(_("Nothing is taken on any day"))
    if timeline.changes:
        print_columns(
            [figure(""), short(_("Change")), short(_("From")), Column(_("What")), short(_("Entered"))],
            [_change_row(each) for each in timeline.changes],
            title=_("What was entered"),
        )


def subscription_facts(subscription: Subscription) -> dict[str, object]:
    """What was agreed, for programs."""
    return {
        "subscription": str(subscription.uuid),
        "customer": {"number": subscription.customer.number or "", "name": subscription.customer.name},
        "order": subscription.order.number if subscription.order else None,
        "starts_on": subscription.start_on.isoformat(),
        "trial_before": _iso(subscription.trial_before),
        "owes_setup": subscription.owes_setup,
        "billing_months": subscription.billing_months,
        "timing": subscription.timing,
        "alignment": subscription.alignment,
        "cost_centre": subscription.cost_centre,
        "reference": subscription.reference,
    }


def state_facts(state: CurrentState) -> dict[str, object]:
    """How it stands today, for programs."""
    return {
        "standing": state.standing.value,
        "product": state.product_code,
        "quantity": exact(state.quantity),
        "unit_price": None if state.unit_price is None else exact(state.unit_price),
        "last_day": _iso(state.last_on),
    }


def timeline_facts(timeline: Timeline) -> dict[str, object]:
    """The whole subscription, for programs."""
    return {
        **subscription_facts(timeline.subscription),
        "states": [
            {
                "starts_on": state.starts_on.isoformat(),
                "last_day": _iso(state.last_on),
                "product": state.product_code,
                "quantity": exact(state.quantity),
                "unit_price": None if state.unit_price is None else exact(state.unit_price),
                "reference": state.reference,
            }
            for state in timeline.states
        ],
        "changes": [
            {
                "change": str(each.uuid),
                "sequence": each.sequence,
                "kind": each.kind.value,
                "effective_on": each.effective_on.isoformat(),
                "quantity": None if each.quantity is None else exact(each.quantity),
                "unit_price": None if each.unit_price is None else exact(each.unit_price),
                "product": each.product_code,
                "reference": each.reference,
                "entered_at": each.entered_at.isoformat(),
                "taken_back": each.taken_back,
            }
            for each in timeline.changes
        ],
    }


def _row(subscription: Subscription, state: CurrentState) -> tuple[object, ...]:
    stands = str(STANDINGS[state.standing])
    if state.last_on and state.standing is Standing.ENDED:
        stands = _("ended %(day)s") % {"day": day(state.last_on)}
    elif state.last_on:
        stands = _("%(stands)s, until %(day)s") % {"stands": stands, "day": day(state.last_on)}
    return (
        str(subscription.uuid),
        subscription.customer.number or NOTHING,
        state.product_code or subscription.product.code,
        number(state.quantity),
        day(subscription.start_on),
        Text(stands, style=STYLES[state.standing]),
    )


def change_words(change: EnteredChange) -> str:
    """What a change says, without its day."""
    words = {
        ChangeKind.PRICE: _("back to the price lists"),
        ChangeKind.PAUSE: _("paused"),
        ChangeKind.RESUME: _("resumed"),
        ChangeKind.CANCEL: _("cancelled"),
        ChangeKind.REVOKE: _("an earlier change taken back"),
    }
    said = [
        _("product %(code)s") % {"code": change.product_code} if change.product_code else "",
        _("quantity %(quantity)s") % {"quantity": number(change.quantity)} if change.quantity is not None else "",
        _("own price %(price)s") % {"price": price(change.unit_price)} if change.unit_price is not None else "",
    ]
    told = ", ".join(each for each in said if each) or words[change.kind]
    return f"{told} ({change.reference})" if change.reference else told


def _change_row(change: EnteredChange) -> tuple[object, ...]:
    words = change_words(change)
    return (
        f"{change.sequence}",
        str(change.uuid),
        day(change.effective_on),
        Text(_("%(change)s, taken back since") % {"change": words}, style="dim") if change.taken_back else words,
        day(change.entered_at.date()),
    )


def _billing_words(subscription: Subscription) -> str:
    months = subscription.billing_months
    every = ngettext("every month", "every %(months)s months", months) % {"months": months}
    timing = _("in advance") if subscription.timing == Timing.ADVANCE else _("in arrears")
    begins = _("periods begin on its own day")
    if subscription.alignment == Alignment.CALENDAR:
        begins = _("periods begin on the first of the month")
    return f"{every}, {timing}, {begins}; {_('started %(day)s') % {'day': day(subscription.start_on)}}"


def _order_words(subscription: Subscription) -> str:
    order = subscription.order
    if order is None:
        return ""
    return f"{order.number}, {order.general_reference}" if order.general_reference else order.number


def _name(state: DatedState, language: str) -> str:
    return name_in(state.product_names, language)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
