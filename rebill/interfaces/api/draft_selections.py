"""Deciding about many drafts at once: those that are named, or all that match. Long work, answered with 202."""

from http import HTTPStatus
from typing import Annotated, Any

from pydantic import Field, model_validator

from rebill.access.acting import Permission
from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.drafts import Channel, Tab, WarningName
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Day, Id, Line, Search, with_example
from rebill.interfaces.api.work import WorkShown, accept
from rebill.runs.queries.drafts import run_of

selections = Endpoints(Area.RUNS, "Many drafts")

# More are chosen by what they have in common.
NAMED_MAX = 5_000


class Matching(Body):
    """All drafts of the run that have this in common when the work is done."""

    tab: Tab
    search: Search = ""
    warning: WarningName | None = None
    channel: Channel | None = None


class Selection(Body):
    """The drafts of a run: those that are named, or all that match; one of the two."""

    model_config = with_example({"run_id": 3, "matching": {"tab": "ready"}})

    run_id: Id
    drafts: Annotated[list[Id], Field(max_length=NAMED_MAX)] | None = None
    matching: Matching | None = None

    @model_validator(mode="after")
    def say_one(self) -> "Selection":
        """Neither is a mistake, and both are two."""
        if (self.drafts is None) == (self.matching is None):
            raise ValueError("Say either drafts or matching")
        return self

    def asked(self) -> dict[str, Any]:
        """The selection as long work takes it."""
        if self.drafts is not None:
            return {"run": self.run_id, "drafts": self.drafts}
        assert self.matching is not None
        return {"run": self.run_id, **{name: value for name, value in dict(self.matching).items() if value}}


class ReasonedSelection(Selection):
    """The drafts, and why."""

    model_config = with_example({"run_id": 3, "drafts": [18, 21], "reason": "Prices are being checked"})

    reason: Line


class DiscardedSelection(Selection):
    """The drafts, why they are thrown away, and whether their charges are made anew."""

    model_config = with_example({"run_id": 3, "drafts": [18, 21], "reason": "Prices were wrong"})

    reason: Line = ""
    retell: bool = True


class ApprovedSelection(Selection):
    """The drafts, and the date on their invoices if it is another than today."""

    model_config = with_example({"run_id": 3, "matching": {"tab": "ready"}, "invoice_on": "2026-10-02"})

    invoice_on: Day | None = None


def _accept(request: ApiRequest, kind: str, permission: Permission, selection: Selection, **also: object) -> WorkShown:
    run_of(acting=request.acting, run_id=selection.run_id)
    return accept(request, kind, permission, {**selection.asked(), **also})


@selections.write("POST", "/drafts/approve", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def approve_drafts(request: ApiRequest, body: ApprovedSelection) -> WorkShown:
    """Approve drafts, issue what is approved of the run, and start the sending.

    Drafts that cannot be approved stay as they are; the result counts them.
    """
    invoice_on = None if body.invoice_on is None else body.invoice_on.isoformat()
    return _accept(request, "approve", Permission.APPROVE, body, invoice_on=invoice_on)


@selections.write("POST", "/drafts/hold", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def hold_drafts(request: ApiRequest, body: ReasonedSelection) -> WorkShown:
    """Hold drafts back until they are released."""
    return _accept(request, "hold", Permission.REVIEW, body, reason=body.reason)


@selections.write("POST", "/drafts/release", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def release_drafts(request: ApiRequest, body: Selection) -> WorkShown:
    """Put held drafts back among the open ones."""
    return _accept(request, "release", Permission.REVIEW, body)


@selections.write("POST", "/drafts/reopen", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def reopen_drafts(request: ApiRequest, body: Selection) -> WorkShown:
    """Take approvals back, and first ones of two, as long as nothing was issued."""
    return _accept(request, "reopen", Permission.APPROVE, body)


@selections.write("POST", "/drafts/review", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def review_drafts(request: ApiRequest, body: Selection) -> WorkShown:
    """Judge open and held drafts again, after something was mended."""
    return _accept(request, "review", Permission.REVIEW, body)


@selections.write("POST", "/drafts/discard", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def discard_drafts(request: ApiRequest, body: DiscardedSelection) -> WorkShown:
    """Throw open and held drafts away."""
    return _accept(request, "discard", Permission.REVIEW, body, reason=body.reason, retell=body.retell)
