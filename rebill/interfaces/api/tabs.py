"""Tabs as the office keeps them: the terms, tabs with their limits, changes of many at once, and billing them now."""

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import (
    LEFT_OUT,
    Amount,
    AmountGiven,
    Body,
    Day,
    Id,
    Line,
    Search,
    Shown,
    amount_of,
    minor_amount,
    with_example,
)
from rebill.kit.errors import Invalid
from rebill.runs.commands import prepare_tabs
from rebill.sources.tabs import commands
from rebill.sources.tabs.commands import TabChanges
from rebill.sources.tabs.models import Tab, TabStatus
from rebill.sources.tabs.queries.agreeing import acceptances_of, rules_of
from rebill.sources.tabs.queries.tabs import TabTab, booked_sums, find_tabs, tab_of
from rebill.sources.tabs.texts import terms_text

tabs = Endpoints(Area.TABS, "Tabs")

StatusName = Literal["inactive", "active", "closed"]
LayoutName = Literal["detailed", "per_product"]
PartName = Literal["active", "over", "nearly", "hidden", "inactive", "all"]
# One request changes or bills no more; `all_matching` is for those that match a search.
IDS_MAX = 5_000


class NoTabsNamed(Invalid):
    """Neither tabs nor a search were named: nothing is changed of all tabs by mistake."""

    field = "tab_ids"


class AcceptedShown(Shown):
    """That the terms were accepted: which version, when and by whom."""

    version: str
    language: str
    text_sha256: str
    accepted_at: datetime
    accepted_by: int | None
    accepted_name: str


class TabTermsShown(Shown):
    """The data-protection terms that hold now, and what was accepted of them."""

    version: str
    language: str
    text: str
    accepted: list[AcceptedShown]


class TabTermsAccepted(Body):
    """Which version is accepted, and the language in which it was read."""

    model_config = with_example({"version": "2026-1", "language": "nl"})

    version: Line
    language: Literal["nl", "de", "fi", "en"]


class TabRulesShown(Shown):
    """How tabs are numbered, and how orders stand on invoices."""

    scheme: str = Field(description="`{number}` or `{number:04}`, and `{customer}` for the customer's number.")
    layout: LayoutName


class TabRulesChanged(Body):
    """The rules that change; what is left out stays."""

    model_config = with_example({"scheme": "2890-{number:04}", "layout": "per_product"})

    scheme: Line = LEFT_OUT
    layout: LayoutName = LEFT_OUT


class TabShown(Shown):
    """An on-account account. `balance` is what is open, VAT included; `booked` what of it would be billed now."""

    id: int
    customer_id: int
    number: str
    description: str
    status: StatusName
    limit: Amount
    balance: Amount
    booked: Amount
    may_buy: bool = Field(description="Whether anything may be bought on it.")
    is_shown: bool = Field(description="Whether the till shows it without being asked.")
    layout: Literal["", "detailed", "per_product"] = Field(description="Empty: as the seller's rules say.")
    last_bought_at: datetime | None
    created_at: datetime


class NewTab(Body):
    """A tab of a customer. Without a number it gets the next one of the seller's scheme."""

    model_config = with_example({"customer_id": 42, "description": "Zomerfeest", "status": "active", "may_buy": True})

    customer_id: Id
    number: Line = ""
    description: Line = ""
    status: StatusName = "inactive"
    limit: AmountGiven | None = None
    may_buy: bool = False
    is_shown: bool = False
    layout: Literal["", "detailed", "per_product"] = ""


class TabChanged(Body):
    """What is to be different; what is left out stays."""

    model_config = with_example({"limit": {"amount": "600", "currency": "EUR"}, "is_shown": True})

    description: Line | None = None
    status: StatusName | None = None
    limit: AmountGiven | None = None
    may_buy: bool | None = None
    is_shown: bool | None = None
    layout: Literal["", "detailed", "per_product"] | None = None


class TabsWanted(Body):
    """Which tabs: those named, or with `all_matching` those that match."""

    tab_ids: list[Id] = Field(default=[], max_length=IDS_MAX)
    all_matching: bool = False
    search: Search = ""
    part: PartName = "active"


class ManyTabsChanged(TabsWanted):
    """Which tabs change, and how."""

    model_config = with_example(
        {"all_matching": True, "part": "active", "changes": {"limit": {"amount": "600", "currency": "EUR"}}}
    )

    changes: TabChanged


class TabChangeShown(Shown):
    """A change of tabs, which can be taken back at once; `id` is null where all was so already."""

    id: int | None
    tabs: int = Field(description="How many tabs changed.")


class TabsBilled(TabsWanted):
    """Which tabs are billed, up to which day, and how their orders stand on the drafts."""

    model_config = with_example({"all_matching": True, "part": "active", "billed_on": "2026-09-14"})

    billed_on: Day = Field(LEFT_OUT, description="Today unless said.")
    layout: LayoutName | None = Field(None, description="As each tab says, unless said.")


class TabRunShown(Shown):
    """The run that was made of tabs; its drafts are reviewed, approved and issued as those of any other."""

    run_id: int
    customers: int
    charges: int
    drafts: int


class TabFilters(Paging):
    """Which tabs are listed."""

    search: Search = Field("", description="Words of the number, the description, the customer or a holder.")
    part: PartName = "all"


def show_tabs(found: Sequence[Tab]) -> list[TabShown]:
    """The tabs as an answer says them; one more read for all of them."""
    booked = booked_sums([tab.pk for tab in found])
    plain = [name for name in TabShown.model_fields if name not in ("limit", "balance", "booked")]
    return [
        TabShown(
            **{name: getattr(tab, name) for name in plain},
            limit=amount_of(tab.limit),
            balance=amount_of(tab.balance),
            booked=minor_amount(booked.get(tab.pk, 0), tab.currency),
        )
        for tab in found
    ]


