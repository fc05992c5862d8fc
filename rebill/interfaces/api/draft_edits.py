"""Editing a draft's lines and texts, each change with who and why."""

from http import HTTPStatus

from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.drafts import DraftShown, show_draft
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.lines import TermsOfLine, line_terms, product_in
from rebill.interfaces.api.products import RateKind
from rebill.interfaces.api.values import Body, Day, Exact, Id, Line, Text, with_example
from rebill.rules.periods import Period
from rebill.rules.tax import RateClass
from rebill.runs import commands
from rebill.runs.queries.drafts import draft_of

edits = Endpoints(Area.RUNS, "Draft lines and texts")


class NewDraftLine(TermsOfLine):
    """A line to be added to a draft."""

    model_config = with_example(
        {"description": "Credit for the outage of 3 September", "unit_price": "25", "is_credit": True}
    )

    is_credit: bool = Field(False, description="Whether it gives back; quantity and price stay without a minus.")


class PeriodChange(Body):
    """The days that a line is for: the first one, and the first one after them."""

    model_config = with_example({"starts_on": "2026-09-01", "ends_before": "2026-10-01"})

    starts_on: Day
    ends_before: Day


class DraftLineChange(Body):
    """What is to be changed of a line; null leaves it. All but the text ask for a reason."""

    model_config = with_example({"quantity": "3", "reason": "One phone was returned"})

    description: Line | None = None
    quantity: Exact | None = None
    unit_price: Exact | None = None
    period: PeriodChange | None = Field(None, description="The days on the document; later runs keep to the charge's.")
    rate_class: RateKind | None = Field(None, description="The VAT rate on this document; VAT is computed anew.")
    ledger_account: Line | None = Field(None, description="For this document; empty is the charge's own again.")
    reason: Line = ""


class DroppedLine(Body):
    """Why a line is taken off, and whether its charge is given up."""

    model_config = with_example({"reason": "Next month, as agreed", "waive": False})

    reason: Line
    waive: bool = Field(False, description="Give the charge up for good; else it stays open for later runs.")


class DraftTexts(Body):
    """The texts above and below the lines; null leaves one."""

    model_config = with_example({"intro": "Thank you for your order of 3 September."})

    intro: Text | None = None
    closing: Text | None = None


@edits.write("POST", "/drafts/{draft_id}/lines", status=HTTPStatus.CREATED)
def add_draft_line(request: ApiRequest, draft_id: Id, body: NewDraftLine) -> DraftShown:
    """Add a line to a draft."""
    draft = draft_of(acting=request.acting, draft_id=draft_id)
    product = product_in(request, body)
    commands.add_draft_line(
        acting=request.acting,
        draft_id=draft_id,
        terms=line_terms(request, body, draft.customer, product),
        product=product,
        is_credit=body.is_credit,
        now=request.now,
    )
    return show_draft(request, draft_id)


@edits.write("PATCH", "/drafts/{draft_id}/lines/{charge_id}")
def change_draft_line(request: ApiRequest, draft_id: Id, charge_id: Id, body: DraftLineChange) -> DraftShown:
    """Change the text, quantity, price, period, VAT or account of a line on its draft; the charge stays as told."""
    commands.change_draft_line(
        acting=request.acting,
        draft_id=draft_id,
        charge_id=charge_id,
        description=body.description,
        quantity=body.quantity,
        unit_price=body.unit_price,
        period=Period(body.period.starts_on, body.period.ends_before) if body.period else None,
        rate_class=None if body.rate_class is None else RateClass(body.rate_class),
        ledger_account=body.ledger_account,
        reason=body.reason,
        now=request.now,
    )
    return show_draft(request, draft_id)


@edits.write("POST", "/drafts/{draft_id}/lines/{charge_id}/reset")
def reset_draft_line(request: ApiRequest, draft_id: Id, charge_id: Id) -> DraftShown:
    """Take every edit of a line back."""
    commands.reset_draft_line(acting=request.acting, draft_id=draft_id, charge_id=charge_id, now=request.now)
    return show_draft(request, draft_id)


@edits.write("POST", "/drafts/{draft_id}/lines/{charge_id}/drop")
def drop_draft_line(request: ApiRequest, draft_id: Id, charge_id: Id, body: DroppedLine) -> DraftShown:
    """Take a line off a draft."""
    commands.drop_draft_line(
        acting=request.acting,
        draft_id=draft_id,
        charge_id=charge_id,
        reason=body.reason,
        waive=body.waive,
        now=request.now,
    )
    return show_draft(request, draft_id)


@edits.write("PATCH", "/drafts/{draft_id}/texts")
def change_draft_texts(request: ApiRequest, draft_id: Id, body: DraftTexts) -> DraftShown:
    """Change the texts above and below the lines."""
    commands.change_draft_texts(
        acting=request.acting, draft_id=draft_id, intro=body.intro, closing=body.closing, now=request.now
    )
    return show_draft(request, draft_id)
