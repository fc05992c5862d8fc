"""Billing runs: preparing drafts, what they come to, and issuing what is approved; and what would be billed later."""

from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_lazy
from ninja import Query
from pydantic import Field

from rebill.access.acting import Permission
from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.reviewed import ReviewedShown, show_reviewed
from rebill.interfaces.api.values import LEFT_OUT, Amount, Body, Day, Id, Shown, minor_amount, with_example
from rebill.interfaces.api.work import WorkShown, accept
from rebill.kit.errors import Invalid
from rebill.runs import commands
from rebill.runs.models import Run
from rebill.runs.queries.drafts import currencies_of, run_of, run_totals, runs_of, warning_groups
from rebill.runs.queries.preview import preview_draft

runs = Endpoints(Area.RUNS, "Billing runs")

# Nobody plans further ahead, and each month ahead is computed for every subscription.
DAYS_AHEAD_MAX = 800


class DayTooFar(Invalid):
    """The day lies more than about two years ahead."""

    field = "billed_on"
    why = gettext_lazy("The day lies more than two years ahead.")
    remedy = gettext_lazy("Choose an earlier one.")


class RunShown(Shown):
    """One billing run. Arrears end by `billed_on`, advance starts before the next one."""

    id: int
    kind: Literal["periodic", "manual"]
    billed_on: date
    invoice_on: date | None = Field(description="The date on the invoices; null: the day they are issued.")
    customer_id: int | None
    started_at: datetime
    prepared_at: datetime | None
    customers_total: int
    customers_done: int


class RunSumShown(Shown):
    """What the drafts of one currency come to."""

    net: Amount
    gross: Amount
    ready_net: Amount
    to_check_net: Amount
    previous_net: Amount | None = Field(description="That of the periodic run before.")


class WarningGroupShown(Shown):
    """One kind of warning among the open drafts of a currency."""

    code: str
    blocking: bool
    drafts: int
    net: Amount


class RunTotalsShown(Shown):
    """How many drafts stand where, what they come to, and what is to be looked at."""

    drafts: int
    ready: int
    to_check: int
    blocked: int
    held: int
    approved: int
    issued: int
    previous_on: date | None
    previous_drafts: int | None
    sums: list[RunSumShown]
    warnings: list[WarningGroupShown]


class NewRun(Body):
    """The day of the run, usually the first of a month."""

    model_config = with_example({"billed_on": "2026-10-01"})

    billed_on: Day
    chain: bool = Field(False, description="The run of every dealer below the seller too, from the top down.")


class NewManualRun(Body):
    """The customer to be billed now, and up to which day."""

    model_config = with_example({"customer_id": 42, "billed_on": "2026-09-14"})

    customer_id: Id
    billed_on: Day = Field(LEFT_OUT, description="Today unless said.")


class InvoiceDate(Body):
    """The date on the invoices of a run; null: the day they are issued."""

    model_config = with_example({"invoice_on": "2026-10-02"})

    invoice_on: Day | None


class PreviewedShown(ReviewedShown):
    """A draft that a run on the day would make."""

    currency: str
    cost_centre: str


class PreviewShown(Shown):
    """What a run on the day would put on new drafts of the customer."""

    billed_on: date
    is_turn: bool = Field(description="Whether a run on this day takes the customer at all.")
    drafts: list[PreviewedShown]


class PreviewAsked(Shown):
    """The day that is looked ahead to."""

    billed_on: Day = Field(LEFT_OUT, description="Today unless said; at most two years ahead.")


def show_run(run: Run) -> RunShown:
    """The run as an answer says it."""
    return RunShown.model_validate(run, from_attributes=True)


def require_near(request: ApiRequest, day: date) -> date:
    """The day, unless it lies too far ahead."""
    if day > request.today + timedelta(days=DAYS_AHEAD_MAX):
        raise DayTooFar(f"billed_on: {DayTooFar.why} {DayTooFar.remedy}")
    return day


@runs.read("/runs")
def list_runs(request: ApiRequest, paging: Paged) -> Page[RunShown]:
    """List the runs, the latest first."""
    return page_of(runs_of(acting=request.acting), paging, each(show_run), by=("-billed_on", "-id"))


