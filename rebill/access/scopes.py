"""What a token for programs may reach: areas to read or to write, chosen when it is made."""

from collections.abc import Collection
from enum import StrEnum


class Area(StrEnum):
    """A part of the interface for programs that a token is let into or kept out of."""

    SETTINGS = "settings"
    PARTIES = "parties"
    CATALOGUE = "catalogue"
    SUBSCRIPTIONS = "subscriptions"
    LINES = "lines"
    CALLS = "calls"
    PURCHASES = "purchases"
    TABS = "tabs"
    TILL = "till"
    RUNS = "runs"
    INVOICES = "invoices"
    DELIVERY = "delivery"
    EXPORTS = "exports"


class Access(StrEnum):
    """How far a token is let in. Who may write may read."""

    READ = "read"
    WRITE = "write"


def scope_of(area: Area, access: Access) -> str:
    """The scope by its name: `parties:write`."""
    return f"{area.value}:{access.value}"


ALL_SCOPES = tuple(scope_of(area, access) for area in Area for access in Access)


def is_within_all(scopes: Collection[str], asked: Collection[str]) -> bool:
    """Whether these scopes reach all that the asked ones reach; what is no scope reaches nothing."""
    reads = {scope_of(area, Access.READ) for area in Area if scope_of(area, Access.WRITE) in scopes}
    return all(scope in {*scopes, *reads} for scope in asked if scope in ALL_SCOPES)


def is_within(scopes: Collection[str], area: Area, access: Access) -> bool:
    """Whether these scopes let a token into the area so far."""
    return scope_of(area, access) in scopes or scope_of(area, Access.WRITE) in scopes
