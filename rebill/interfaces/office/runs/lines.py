"""The lines of a draft, opened below its row, and why each of them is what it is."""

from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import redirect, render

from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.runs.words import KIND_TAGS
from rebill.rules.money import Money
from rebill.rules.reconcile import ChargeKind
from rebill.runs.queries.shown import ShownLine, draft_shown


@dataclass(frozen=True, slots=True)
class Line:
    """A line in the reader's words."""

    shown: ShownLine
    tag: str

    @property
    def quantity(self) -> Decimal:
        return Decimal(self.shown.line.prorated_e8).scaleb(-8).normalize()

    @property
    def price(self) -> Decimal:
        return Decimal(self.shown.line.price_e6).scaleb(-6)

    @property
    def net(self) -> Money:
        return Money(self.shown.line.amount_minor, self.shown.line.currency)


@page()
def draft_lines(request: OfficeRequest, run_id: int, draft_id: int) -> HttpResponse:
    """The row that is put below the draft's; on its own it is the draft's page."""
    draft, shown = draft_shown(acting=request.acting, draft_id=draft_id)
    if not request.htmx:
        return redirect("office:draft", request.seller.slug, draft_id)
    lines = [Line(each, str(KIND_TAGS.get(ChargeKind(each.line.kind), ""))) for each in shown.lines]
    return render(request, "office/runs/lines.html", {"draft": draft, "shown": shown, "lines": lines})
