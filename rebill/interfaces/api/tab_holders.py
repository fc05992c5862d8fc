"""Holders of tabs: who may buy on which, what they agreed to, and erasing a person."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Id, Line, Search, Shown, with_example
from rebill.sources.tabs import commands
from rebill.sources.tabs.models import Holder, HolderConsent
from rebill.sources.tabs.queries.holders import consents_of, holder_of, holders_of, holdings_of
from rebill.sources.tabs.queries.tabs import tab_of

holders = Endpoints(Area.TABS, "Holders of tabs")

HolderKindName = Literal["person", "company"]


class HolderShown(Shown):
    """A person or company that holds tabs."""

    id: int
    kind: HolderKindName
    first_name: str
    last_name: str
    company: str
    email: str
    has_consent: bool = Field(description="Whether it is recorded that they agreed, and not taken back.")


class NewHolder(Body):
    """A person by name, or a company."""

    model_config = with_example({"kind": "person", "first_name": "Jelle", "last_name": "Bos"})

    kind: HolderKindName = "person"
    first_name: Line = ""
    last_name: Line = ""
    company: Line = ""
    email: Line = ""


class HolderChanged(Body):
    """What is to be different; what is left out stays."""

    model_config = with_example({"email": "jelle@bos.example"})

    kind: HolderKindName = LEFT_OUT
    first_name: Line = LEFT_OUT
    last_name: Line = LEFT_OUT
    company: Line = LEFT_OUT
    email: Line = LEFT_OUT


class ConsentGiven(Body):
    """How the holder agreed."""

    model_config = with_example({"how": "Form at the bar"})

    how: Line


class ConsentShown(Shown):
    """That a holder agreed, and whether that was taken back."""

    version: str
    given_at: datetime
    how: str
    recorded_by: int | None
    withdrawn_at: datetime | None


class ConsentsShown(Shown):
    """What a holder agreed to, the earliest first."""

    consents: list[ConsentShown]


class HoldingShown(Shown):
    """What a holder may do with a tab."""

    holder: HolderShown
    may_buy: bool
    may_see: bool


class HoldingsShown(Shown):
    """Whose a tab is."""

    holders: list[HoldingShown]


class HoldingSaid(Body):
    """What the holder may do with the tab."""

    model_config = with_example({"may_buy": True, "may_see": True})

    may_buy: bool = True
    may_see: bool = True


class HolderFilters(Paging):
    """Which holders are listed."""

    search: Search = ""


def _show(holder: Holder, *, has_consent: bool) -> HolderShown:
    plain = {name: getattr(holder, name) for name in HolderShown.model_fields if name != "has_consent"}
    return HolderShown(**plain, has_consent=has_consent)


def _show_listed(holder: Holder) -> HolderShown:
    return _show(holder, has_consent=getattr(holder, "has_consent", False))


def _has_consent(holder: Holder) -> bool:
    return any(consent.withdrawn_at is None for consent in consents_of(holder))


def _show_consent(consent: HolderConsent) -> ConsentShown:
    return ConsentShown.model_validate({name: getattr(consent, name) for name in ConsentShown.model_fields})


@holders.read("/tab-holders")
def list_holders(request: ApiRequest, filters: Annotated[HolderFilters, Query()]) -> Page[HolderShown]:
    """List holders; those who were erased are gone."""
    found = holders_of(request.acting, search=filters.search)
    return page_of(found, filters, each(_show_listed))


@holders.write("POST", "/tab-holders", status=HTTPStatus.CREATED, at="/tab-holders/{id}")
def add_holder(request: ApiRequest, body: NewHolder) -> HolderShown:
    """Add somebody who may hold tabs."""
    holder = commands.add_holder(acting=request.acting, now=request.now, **body.given())
    return _show(holder, has_consent=False)


@holders.read("/tab-holders/{holder_id}")
def get_holder(request: ApiRequest, holder_id: Id) -> HolderShown:
    """Show a holder."""
    holder = holder_of(request.acting, holder_id)
    return _show(holder, has_consent=_has_consent(holder))


@holders.write("PATCH", "/tab-holders/{holder_id}")
def change_holder(request: ApiRequest, holder_id: Id, body: HolderChanged) -> HolderShown:
    """Change the name or address of a holder."""
    holder = commands.change_holder(acting=request.acting, holder_id=holder_id, now=request.now, **body.given())
    return _show(holder, has_consent=_has_consent(holder))


@holders.write("DELETE", "/tab-holders/{holder_id}")
def erase_holder(request: ApiRequest, holder_id: Id) -> None:
    """Erase a person: name, address and consents go, orders and documents stay as the law asks."""
    commands.erase_holder(acting=request.acting, holder_id=holder_id, now=request.now)


@holders.read("/tab-holders/{holder_id}/consents")
def list_consents(request: ApiRequest, holder_id: Id) -> ConsentsShown:
    """List what a holder agreed to."""
    holder = holder_of(request.acting, holder_id)
    return ConsentsShown(consents=[_show_consent(consent) for consent in consents_of(holder)])


@holders.write("POST", "/tab-holders/{holder_id}/consents", status=HTTPStatus.CREATED)
def record_consent(request: ApiRequest, holder_id: Id, body: ConsentGiven) -> ConsentShown:
    """Record that a holder agreed to be kept, and how."""
    consent = commands.record_consent(acting=request.acting, holder_id=holder_id, how=body.how, now=request.now)
    return _show_consent(consent)


@holders.write("DELETE", "/tab-holders/{holder_id}/consents")
def withdraw_consent(request: ApiRequest, holder_id: Id) -> None:
    """Take a holder's consent back: nothing more is sold to that holder on any tab."""
    commands.withdraw_consent(acting=request.acting, holder_id=holder_id, now=request.now)


@holders.read("/tabs/{tab_id}/holders")
def list_tab_holders(request: ApiRequest, tab_id: Id) -> HoldingsShown:
    """List whose a tab is."""
    found = holdings_of(tab_of(request.acting, tab_id))
    return HoldingsShown(
        holders=[
            HoldingShown(
                holder=_show(holding.holder, has_consent=getattr(holding, "has_consent", False)),
                may_buy=holding.may_buy,
                may_see=holding.may_see,
            )
            for holding in found
        ]
    )


@holders.write("PUT", "/tabs/{tab_id}/holders/{holder_id}")
def link_holder(request: ApiRequest, tab_id: Id, holder_id: Id, body: HoldingSaid) -> HoldingShown:
    """Let a holder buy on a tab, see it, or both."""
    holding = commands.link_holder(
        acting=request.acting,
        tab_id=tab_id,
        holder_id=holder_id,
        may_buy=body.may_buy,
        may_see=body.may_see,
        now=request.now,
    )
    shown = _show(holding.holder, has_consent=_has_consent(holding.holder))
    return HoldingShown(holder=shown, may_buy=holding.may_buy, may_see=holding.may_see)


@holders.write("DELETE", "/tabs/{tab_id}/holders/{holder_id}")
def unlink_holder(request: ApiRequest, tab_id: Id, holder_id: Id) -> None:
    """Take a holder off a tab."""
    commands.unlink_holder(acting=request.acting, tab_id=tab_id, holder_id=holder_id, now=request.now)
