"""Events in words: what happened, when, who did it, and what was different afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.access.acting import Acting
from rebill.access.queries import Happening, events_of
from rebill.interfaces import formats
from rebill.interfaces.office.history.fields import LABELS, label_of, value_words
from rebill.interfaces.office.history.titles import title_of


@dataclass(frozen=True, slots=True)
class Told:
    """A step of a time line. `occurred_at` is None for what is still to come."""

    occurred_at: datetime | None
    title: str
    icon: str = "dot"
    mood: str = ""
    lines: tuple[str, ...] = ()
    address: str = ""


def history_of(acting: Acting, *subjects: tuple[str, int]) -> list[Told]:
    """What happened to these subjects (type and id), the oldest first; one read."""
    return [tell(event) for event in events_of(acting, *subjects)]


def tell(event: Happening) -> Told:
    """One event in words."""
    title = title_of(event.subject_type, event.verb)
    lines = [line for line in (event.actor, *_details(event)) if line]
    return Told(event.occurred_at, str(title.text), title.icon, title.mood, tuple(lines))


def _details(event: Happening) -> list[str]:
    own = _SENTENCES.get(f"{event.subject_type} {event.verb}") or _SENTENCES.get(event.verb)
    if own is not None:
        return own(event.details)
    return _changes(event.details)


def _changes(details: Mapping[str, Any]) -> list[str]:
    """“Payment term in days: 14 → 30” for what was changed, “As of: 1 Sep 2026” for what was said, reasons as given."""
    lines = []
    for field, value in details.items():
        if field in ("reason", "words"):
            lines.append(str(value))
        elif isinstance(value, list) and len(value) == 2 and field not in _LISTS:
            before, after = value_words(field, value[0]), value_words(field, value[1])
            lines.append(_("%(field)s: %(before)s → %(after)s") % _named(field, before=before, after=after))
        elif field in LABELS and value not in ("", None, [], {}):
            lines.append(_("%(field)s: %(value)s") % _named(field, value=value_words(field, value)))
    return lines


# Fields whose value is a list and no pair of before and after.
_LISTS = frozenset({"recipients"})


def _named(field: str, **values: str) -> dict[str, str]:
    return {"field": label_of(field), **values}


def _prepared(details: Mapping[str, Any]) -> list[str]:
    count = details.get("drafts", 0)
    words = ngettext(
        "%(drafts)s draft for %(customers)s customers",
        "%(drafts)s drafts for %(customers)s customers",
        count,
    )
    return [words % {"drafts": formats.number(count), "customers": formats.number(details.get("customers", 0))}]


def _line_changed(details: Mapping[str, Any]) -> list[str]:
    """An edit keeps what stood before in one place and what was typed in others."""
    before = details.get("before", {})
    lines = [
        _("%(field)s: %(before)s → %(after)s")
        % _named(field, before=value_words(field, before.get(field)), after=value_words(field, details[field]))
        for field in ("quantity", "unit_price", "period", "rate_class", "ledger_account")
        if details.get(field)
    ]
    if details.get("description"):
        lines.append(_("%(field)s: %(value)s") % _named("description", value=str(details["description"])))
    return [*lines, str(details.get("reason", ""))]


def _line_dropped(details: Mapping[str, Any]) -> list[str]:
    fate = _("It is not billed any more.") if details.get("waived") else _("It stays open for a later run.")
    return [fate, str(details.get("reason", ""))]


def _issued(details: Mapping[str, Any]) -> list[str]:
    number = details.get("number", "")
    if details.get("credits"):
        credit = _("%(number)s credits %(invoice)s") % {"number": number, "invoice": details["credits"]}
        return [credit, str(details.get("reason", ""))]
    return [_("Number %(number)s") % {"number": number}]


def _withdrawn(details: Mapping[str, Any]) -> list[str]:
    note = _("By credit note %(number)s") % {"number": details.get("credit_note", "")}
    return [note, str(details.get("reason", ""))]


def _resolved(details: Mapping[str, Any]) -> list[str]:
    return [_("It arrived.") if details.get("arrived") else _("It did not arrive.")]


def _dispatches(details: Mapping[str, Any]) -> list[str]:
    count = details.get("dispatches", 0)
    words = ngettext("%(count)s document", "%(count)s documents", count)
    return [words % {"count": formats.number(count)}]


def _letters(details: Mapping[str, Any]) -> list[str]:
    count = details.get("letters", 0)
    return [ngettext("%(count)s letter", "%(count)s letters", count) % {"count": formats.number(count)}]


def _rows(details: Mapping[str, Any]) -> list[str]:
    count = details.get("rows", 0)
    return [ngettext("%(count)s row", "%(count)s rows", count) % {"count": formats.number(count)}]


def _file_imported(details: Mapping[str, Any]) -> list[str]:
    rows = _("%(accepted)s rows taken over, %(unchanged)s unchanged, %(rejected)s rejected") % {
        name: formats.number(details.get(name, 0)) for name in ("accepted", "unchanged", "rejected")
    }
    return [str(details.get("file", "")), rows]


def _started(details: Mapping[str, Any]) -> list[str]:
    return _changes({name: details.get(name) for name in ("start_on", "reference")})


def _warning(details: Mapping[str, Any]) -> list[str]:
    return [str(details.get("reason", ""))]


# Verbs whose details ask for a sentence of their own.
_SENTENCES: dict[str, Callable[[Mapping[str, Any]], list[str]]] = {
    "prepared": _prepared,
    "line_changed": _line_changed,
    "line_dropped": _line_dropped,
    "issued": _issued,
    "withdrawn": _withdrawn,
    "resolved": _resolved,
    "dispatches_queued": _dispatches,
    "delivery.printbatch made": _letters,
    "exports.export made": _rows,
    "file_imported": _file_imported,
    "subscriptions.subscription started": _started,
    "warning_accepted": _warning,
}
