"""Words for codes that several pages show."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebill.rules.periods import Alignment, Timing
from rebill.rules.reconcile import ChargeKind
from rebill.rules.timeline import ChangeKind
from rebill.subscriptions.queries import Standing

INTERVALS: dict[int, Promise] = {
    1: _("Monthly"),
    3: _("Quarterly"),
    6: _("Half-yearly"),
    12: _("Yearly"),
}

TIMINGS: dict[str, Promise] = {
    Timing.ADVANCE: _("In advance, when a period begins"),
    Timing.ARREARS: _("In arrears, when a period is over"),
}

ALIGNMENTS: dict[str, Promise] = {
    Alignment.CALENDAR: _("Calendar months, quarters and years"),
    Alignment.ANNIVERSARY: _("Counted from its own first day"),
}

STANDINGS: dict[str, Promise] = {
    Standing.RUNNING: pgettext_lazy("subscription", "Running"),
    Standing.UPCOMING: pgettext_lazy("subscription", "To come"),
    Standing.PAUSED: pgettext_lazy("subscription", "Paused"),
    Standing.ENDED: pgettext_lazy("subscription", "Ended"),
}

# Which pill of rebill.css says it.
STANDING_PILLS: dict[str, str] = {
    Standing.RUNNING: "ok",
    Standing.UPCOMING: "due",
    Standing.PAUSED: "chk",
    Standing.ENDED: "off",
}

CHANGES: dict[str, Promise] = {
    ChangeKind.QUANTITY: _("Another quantity"),
    ChangeKind.PRICE: _("Another price"),
    ChangeKind.PRODUCT: _("Another product"),
    ChangeKind.PAUSE: _("Pause"),
    ChangeKind.RESUME: _("Resume"),
    ChangeKind.CANCEL: _("Cancellation"),
    ChangeKind.REVOKE: _("Change taken back"),
}

CHANGE_TITLES: dict[str, Promise] = {
    ChangeKind.QUANTITY: _("Change the quantity"),
    ChangeKind.PRICE: _("Change the price"),
    ChangeKind.PRODUCT: _("Change the product"),
    ChangeKind.PAUSE: _("Pause the subscription"),
    ChangeKind.RESUME: _("Resume the subscription"),
    ChangeKind.CANCEL: _("Cancel the subscription"),
    ChangeKind.REVOKE: _("Take a change back"),
}

CHARGES: dict[str, Promise] = {
    ChargeKind.SETUP: _("Set-up fee"),
    ChargeKind.PERPETUAL: _("Sold once"),
    ChargeKind.PERIODICFIRST: _("First period"),
    ChargeKind.PERIODIC: _("Period"),
    ChargeKind.PERIODICCORRECTION: _("Correction"),
    ChargeKind.USAGE: _("Usage"),
    ChargeKind.CREDIT: _("Credit"),
    ChargeKind.REBILLED: _("Passed on"),
    ChargeKind.TAB: _("Tab"),
}
