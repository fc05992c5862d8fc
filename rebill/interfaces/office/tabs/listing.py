"""The list of tabs: who may buy for how much, and what of it is used."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.tabs.wanted import wanted_tabs
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.rules.money import Money
from rebill.sources.tabs.models import Tab, TabStatus
from rebill.sources.tabs.queries.agreeing import has_accepted_terms
from rebill.sources.tabs.queries.tabs import NEARLY_FULL_PERCENT, TabCounts, TabTab, booked_sums, count_tabs
from rebill.sources.tabs.words import STATUS_WORDS

PARTS = (
    (TabTab.ACTIVE, gettext_lazy("Active")),
    (TabTab.OVER, gettext_lazy("Over limit")),
    (TabTab.NEARLY, gettext_lazy("Nearly full")),
    (TabTab.HIDDEN, gettext_lazy("Hidden on till")),
    (TabTab.INACTIVE, gettext_lazy("Not active")),
)


@dataclass(frozen=True, slots=True)
class TabRow:
    """A tab in the list: what is left, what would be billed now, and how it stands."""

    tab: Tab
    booked: Money

    @property
    def left(self) -> Money:
        """What may still be bought; below zero where it is over its limit."""
        return self.tab.limit - self.tab.balance

    @property
    def is_over(self) -> bool:
        """Whether more is open than the limit allows."""
        return self.left.minor < 0

    @property
    def bar(self) -> tuple[str, int, int]:
        """The bar of the share that is used: its colour, the share, and the rest."""
        used, limit = max(self.tab.balance.minor, 0), self.tab.limit.minor
        if self.is_over:
            return "b", 1, 0
        if self.is_nearly_full:
            return "w", used, limit - used
        return "q", used, max(limit - used, 1)

    @property
    def is_nearly_full(self) -> bool:
        """Whether hardly anything more fits."""
        limit = self.tab.limit.minor
        return limit > 0 and not self.is_over and self.tab.balance.minor * 100 >= limit * NEARLY_FULL_PERCENT

    @property
    def pill(self) -> tuple[str, str]:
        """The mark of its state: kind and words; none where all is well."""
        if self.tab.status != TabStatus.ACTIVE:
            return "draft", str(STATUS_WORDS[self.tab.status])
        if self.is_over:
            return "overdue", _("Over limit")
        return ("chk", _("Nearly full")) if self.is_nearly_full else ("", "")

    @property
    def till(self) -> str:
        """What the till does with it."""
        if not self.tab.may_buy:
            return _("Off")
        return _("On till") if self.tab.is_shown else _("Search only")


@dataclass(frozen=True, slots=True)
class TabSums:
    """What the limits and balances of the active tabs of one currency come to."""

    limits: Money
    used: Money
    over: Money

    @property
    def free(self) -> Money:
        """What may still be bought in all."""
        return self.limits - self.used + self.over

    @property
    def percent(self) -> int:
        """How much of all limits is used."""
        return self.used.minor * 100 // self.limits.minor if self.limits.minor else 0


@page()
def tabs_page(request: OfficeRequest) -> HttpResponse:
    """The tabs of a part of the list; before the terms are accepted, the terms."""
    if not has_accepted_terms(request.acting.seller_id):
        return redirect("office:tabs-terms", request.seller.slug)
    wanted = wanted_tabs(request.GET)
    counts = count_tabs(request.acting)
    found = wanted.listed(request)
    total = found.count() if wanted.words else counts.parts[wanted.part]
    start = (page_number(request) - 1) * ROWS
    rows = rows_of(list(found[start : start + ROWS]))
    context = {
        "wanted": wanted,
        "parts": [(part, words, counts.parts[part]) for part, words in PARTS],
        "counts": counts,
        "sums": sums_of(counts),
        "active": counts.parts[TabTab.ACTIVE],
        "over": counts.parts[TabTab.OVER],
        "rows": rows,
        "total": total,
        "pager": pager(request, shown=len(rows), total=total),
    }
    return render(request, "office/tabs/tabs.html", context)


def rows_of(tabs: list[Tab]) -> list[TabRow]:
    """The tabs with what would be billed of them now; one more read."""
    booked = booked_sums([tab.pk for tab in tabs])
    return [TabRow(tab, Money(booked.get(tab.pk, 0), tab.currency)) for tab in tabs]


def sums_of(counts: TabCounts) -> list[TabSums]:
    """The sums by currency."""
    return [TabSums(*(Money(minor, currency) for minor in counts.sums[currency])) for currency in counts.currencies]
