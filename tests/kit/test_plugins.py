"""Plugins: the built-in ones by hand, guests by entry point, each name once."""

import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from rebill.kit.errors import Conflict, Invalid, NotFound
from rebill.kit.plugins import Registry

GROUP = "rebill.sample_channels"


@dataclass(frozen=True)
class Channel:
    name: str


@pytest.fixture
def install_guest(tmp_path: Path, monkeypatch):
    """Puts a package with one entry point on the path, as pip would."""

    def install(entry: str, source: str) -> None:
        folder = tmp_path / f"site_{entry}"
        (folder / f"guest_{entry}-1.0.dist-info").mkdir(parents=True)
        (folder / f"guest_{entry}-1.0.dist-info" / "METADATA").write_text(f"Name: guest_{entry}\nVersion: 1.0\n")
        entry_points = f"[{GROUP}]\n{entry} = guest_{entry}:channel\n"
        (folder / f"guest_{entry}-1.0.dist-info" / "entry_points.txt").write_text(entry_points)
        (folder / f"guest_{entry}.py").write_text(source)
        monkeypatch.syspath_prepend(str(folder))
        monkeypatch.delitem(sys.modules, f"guest_{entry}", raising=False)

    return install


def channels(*names: str) -> Registry[Channel]:
    return Registry("channel", GROUP, tuple(Channel(name) for name in names))


def test_plugins_are_found_by_name_in_the_order_listed():
    registry = channels("mail", "print")

    assert registry.get("print") == Channel("print")
    assert registry.names() == ("mail", "print")
    assert registry.all() == (Channel("mail"), Channel("print"))


def test_a_name_that_is_not_there_is_answered_with_those_that_are():
    with pytest.raises(NotFound, match=r"There is no channel named 'pigeon'; there are: mail, print\."):
        channels("mail", "print").get("pigeon")


def test_two_plugins_of_one_name_are_refused():
    with pytest.raises(Conflict, match="Two plugins call themselves the channel 'mail'"):
        channels("mail", "mail").names()


def test_guests_follow_the_built_in_plugins(install_guest):
    install_guest("pigeon", "class channel:\n    name = 'pigeon'\n")
    install_guest("owl", "class channel:\n    name = 'owl'\n")

    assert channels("mail").names() == ("mail", "owl", "pigeon")


def test_a_guest_cannot_take_the_name_of_a_built_in_plugin(install_guest):
    install_guest("pigeon", "class channel:\n    name = 'mail'\n")

    with pytest.raises(Conflict):
        channels("mail").get("mail")


def test_a_guest_that_cannot_be_loaded_is_named(install_guest):
    install_guest("pigeon", "import not_installed_anywhere\n")

    with pytest.raises(Invalid, match=r"The channel 'pigeon' \(guest_pigeon:channel\) cannot be loaded"):
        channels("mail").all()
