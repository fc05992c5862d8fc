"""Drafts: finding them, looking at one, and deciding about one."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.reviewed import ReviewedShown, show_reviewed
from rebill.interfaces.api.values import LEFT_OUT, Amount, Body, Id, Line, Search, Shown, minor_amount, with_example
from rebill.invoices.documents.registry import DOCUMENT_RENDERERS
from rebill.invoices.queries.drafted import draft_document
from rebill.kit.errors import Conflict
from rebill.runs import commands
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import DraftFilter, draft_of, find_drafts
from rebill.runs.queries.pages import DraftRow, draft_rows
from rebill.runs.queries.shown import draft_shown

drafts = Endpoints(Area.RUNS, "Drafts")

PDF = "application/pdf"

State = Literal["open", "held", "approved", "issued", "discarded"]
Tab = Literal["all", "current", "ready", "to_check", "blocked", "held", "approved", "issued"]
Channel = Literal["email", "print", "none"]
WarningName = Literal[
    "no_address", "no_email", "missing_vat_id", "price_missing", "rate_missing", "big_change", "zero_total",
    "negative_total", "customer_ended", "unusual_calls",
]  # fmt: skip


class DraftUnmoved(Conflict):
    """The draft stands where this cannot be done with it."""


class DraftListed(Shown):
    """A draft in a list. `warnings` are codes, those that block it first."""

    id: int
    run_id: int
    customer_id: int
    customer_number: str
    customer_name: str
    state: State
    billed_on: date
    cost_centre: str
    net: Amount
    gross: Amount
    line_count: int
    channel: Channel
    hold_reason: str
    warnings: list[WarningName]
    is_blocked: bool
    average_percent: int | None


class DraftShown(ReviewedShown):
    """An invoice to be, with its lines, what they come to, and what is to be looked at."""

    id: int
    run_id: int
    customer_id: int
    state: State
    billed_on: date
    currency: str
    cost_centre: str
    intro: str
    closing: str
    hold_reason: str
    first_approved_by: int | None
    approved_by: int | None
    approved_at: datetime | None


class DraftFilters(Paging):
    """Which drafts are listed."""

    run_id: Id = LEFT_OUT
    tab: Tab = "all"
    search: Search = Field(
        "",
        description="What finds customers; where it finds none, products and words of lines of the first 2,000.",
    )
    warning: WarningName | Literal[""] = ""
    channel: Channel | Literal[""] = ""
    customer_id: Id = LEFT_OUT


class HoldReason(Body):
    """Why a draft is held back."""

    model_config = with_example({"reason": "Customer disputes the installation"})

    reason: Line


class Discarding(Body):
    """Why a draft is thrown away."""

    model_config = with_example({"reason": "Prices were wrong", "retell": True})

    reason: Line = ""
    retell: bool = Field(True, description="Whether its charges are made anew, from prices and histories as they are.")


class Acceptance(Body):
    """Which warning is taken responsibility for, and why."""

    model_config = with_example({"code": "missing_vat_id", "reason": "Bills with VAT until the id is there"})

    code: Line = Field(description="Only missing_vat_id can be accepted; everything else has to be mended.")
    reason: Line


def list_draft(draft: Draft, row: DraftRow) -> DraftListed:
    """The draft as a list says it."""
    return DraftListed.model_validate(
        {
            **{name: getattr(row, name) for name in DraftListed.model_fields if hasattr(row, name)},
            "run_id": draft.run_id,
            "customer_id": draft.customer_id,
            "net": minor_amount(row.net_minor, row.currency),
            "gross": minor_amount(row.gross_minor, row.currency),
            "warnings": list(row.warnings),
        }
    )


def show_draft(request: ApiRequest, draft_id: int) -> DraftShown:
    """The draft as it stands now, as an answer says it."""
    draft, shown = draft_shown(acting=request.acting, draft_id=draft_id)
    own = DraftShown.model_fields.keys() - ReviewedShown.model_fields.keys()
    return DraftShown(**{name: getattr(draft, name) for name in own}, **dict(show_reviewed(shown)))


@drafts.read("/drafts")
def list_drafts(request: ApiRequest, filters: Annotated[DraftFilters, Query()]) -> Page[DraftListed]:
    """List drafts, the oldest first. Those that were thrown away are left out."""
    wanted = DraftFilter(
        run_id=filters.run_id,
        tab=filters.tab,
        search=filters.search,
        warning=filters.warning,
        channel=filters.channel,
    )
    rows = find_drafts(acting=request.acting, wanted=wanted)
    if filters.customer_id:
        rows = rows.filter(customer_id=filters.customer_id)

    def show(page: "list[Draft]") -> list[DraftListed]:
        found = {row.id: row for row in draft_rows(acting=request.acting, draft_ids=[draft.pk for draft in page])}
        return [list_draft(draft, found[draft.pk]) for draft in page if draft.pk in found]

    return page_of(rows, filters, lambda page: show(list(page)))


@drafts.read("/drafts/{draft_id}/pdf", media_type=PDF)
def get_draft_pdf(request: ApiRequest, draft_id: Id) -> HttpResponse:
    """Download the paper as it would go out today, without a number and marked as a draft; it is not kept."""
    content = draft_document(acting=request.acting, draft_id=draft_id, today=request.today)
    headers = {"Content-Disposition": f'attachment; filename="draft-{draft_id}.pdf"'}
    return HttpResponse(DOCUMENT_RENDERERS.get("pdf").render(content), content_type=PDF, headers=headers)


@drafts.read("/drafts/{draft_id}")
def get_draft(request: ApiRequest, draft_id: Id) -> DraftShown:
    """Show a draft."""
    return show_draft(request, draft_id)


def _only(request: ApiRequest, draft_id: int) -> QuerySet[Draft]:
    """The one draft, as the commands take many."""
    draft = draft_of(acting=request.acting, draft_id=draft_id)
    return find_drafts(acting=request.acting, wanted=DraftFilter()).filter(pk=draft.pk)


def _moved(request: ApiRequest, draft_id: int, moved: int) -> DraftShown:
    shown = show_draft(request, draft_id)
    if not moved:
        raise DraftUnmoved(
            _("This cannot be done with draft %(draft)s, whose state is “%(state)s”.")
            % {"draft": draft_id, "state": shown.state}
        )
    return shown


@drafts.write("POST", "/drafts/{draft_id}/hold")
def hold_draft(request: ApiRequest, draft_id: Id, body: HoldReason) -> DraftShown:
    """Hold an open or approved draft back until it is released."""
    only = _only(request, draft_id)
    moved = commands.hold_drafts(acting=request.acting, drafts=only, reason=body.reason, now=request.now)
    return _moved(request, draft_id, moved)


@drafts.write("POST", "/drafts/{draft_id}/release")
def release_draft(request: ApiRequest, draft_id: Id) -> DraftShown:
    """Put a held draft back among the open ones."""
    moved = commands.release_drafts(acting=request.acting, drafts=_only(request, draft_id), now=request.now)
    return _moved(request, draft_id, moved)


@drafts.write("POST", "/drafts/{draft_id}/approve")
def approve_draft(request: ApiRequest, draft_id: Id) -> DraftShown:
    """Approve a draft without issuing it.

    Where the seller asks for two pairs of eyes the first approval only notes who gave it.
    """
    approved = commands.approve_drafts(acting=request.acting, drafts=_only(request, draft_id), now=request.now)
    if approved.blocked:
        raise DraftUnmoved(
            _("Draft %(draft)s has no lines, or a warning that has to be mended first.") % {"draft": draft_id}
        )
    return _moved(request, draft_id, approved.approved + approved.waiting)


@drafts.write("POST", "/drafts/{draft_id}/reopen")
def reopen_draft(request: ApiRequest, draft_id: Id) -> DraftShown:
    """Take the approval of a draft back, or the first one of two, as long as it is not issued."""
    moved = commands.reopen_drafts(acting=request.acting, drafts=_only(request, draft_id), now=request.now)
    return _moved(request, draft_id, moved)


@drafts.write("POST", "/drafts/{draft_id}/review")
def review_draft(request: ApiRequest, draft_id: Id) -> DraftShown:
    """Judge an open or held draft again, after a customer, a price or a VAT id was mended."""
    reviewed = commands.review_drafts(acting=request.acting, drafts=_only(request, draft_id))
    return _moved(request, draft_id, reviewed)


@drafts.write("POST", "/drafts/{draft_id}/discard")
def discard_draft(request: ApiRequest, draft_id: Id, body: Discarding) -> DraftShown:
    """Throw an open or held draft away."""
    only = _only(request, draft_id)
    moved = commands.discard_drafts(
        acting=request.acting, drafts=only, reason=body.reason, retell=body.retell, now=request.now
    )
    return _moved(request, draft_id, moved)


@drafts.write("POST", "/drafts/{draft_id}/accept-warning")
def accept_warning(request: ApiRequest, draft_id: Id, body: Acceptance) -> DraftShown:
    """Take responsibility for a blocking warning, so that the draft can be approved."""
    draft = draft_of(acting=request.acting, draft_id=draft_id)
    commands.accept_warning(acting=request.acting, draft=draft, code=body.code, reason=body.reason, now=request.now)
    return show_draft(request, draft_id)
