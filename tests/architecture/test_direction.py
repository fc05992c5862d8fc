"""Data flows from left to right, imports point from right to left, and nothing hides a wrong direction."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest

import rebill
from tests.architecture.source import PROJECT, Module, imports, reaches, refuse, snippet

# The folders of the layers contract that are no stages: the doors and settings above them, the ground below.
AROUND_THE_STAGES = {"config", "interfaces", "pipeline", "kit", "rules"}

# Where plugins live, and what of their own stage a plugin may see.
PLUGINS = {
    "rebill/invoices/documents": (
        "rebill.invoices.contract",
        "rebill.invoices.documents.contract",
        "rebill.invoices.documents.languages",
    ),
    "rebill/delivery/channels": ("rebill.delivery.contract", "rebill.delivery.channels.contract"),
    "rebill/exports/formats": ("rebill.exports.contract", "rebill.exports.formats.contract"),
    "rebill/exports/connectors": ("rebill.exports.contract", "rebill.exports.connectors.contract"),
    "rebill/sources/supplier_invoices/readers": (
        "rebill.sources.supplier_invoices.contract",
        "rebill.sources.supplier_invoices.readers",
    ),
}
PLUGIN_GROUND = ("rebill.rules", "rebill.kit")
SEAM_FILES = {"__init__.py", "contract.py", "registry.py"}

DOORS = ("rebill.interfaces.api", "rebill.interfaces.cli", "rebill.interfaces.office", "rebill.interfaces.portal")

# The one place that may tell checkers another thing: Django's columns take type arguments there only.
TYPE_CHECKING_FILES = {"rebill/kit/fields.py"}

IMPURE = {"asyncio", "http", "io", "os", "pathlib", "random", "secrets", "socket", "sqlite3", "subprocess", "tempfile",
          "threading", "time", "urllib"}  # fmt: skip
SIGNALS = ("django.dispatch", "django.core.signals", "django.db.models.signals", "django.db.backends.signals")


def late_imports(module: Module) -> Iterator[str]:
    at_the_top = set(map(id, module.tree.body))
    for node, name in imports(module):
        if id(node) not in at_the_top:
            yield f"{module.at(node)} imports {name} inside a function or a block"
    for node in ast.walk(module.tree):
        named = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else None
        if named == "TYPE_CHECKING" and str(module.path) not in TYPE_CHECKING_FILES:
            yield f"{module.at(node)} hides an import behind TYPE_CHECKING"


def signals(module: Module) -> Iterator[str]:
    for node, name in imports(module):
        if reaches(name, *SIGNALS):
            yield f"{module.at(node)} uses a signal: {name}"


def impure_rules(module: Module) -> Iterator[str]:
    if not module.stands_in("rebill/rules"):
        return
    for node, name in imports(module):
        top = name.partition(".")[0]
        if not reaches(name, "rebill.rules") and (top not in sys.stdlib_module_names or top in IMPURE):
            yield f"{module.at(node)} is a rule and imports {name}"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"open", "print"}:
            yield f"{module.at(node)} is a rule and calls {node.func.id}()"


def plugin_reach(module: Module) -> Iterator[str]:
    """What plugins import of rebill beyond their contract, the kit and the rules."""
    for folder, seam in PLUGINS.items():
        if not module.stands_in(folder) or module.path.name in SEAM_FILES & {
            module.path.relative_to(folder).as_posix()
        }:
            continue
        own = ".".join((*PurePosixPath(folder).parts, module.path.relative_to(folder).parts[0].removesuffix(".py")))
        for node, name in imports(module):
            if reaches(name, "rebill") and name != "rebill" and not reaches(name, own, *seam, *PLUGIN_GROUND):
                yield f"{module.at(node)} is a plugin and imports {name}"


def source_reach(module: Module) -> Iterator[str]:
    """What sources import of each other; they may know the stages before them."""
    if len(module.path.parts) < 4 or not module.stands_in("rebill/sources"):
        return
    own = ".".join(module.path.parts[:3])
    for node, name in imports(module):
        if reaches(name, "rebill.sources") and not reaches(name, own, "rebill.sources.contract"):
            yield f"{module.at(node)} is a source and imports {name}"


def door_reach(module: Module) -> Iterator[str]:
    """What doors import of each other; any of them may hand work to the timetable, `interfaces/jobs.py`."""
    inside = ".".join(module.path.with_suffix("").parts)
    for node, name in imports(module):
        for door in DOORS:
            if reaches(name, door) and reaches(inside, "rebill.interfaces") and not reaches(inside, door):
                yield f"{module.at(node)} is a door and imports {name}"


def contracted(contract: str, key: str) -> list[str]:
    """What one of the import contracts in pyproject.toml lists."""
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    return next(each[key] for each in contracts if each["id"] == contract)


def layers() -> list[str]:
    """The folders of the layers contract, low to high."""
    return contracted("layers", "layers")[::-1]


def test_the_pipeline_is_the_order_of_the_import_contract():
    assert [layer for layer in layers() if layer not in AROUND_THE_STAGES] == list(rebill.PIPELINE)


def test_every_folder_has_its_layer():
    folders = {
        path.stem
        for path in (PROJECT / "rebill").iterdir()
        if path.name not in {"__init__.py", "__pycache__", "locale"} and (path.is_dir() or path.suffix == ".py")
    }

    assert folders - set(layers()) == set()


def test_every_source_is_independent():
    sources = {path.parent.name for path in (PROJECT / "rebill" / "sources").glob("*/__init__.py")}

    assert set(contracted("sources", "modules")) == {f"rebill.sources.{source}" for source in sources}


def test_the_map_in_the_readme_follows_the_pipeline():
    readme = PROJECT / "README.md"
    text = readme.read_text("utf-8") if readme.exists() else ""
    in_order = "|".join(rebill.PIPELINE)

    shown = re.findall(rf"^[├└]── ({in_order})/", text, re.MULTILINE)

    assert not text or shown == list(rebill.PIPELINE)


@pytest.mark.parametrize("check", [late_imports, signals, impure_rules, plugin_reach, source_reach, door_reach])
def test_imports_keep_their_direction(check):
    refuse(check)


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (late_imports, "rebill/runs/queries.py", "def f():\n    import json\n"),
        (late_imports, "rebill/runs/queries.py", "try:\n    import json\nexcept ImportError:\n    json = None\n"),
        (late_imports, "rebill/runs/queries.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\n"),
        (signals, "rebill/runs/models.py", "from django.db.models.signals import post_save\n"),
        (signals, "rebill/runs/models.py", "from django.dispatch import receiver\n"),
        (impure_rules, "rebill/rules/tax.py", "from django.db import models\n"),
        (impure_rules, "rebill/rules/tax.py", "from rebill.kit.errors import Invalid\n"),
        (impure_rules, "rebill/rules/tax.py", "import os\n"),
        (impure_rules, "rebill/rules/tax.py", "print(1)\n"),
        (plugin_reach, "rebill/invoices/documents/pdf/press.py", "from rebill.invoices.models import Invoice\n"),
        (plugin_reach, "rebill/invoices/documents/pdf/press.py", "import rebill.invoices.documents.registry\n"),
        (plugin_reach, "rebill/delivery/channels/email.py", "from rebill.delivery.channels.print import x\n"),
        (plugin_reach, "rebill/delivery/channels/email.py", "from rebill.delivery.queries import x\n"),
        (source_reach, "rebill/sources/oneoff/queries.py", "from rebill.sources.recurring.models import Told\n"),
        (source_reach, "rebill/sources/oneoff/queries.py", "from rebill.sources import registry\n"),
        (door_reach, "rebill/interfaces/jobs.py", "from rebill.interfaces.cli import main\n"),
    ],
)
def test_a_wrong_direction_is_seen(check, path, text):
    assert list(check(snippet(path, text)))


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (plugin_reach, "rebill/invoices/documents/pdf/press.py", "from rebill.invoices.documents.pdf import fonts\n"),
        (
            plugin_reach,
            "rebill/invoices/documents/pdf/press.py",
            "import typst\nimport rebill.rules.money\n",
        ),
        (plugin_reach, "rebill/delivery/channels/registry.py", "from rebill.delivery.channels.email import E\n"),
        (source_reach, "rebill/sources/oneoff/queries.py", "from rebill.sources.contract import Claim\n"),
        (source_reach, "rebill/sources/registry.py", "from rebill.sources.oneoff.source import OneOff\n"),
        (door_reach, "rebill/interfaces/cli/worker.py", "from rebill.interfaces import jobs\n"),
    ],
)
def test_a_right_direction_is_let_be(check, path, text):
    assert not list(check(snippet(path, text)))
