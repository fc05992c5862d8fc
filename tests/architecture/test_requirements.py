"""What rebill stands on is pinned by hash, named where it is used, and decided in writing."""

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.architecture.source import PROJECT, imports, modules

REQUIREMENTS = PROJECT / "requirements"


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def wanted(path: Path) -> set[str]:
    """The packages that an .in file asks for."""
    lines = (line.strip() for line in path.read_text("utf-8").splitlines())
    return {plain(re.match(r"[\w.-]+", line)[0]) for line in lines if line and line[0] not in "#-"}


def pins(path: Path) -> dict[str, str]:
    """Each pinned package with its version."""
    return {plain(name): version for name, version in re.findall(r"^([\w.-]+)==(\S+)", path.read_text("utf-8"), re.M)}


def unhashed(text: str) -> Iterator[str]:
    """Every pin that is not followed by a hash."""
    yield from re.findall(r"^([\w.-]+==\S++)(?! \\\n    --hash=sha256:[0-9a-f]{64})", text, re.M)


def test_every_pin_has_its_hashes():
    for name in ("base.txt", "dev.txt", "spark.txt"):
        assert list(unhashed((REQUIREMENTS / name).read_text("utf-8"))) == [], name


def test_a_pin_without_a_hash_is_seen():
    assert list(unhashed("rich==15.0.0\n    # via typer\n")) == ["rich==15.0.0"]


def test_users_and_developers_have_the_same_versions():
    assert pins(REQUIREMENTS / "base.txt").items() <= pins(REQUIREMENTS / "dev.txt").items()


def test_an_extra_keeps_to_the_same_versions():
    assert pins(REQUIREMENTS / "base.txt").items() <= pins(REQUIREMENTS / "spark.txt").items()

    project = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = (REQUIREMENTS / "spark.in").read_text("utf-8").splitlines()
    assert project["optional-dependencies"]["spark"] == [line for line in asked if line and line[0] not in "#-"]


def test_everything_asked_for_is_pinned():
    assert wanted(REQUIREMENTS / "base.in") <= pins(REQUIREMENTS / "base.txt").keys()
    assert wanted(REQUIREMENTS / "dev.in") <= pins(REQUIREMENTS / "dev.txt").keys()
    assert wanted(REQUIREMENTS / "spark.in") <= pins(REQUIREMENTS / "spark.txt").keys()


def test_everything_imported_is_asked_for():
    # Where the extra is not installed, its packages are called what they are imported by.
    providers = {name: [name] for name in wanted(REQUIREMENTS / "spark.in")} | packages_distributions()
    asked = wanted(REQUIREMENTS / "base.in") | wanted(REQUIREMENTS / "spark.in")
    foreign = {
        name.partition(".")[0]: module.path
        for module in modules()
        for _, name in imports(module)
        if name.partition(".")[0] not in sys.stdlib_module_names | {"rebill"}
    }

    unasked = {
        name: str(path) for name, path in foreign.items() if not asked & set(map(plain, providers.get(name, [])))
    }

    assert unasked == {}


def test_every_requirement_is_decided_in_writing():
    records = "\n".join(path.read_text("utf-8") for path in (PROJECT / "docs" / "decisions").glob("[0-9]*.md"))

    asked = wanted(REQUIREMENTS / "base.in") | wanted(REQUIREMENTS / "spark.in")
    undecided = {name for name in asked if f"`{name}`" not in records}

    assert undecided == set()
