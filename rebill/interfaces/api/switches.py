"""Switches: where call files come from, and how they are written."""

from typing import Any

from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Line, Shown, with_example
from rebill.sources.usage.commands import keep_switch
from rebill.sources.usage.models import Switch
from rebill.sources.usage.queries.records import switches_of

switches = Endpoints(Area.SETTINGS, "Switches")


class SwitchShown(Shown):
    """A switch."""

    id: int
    code: str
    dialect: str
    settings: dict[str, Any] = Field(description="What of the dialect is otherwise at this switch.")
    compared: bool = Field(description="Whether a supplier wrote its files: compared with ours, never billed.")


class SwitchGiven(Body):
    """A switch, and how its files are written; the documentation lists dialects and settings."""

    model_config = with_example({"code": "pbx-1", "dialect": "asterisk", "settings": {"time_zone": "UTC"}})

    code: Line
    dialect: Line
    settings: dict[str, Any] = Field(default_factory=dict)
    compared: bool = Field(False, description="Said once, when the switch is added.")


def show_switch(switch: Switch) -> SwitchShown:
    """The switch as an answer says it."""
    return SwitchShown.model_validate(switch, from_attributes=True)


@switches.read("/switches")
def list_switches(request: ApiRequest, paging: Paged) -> Page[SwitchShown]:
    """List the switches."""
    return page_of(switches_of(request.acting), paging, each(show_switch))


@switches.write("POST", "/switches")
def set_switch(request: ApiRequest, body: SwitchGiven) -> SwitchShown:
    """Add a switch, or change how its files are read from now on."""
    switch = keep_switch(
        acting=request.acting,
        code=body.code,
        dialect=body.dialect,
        settings=body.settings,
        compared=body.compared,
        now=request.now,
    )
    return show_switch(switch)
