"""The frame around every page: the menu with what waits for a decision, the sellers to switch to, what is said once."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from rebill.catalogue.queries.rate_imports import waiting_imports_of
from rebill.delivery.queries import dispatches_to_look_at
from rebill.interfaces.office.toasts import take_toasts
from rebill.kit.counting import count_each
from rebill.runs.queries.drafts import drafts_to_check
from rebill.sources.supplier_invoices.queries.purchases import unhandled_purchases
from rebill.sources.tabs.queries.tabs import TabTab, find_tabs


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the menu. `key` is the letter after G that leads there; `waiting` counts decisions, nothing else."""

    text: str
    address: str
    is_here: bool
    waiting: int = 0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the menu and what stands under it; the first has none."""

    title: str
    entries: list[Entry] = field(default_factory=list)


def shell(request: HttpRequest) -> dict[str, Any]:
    """What `office/base.html` needs; nothing is read before a template asks for it."""
    acting = getattr(request, "acting", None)
    return {
        "toasts": SimpleLazyObject(lambda: take_toasts(request)),
        "menu": SimpleLazyObject(lambda: _menu(request) if acting else []),
        "sellers": getattr(request, "sellers", []),
        "seller": getattr(request, "seller", None),
    }


def places(request: HttpRequest) -> list[Entry]:
    """Every place in the menu, in its order: for the search."""
    return [entry for section in _menu(request) for entry in section.entries]


def _menu(request: HttpRequest) -> list[Section]:
    slug = request.seller.slug  # type: ignore[attr-defined]
    here = (request.resolver_match.url_name or "").partition("-")[0] if request.resolver_match else ""

    def entry(text: str, name: str, *, waiting: int = 0, key: str = "") -> Entry:
        return Entry(text, reverse(f"office:{name}", args=[slug]), _belongs(here, name.partition("-")[0]), waiting, key)

    # Whoever may not configure still sees who else acts for the seller.
    configure = "settings" if "configure" in request.may else "members"  # type: ignore[attr-defined]
    settings = Entry(
        _("Settings"), reverse(f"office:{configure}", args=[slug]), here in ("settings", "members", "tokens")
    )
    # In the order of a clerk's day; every area adds its own line here.
    acting = request.acting  # type: ignore[attr-defined]
    to_check, to_look_at, rates, over, to_rebill = count_each(
        drafts_to_check(acting=acting),
        dispatches_to_look_at(acting),
        waiting_imports_of(acting),
        find_tabs(acting, part=TabTab.OVER),
        unhandled_purchases(acting),
    )
    return [
        Section("", [entry(_("Today"), "today", key="t")]),
        Section(
            _("Billing"),
            [
                entry(_("Billing runs"), "runs", waiting=to_check, key="r"),
                entry(_("Invoices"), "invoices", key="i"),
                entry(_("Re-billing"), "rebilling", waiting=to_rebill),
                entry(_("Interim lines"), "lines", key="l"),
                entry(_("On-account tabs"), "tabs", waiting=over),
                entry(_("Deliveries"), "deliveries", waiting=to_look_at, key="d"),
            ],
        ),
        Section(
            _("Catalogue"),
            [
                entry(_("Customers"), "customers", key="c"),
                entry(_("Subscriptions"), "subscriptions", key="s"),
                entry(_("Products & plans"), "products", key="p"),
                entry(_("Rate decks"), "decks", waiting=rates),
            ],
        ),
        Section(
            _("Data"),
            [
                entry(_("Calls"), "calls"),
                entry(_("Imports"), "imports"),
                entry(_("Exports"), "exports", key="e"),
                settings,
            ],
        ),
    ]


def _belongs(here: str, name: str) -> bool:
    """Whether the page that is open belongs to a place: a run to the runs, a draft to the runs too."""
    return name in (here, f"{here}s") or (here, name) in (("draft", "runs"), ("dealers", "customers"))