def _changes(body: TabChanged) -> TabChanges:
    said: dict[str, Any] = body.given()
    if body.limit is not None:
        said["limit"] = body.limit.money
    if body.status is not None:
        said["status"] = TabStatus(body.status)
    return TabChanges(**said)


def _wanted(request: ApiRequest, body: TabsWanted) -> QuerySet[Tab]:
    """The tabs that were named or match; one that is named and not there refuses all."""
    if body.all_matching:
        return find_tabs(request.acting, search=body.search, part=TabTab(body.part))
    if not body.tab_ids:
        raise NoTabsNamed(_("Name tabs by tab_ids, or say all_matching."))
    for tab_id in set(body.tab_ids) - set(
        Tab.objects.filter(seller_id=request.acting.seller_id, pk__in=body.tab_ids).values_list("pk", flat=True)
    ):
        tab_of(request.acting, tab_id)
    return find_tabs(request.acting).filter(pk__in=body.tab_ids)


@tabs.read("/tab-terms")
def get_tab_terms(request: ApiRequest) -> TabTermsShown:
    """Show the data-protection terms, in the language asked for, and who accepted them."""
    text = terms_text(request.LANGUAGE_CODE.partition("-")[0])
    accepted = [
        AcceptedShown.model_validate({name: getattr(each, name) for name in AcceptedShown.model_fields})
        for each in acceptances_of(request.acting)
    ]
    return TabTermsShown(version=text.version, language=text.language, text=text.text, accepted=accepted)


@tabs.write("POST", "/tab-terms")
def accept_tab_terms(request: ApiRequest, body: TabTermsAccepted) -> AcceptedShown:
    """Accept the data-protection terms, without which there are no tabs."""
    kept = commands.accept_tab_terms(
        acting=request.acting, version=body.version, language=body.language, now=request.now
    )
    return AcceptedShown.model_validate({name: getattr(kept, name) for name in AcceptedShown.model_fields})


@tabs.read("/tab-rules")
def get_tab_rules(request: ApiRequest) -> TabRulesShown:
    """Show how tabs are numbered and billed."""
    rules = rules_of(request.acting.seller_id)
    return TabRulesShown.model_validate({"scheme": rules.scheme, "layout": rules.layout})


@tabs.write("PATCH", "/tab-rules")
def set_tab_rules(request: ApiRequest, body: TabRulesChanged) -> TabRulesShown:
    """Change how new tabs are numbered, or how orders stand on invoices."""
    rules = commands.set_tab_rules(acting=request.acting, now=request.now, **body.given())
    return TabRulesShown.model_validate({"scheme": rules.scheme, "layout": rules.layout})


@tabs.read("/tabs")
def list_tabs(request: ApiRequest, filters: Annotated[TabFilters, Query()]) -> Page[TabShown]:
    """List tabs, by number."""
    found = find_tabs(request.acting, search=filters.search, part=TabTab(filters.part))
    return page_of(found, filters, show_tabs, by=("number", "id"))


@tabs.write("POST", "/tabs", status=HTTPStatus.CREATED, at="/tabs/{id}")
def open_tab(request: ApiRequest, body: NewTab) -> TabShown:
    """Open a tab of a customer."""
    said = body.given() | {"status": TabStatus(body.status)}
    said["limit"] = None if body.limit is None else body.limit.money
    tab = commands.open_tab(acting=request.acting, now=request.now, **said)
    return show_tabs([tab])[0]


@tabs.read("/tabs/{tab_id}")
def get_tab(request: ApiRequest, tab_id: Id) -> TabShown:
    """Show a tab."""
    return show_tabs([tab_of(request.acting, tab_id)])[0]


@tabs.write("PATCH", "/tabs/{tab_id}")
def change_tab(request: ApiRequest, tab_id: Id, body: TabChanged) -> TabShown:
    """Change a tab. A limit below the balance is kept: nothing more is sold then."""
    tab = tab_of(request.acting, tab_id)
    found = find_tabs(request.acting).filter(pk=tab.pk)
    commands.change_tabs(acting=request.acting, tabs=found, changes=_changes(body), now=request.now)
    return show_tabs([tab_of(request.acting, tab_id)])[0]


@tabs.write("POST", "/tab-changes")
def change_many_tabs(request: ApiRequest, body: ManyTabsChanged) -> TabChangeShown:
    """Change many tabs in the same way at once."""
    change = commands.change_tabs(
        acting=request.acting, tabs=_wanted(request, body), changes=_changes(body.changes), now=request.now
    )
    return TabChangeShown(id=None if change is None else change.pk, tabs=0 if change is None else len(change.after))


@tabs.write("POST", "/tab-changes/{change_id}/undo")
def undo_tab_change(request: ApiRequest, change_id: Id) -> TabChangeShown:
    """Take a change of many tabs back at once; what was changed again since stays."""
    count = commands.undo_tab_change(acting=request.acting, change_id=change_id, now=request.now)
    return TabChangeShown(id=change_id, tabs=count)


@tabs.write("POST", "/tab-runs", status=HTTPStatus.CREATED)
def bill_tabs(request: ApiRequest, body: TabsBilled) -> TabRunShown:
    """Bill what is booked on tabs now: makes drafts, one for each customer."""
    found = _wanted(request, body)
    prepared = prepare_tabs(
        acting=request.acting,
        tab_ids=list(found.values_list("pk", flat=True)),
        billed_on=body.billed_on or request.today,
        layout=body.layout or "",
        now=request.now,
    )
    return TabRunShown(
        run_id=prepared.run_id, customers=prepared.customers, charges=prepared.charges, drafts=prepared.drafts
    )