@runs.write("POST", "/runs", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def prepare_run(request: ApiRequest, body: NewRun) -> WorkShown:
    """Make the drafts of the run on a day, or add to them what has come since.

    It makes nothing twice. The result of the work names the run.
    """
    asked: dict[str, Any] = {"billed_on": require_near(request, body.billed_on).isoformat()}
    if body.chain:
        asked["chain"] = True
    return accept(request, "prepare", Permission.PREPARE, asked)


@runs.write("POST", "/runs/manual", status=HTTPStatus.CREATED, at="/runs/{id}")
def prepare_manual_run(request: ApiRequest, body: NewManualRun) -> RunShown:
    """Make a draft for one customer now, of everything it owes up to a day."""
    billed_on = require_near(request, body.billed_on or request.today)
    prepared = commands.prepare_manual_run(
        acting=request.acting, customer_id=body.customer_id, billed_on=billed_on, now=request.now
    )
    return show_run(run_of(acting=request.acting, run_id=prepared.run_id))


@runs.read("/runs/{run_id}")
def get_run(request: ApiRequest, run_id: Id) -> RunShown:
    """Show a run."""
    return show_run(run_of(acting=request.acting, run_id=run_id))


@runs.read("/runs/{run_id}/totals")
def get_run_totals(request: ApiRequest, run_id: Id) -> RunTotalsShown:
    """Show what a run comes to."""
    run = run_of(acting=request.acting, run_id=run_id)
    currencies = currencies_of(acting=request.acting, run=run) or [request.seller.currency]
    totals = [run_totals(acting=request.acting, run=run, currency=currency) for currency in currencies]
    counted = ("drafts", "ready", "to_check", "blocked", "held", "approved", "issued", "previous_on", "previous_drafts")
    return RunTotalsShown(
        **{name: getattr(totals[0], name) for name in counted},
        sums=[
            RunSumShown(
                net=minor_amount(each.net_minor, each.currency),
                gross=minor_amount(each.gross_minor, each.currency),
                ready_net=minor_amount(each.ready_net_minor, each.currency),
                to_check_net=minor_amount(each.to_check_net_minor, each.currency),
                previous_net=None
                if each.previous_net_minor is None
                else minor_amount(each.previous_net_minor, each.currency),
            )
            for each in totals
        ],
        warnings=[
            WarningGroupShown(
                code=each.code,
                blocking=each.blocking,
                drafts=each.drafts,
                net=minor_amount(each.net_minor, each.currency),
            )
            for each in warning_groups(acting=request.acting, run=run)
        ],
    )


@runs.write("PATCH", "/runs/{run_id}")
def change_invoice_date(request: ApiRequest, run_id: Id, body: InvoiceDate) -> RunShown:
    """Fix the date that will stand on the run's invoices."""
    run = commands.change_invoice_date(
        acting=request.acting, run_id=run_id, invoice_on=body.invoice_on, now=request.now
    )
    return show_run(run)


@runs.write("POST", "/runs/{run_id}/issue", status=HTTPStatus.ACCEPTED, at="/work/{id}")
def issue_run(request: ApiRequest, run_id: Id) -> WorkShown:
    """Issue what is approved of a run: number and freeze it, make the PDFs, and start the sending."""
    run = run_of(acting=request.acting, run_id=run_id)
    return accept(request, "issue", Permission.ISSUE, {"run": run.pk})


@runs.read("/customers/{customer_id}/preview")
def preview_invoice(request: ApiRequest, customer_id: Id, asked: Annotated[PreviewAsked, Query()]) -> PreviewShown:
    """Show what a customer would be billed on a day.

    Computed as a run computes it, and nothing is written. Runs before that day that were not made count as not made.
    """
    billed_on = require_near(request, asked.billed_on or request.today)
    preview = preview_draft(acting=request.acting, customer_id=customer_id, billed_on=billed_on)
    return PreviewShown(
        billed_on=preview.billed_on,
        is_turn=preview.is_turn,
        drafts=[
            PreviewedShown(currency=each.currency, cost_centre=each.cost_centre, **dict(show_reviewed(each)))
            for each in preview.drafts
        ],
    )
