"""Imported rates that wait beside their deck: what they change, and what becomes of them."""

from datetime import date
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue import commands
from rebill.catalogue.models import RateImport, RateImportRow
from rebill.catalogue.queries.rate_imports import (
    count_import_rows,
    import_row_of,
    margin_of,
    rate_import_of,
    rate_imports_of,
    rows_of_import,
)
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Exact, Id, Shown, scaled, with_example
from rebill.interfaces.billed_calls import calls_billed_before
from rebill.sources.usage.queries.minutes import DeckUse, deck_use, effect_of_change, effect_of_import, last_month

rate_imports = Endpoints(Area.CATALOGUE, "Imported rates")

State = Literal["waiting", "taken", "left_out", "withdrawn"]
Change = Literal["up", "down", "other", "new", "gone"]


class RateImportShown(Shown):
    """Rates of a file for one deck, beside what the deck says."""

    id: int
    deck_id: int
    sell_deck_id: int | None = Field(description="The deck that is bought by it and may get new prices with it.")
    starts_on: date
    file_name: str
    state: State
    lines: int
    unchanged: int


class RateImportCounts(RateImportShown):
    """The same with how many rows there are of each kind."""

    up: int
    down: int
    other: int
    new: int
    gone: int
    margin_low: int = Field(description="Less than 10 % is left at today's sell price.")
    below_cost: int
    month: date | None = Field(description="Last month, once it is rated: the one that the effect is of.")
    effect: Exact | None = Field(description="What the chosen changes bring or cost at the calls of the month.")


class RateImportRowShown(Shown):
    """A rate that differs."""

    id: int
    prefix: str
    destination: str
    change: Change
    starts_on: date
    minute_now: Exact | None
    minute_new: Exact | None
    setup_now: Exact | None
    setup_new: Exact | None
    counterpart: Exact | None = Field(description="A minute on the other side: what it is sold or bought for.")
    sell_new: Exact | None
    margin: Exact | None = Field(description="The share of the sell price that will be left: 0.2 is 20 %.")
    chosen: bool
    seconds: int | None = Field(description="Last month's calls of the prefix, once that month is rated.")
    effect: Exact | None = Field(description="What the change brings or costs at these calls.")


class RowChanges(Body):
    """Whether a row is taken over, and what its prefix is sold for then; null keeps today's price."""

    model_config = with_example({"chosen": True})

    chosen: bool = LEFT_OUT
    sell_new: Exact | None = LEFT_OUT


class ImportsAsked(Paging):
    """Which imports are listed."""

    state: State = LEFT_OUT
    deck_id: Id = LEFT_OUT


class RowsAsked(Paging):
    """Which rows are listed."""

    change: Literal["up", "down", "other", "new", "gone", "low"] = LEFT_OUT


def show_import(found: RateImport) -> RateImportShown:
    """The import as an answer says it."""
    return RateImportShown.model_validate(found, from_attributes=True)


def _use_of(request: ApiRequest, found: RateImport) -> DeckUse | None:
    return deck_use(acting=request.acting, deck=found.deck, month=last_month(request.today))


def _with_counts(found: RateImport, use: DeckUse | None) -> RateImportCounts:
    counts = count_import_rows(found)
    return RateImportCounts(
        **show_import(found).model_dump(),
        up=counts.up,
        down=counts.down,
        other=counts.other,
        new=counts.new,
        gone=counts.gone,
        margin_low=counts.low,
        below_cost=counts.below_cost,
        month=None if use is None else use.month,
        effect=None if use is None else scaled(effect_of_import(found, use), 6),
    )


def show_row(row: RateImportRow, found: RateImport, use: DeckUse | None) -> RateImportRowShown:
    """The row as an answer says it."""
    margin = margin_of(row, found)
    made = None if use is None else use.by_prefix.get(row.prefix)
    effect = None if use is None else effect_of_change(row, use)
    told = ("margin", "seconds", "effect")
    plain = {name: getattr(row, name) for name in RateImportRowShown.model_fields if name not in told}
    return RateImportRowShown(
        **plain,
        margin=None if margin is None else scaled(margin, 6),
        seconds=None if made is None else made.seconds,
        effect=None if effect is None else scaled(effect, 6),
    )


@rate_imports.read("/rate-imports")
def list_rate_imports(request: ApiRequest, asked: Annotated[ImportsAsked, Query()]) -> Page[RateImportShown]:
    """List imported rates, the oldest first."""
    rows = rate_imports_of(request.acting)
    if asked.state is not LEFT_OUT:
        rows = rows.filter(state=asked.state)
    if asked.deck_id is not LEFT_OUT:
        rows = rows.filter(deck_id=asked.deck_id)
    return page_of(rows, asked, each(show_import))


@rate_imports.read("/rate-imports/{import_id}")
def get_rate_import(request: ApiRequest, import_id: Id) -> RateImportCounts:
    """Show imported rates, how many of them become dearer, cheaper, new or are gone, and what that brings or costs."""
    found = rate_import_of(request.acting, import_id)
    return _with_counts(found, _use_of(request, found))


@rate_imports.read("/rate-imports/{import_id}/rows")
def list_rate_import_rows(
    request: ApiRequest, import_id: Id, asked: Annotated[RowsAsked, Query()]
) -> Page[RateImportRowShown]:
    """List what imported rates change; `low` are those with less than 10 % left."""
    found = rate_import_of(request.acting, import_id)
    rows = rows_of_import(found, "" if asked.change is LEFT_OUT else asked.change)
    use = _use_of(request, found)
    return page_of(rows, asked, each(lambda row: show_row(row, found, use)))


@rate_imports.write("PATCH", "/rate-import-rows/{row_id}")
def change_rate_import_row(request: ApiRequest, row_id: Id, body: RowChanges) -> RateImportRowShown:
    """Choose a row or leave it out, and say what its prefix is sold for."""
    given = body.given()
    row = import_row_of(request.acting, row_id)
    if "sell_new" in given:
        commands.set_sell_price(acting=request.acting, row_id=row_id, price=given["sell_new"], now=request.now)
    if "chosen" in given:
        commands.choose_rate_rows(
            acting=request.acting,
            import_id=row.rate_import_id,
            row_ids=[row_id],
            chosen=given["chosen"],
            now=request.now,
        )
    row = import_row_of(request.acting, row_id)
    return show_row(row, row.rate_import, _use_of(request, row.rate_import))


@rate_imports.write("POST", "/rate-imports/{import_id}/take")
def take_rate_import(request: ApiRequest, import_id: Id) -> RateImportShown:
    """Take the chosen rates over; those before them hold until then."""
    return show_import(commands.take_rate_import(acting=request.acting, import_id=import_id, now=request.now))


@rate_imports.write("POST", "/rate-imports/{import_id}/leave-out")
def drop_rate_import(request: ApiRequest, import_id: Id) -> RateImportShown:
    """Leave the imported rates out."""
    return show_import(commands.drop_rate_import(acting=request.acting, import_id=import_id, now=request.now))


@rate_imports.write("POST", "/rate-imports/{import_id}/take-back")
def withdraw_rate_import(request: ApiRequest, import_id: Id) -> RateImportShown:
    """Take rates back that were taken over, as long as no calls were billed by them."""
    found = rate_import_of(request.acting, import_id)
    withdrawn = commands.withdraw_rate_import(
        acting=request.acting,
        import_id=import_id,
        billed_before=calls_billed_before(request.acting, found),
        now=request.now,
    )
    return show_import(withdrawn)
