"""What runs and drafts are called on pages: tabs, kinds of lines, ways of delivery, warnings in a word or two."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebill.interfaces import formats
from rebill.parties.models import DeliveryChannel
from rebill.rules.reconcile import ChargeKind
from rebill.rules.review import WarningCode
from rebill.runs.models import DraftState, Run, RunKind
from rebill.runs.queries.standing import Standing

# The tabs of a run in their order; those marked are shown only when something is in them.
TAB_TITLES: Mapping[str, str | Promise] = {
    "all": gettext_lazy("All"),
    "ready": gettext_lazy("Ready"),
    "to_check": gettext_lazy("To check"),
    "changed": gettext_lazy("Big changes"),
    "first": gettext_lazy("First invoice"),
    "last": gettext_lazy("Last invoice"),
    "held": gettext_lazy("Held back"),
    "approved": gettext_lazy("Approved"),
    "issued": gettext_lazy("Issued"),
}

CHANNELS: Mapping[str, str | Promise] = {
    DeliveryChannel.EMAIL: gettext_lazy("E-mail"),
    DeliveryChannel.PRINT: gettext_lazy("Post"),
    DeliveryChannel.NONE: gettext_lazy("Not sent"),
}

# What a draft is warned of, in a pill; the whole sentence stands in `runs/queries/warnings.py`.
WARNING_PILLS: Mapping[str, str | Promise] = {
    WarningCode.NO_ADDRESS: gettext_lazy("No postal address"),
    WarningCode.NO_EMAIL: gettext_lazy("No address"),
    WarningCode.MISSING_VAT_ID: gettext_lazy("VAT id"),
    WarningCode.PRICE_MISSING: gettext_lazy("No price"),
    WarningCode.RATE_MISSING: gettext_lazy("No VAT rate"),
    WarningCode.BIG_CHANGE: gettext_lazy("+300%"),
    WarningCode.ZERO_TOTAL: gettext_lazy("Zero"),
    WarningCode.NEGATIVE_TOTAL: gettext_lazy("Below zero"),
    WarningCode.CUSTOMER_ENDED: gettext_lazy("Ended"),
    WarningCode.UNUSUAL_CALLS: gettext_lazy("Calls"),
}

# The button beside a group of warnings: what one does about them.
WARNING_BUTTONS: Mapping[str, str | Promise] = {
    WarningCode.NO_ADDRESS: gettext_lazy("Add addresses"),
    WarningCode.NO_EMAIL: gettext_lazy("Add addresses"),
    WarningCode.MISSING_VAT_ID: gettext_lazy("Add VAT ids"),
    WarningCode.BIG_CHANGE: gettext_lazy("Compare"),
}

_KINDS: Mapping[str, str | Promise] = {
    ChargeKind.PERIODIC: gettext_lazy("Recurring %(lines)s"),
    ChargeKind.PERIODICFIRST: gettext_lazy("Recurring %(lines)s"),
    ChargeKind.SETUP: gettext_lazy("One-off %(lines)s"),
    ChargeKind.PERPETUAL: gettext_lazy("One-off %(lines)s"),
    ChargeKind.PERIODICCORRECTION: gettext_lazy("Correction %(lines)s"),
    ChargeKind.CREDIT: gettext_lazy("Credit %(lines)s"),
    ChargeKind.USAGE: gettext_lazy("Usage %(lines)s"),
    ChargeKind.REBILLED: gettext_lazy("Re-billed %(lines)s"),
    ChargeKind.TAB: gettext_lazy("On account %(lines)s"),
}

# A line that is no ordinary one of its kind says so.
KIND_TAGS: Mapping[str, str | Promise] = {
    ChargeKind.SETUP: gettext_lazy("One-off"),
    ChargeKind.PERPETUAL: gettext_lazy("One-off"),
    ChargeKind.PERIODICCORRECTION: gettext_lazy("Correction"),
    ChargeKind.CREDIT: gettext_lazy("Credit"),
    ChargeKind.USAGE: gettext_lazy("Usage"),
    ChargeKind.REBILLED: gettext_lazy("Re-billed"),
    ChargeKind.TAB: gettext_lazy("On account"),
}


class Pill(NamedTuple):
    """A state in a word, with the class that gives it its glyph and colour."""

    kind: str
    text: str


def run_title(run: Run) -> str:
    """“September 2026 run”, whose invoice it is, or of which day a re-billing."""
    if run.kind == RunKind.REBILLED:
        return _("Re-billing of %(day)s") % {"day": formats.day(run.billed_on)}
    if run.kind == RunKind.MANUAL and run.customer is not None:
        return _("Invoice for %(customer)s") % {"customer": run.customer.name}
    return _("%(month)s run") % {"month": formats.month(run.billed_on)}


def kinds_of_lines(kinds: Sequence[tuple[str, int]]) -> str:
    """“Recurring 5 · One-off 1 · Correction 1”."""
    counts: dict[str, int] = {}
    for kind, lines in kinds:
        words = str(_KINDS[ChargeKind(kind)])
        counts[words] = counts.get(words, 0) + lines
    return " · ".join(words % {"lines": formats.number(lines)} for words, lines in counts.items())


def draft_pills(state: str, warnings: Sequence[str], is_blocked: bool) -> list[Pill]:
    """Where a draft stands, when that needs saying: nothing for one that is ready."""
    if state == DraftState.ISSUED:
        return [Pill("approved", _("Issued"))]
    if state == DraftState.APPROVED:
        return [Pill("approved", _("Approved"))]
    pills = [Pill("off", _("Held back"))] if state == DraftState.HELD else []
    if warnings:
        pills.append(Pill("blocked" if is_blocked else "chk", str(WARNING_PILLS[WarningCode(warnings[0])])))
    if len(warnings) > 1:
        pills.append(Pill("chk", f"+{len(warnings) - 1}"))
    return pills


def drafts_words(number: int) -> str:
    """“1 draft”, “37 drafts”."""
    return ngettext("%(number)s draft", "%(number)s drafts", number) % {"number": formats.number(number)}


def pill_of(standing: Standing) -> Pill:
    """How a run stands, in a word."""
    if not standing.count("all"):
        return Pill("draft", _("Nothing to bill"))
    if standing.count("issued") == standing.count("all"):
        return Pill("ok", _("Issued"))
    if standing.count("issued"):
        return Pill("part", _("Partly issued"))
    return Pill("ready", _("Drafts ready"))
