"""Plugins at a seam: the built-in ones listed by hand, guests found by the entry points of installed packages."""

from functools import cached_property
from importlib.metadata import entry_points
from typing import Generic, Protocol, TypeVar

from rebill.kit.errors import Conflict, Invalid, NotFound


class Named(Protocol):
    """What every plugin has: the name by which settings, imports and commands ask for it."""

    @property
    def name(self) -> str: ...


Plugin = TypeVar("Plugin", bound=Named)


class PluginMissing(NotFound):
    """No plugin of this name is installed."""


class PluginNamedTwice(Conflict):
    """Two plugins of one seam have the same name, so a name would not say which is meant."""


class PluginBroken(Invalid):
    """An installed guest cannot be loaded."""


class Registry(Generic[Plugin]):
    """The plugins of one seam. `name` says what they are ("channel"); `group` is the entry point group of guests."""

    def __init__(self, name: str, group: str, builtin: tuple[Plugin, ...]) -> None:
        self.name = name
        self.group = group
        self.builtin = builtin

    def get(self, name: str) -> Plugin:
        """The plugin of this name; PluginMissing lists the names there are."""
        try:
            return self._by_name[name]
        except KeyError:
            known = ", ".join(self.names()) or "none"
            raise PluginMissing(f"There is no {self.name} named {name!r}; there are: {known}.") from None

    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def all(self) -> tuple[Plugin, ...]:
        """The built-in ones in the order they are listed, then the guests by name of their entry point."""
        return tuple(self._by_name.values())

    @cached_property
    def _by_name(self) -> dict[str, Plugin]:
        by_name: dict[str, Plugin] = {}
        for plugin in (*self.builtin, *self._guests()):
            if plugin.name in by_name:
                raise PluginNamedTwice(f"Two plugins call themselves the {self.name} {plugin.name!r}.")
            by_name[plugin.name] = plugin
        return by_name

    def _guests(self) -> list[Plugin]:
        guests = []
        for point in sorted(entry_points(group=self.group), key=lambda point: point.name):
            try:
                guests.append(point.load())
            except Exception as error:
                raise PluginBroken(
                    f"The {self.name} {point.name!r} ({point.value}) cannot be loaded: {error}"
                ) from error
        return guests
