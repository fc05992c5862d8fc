"""Every stage opens with its card and keeps to the files that DESIGN gives a stage."""

import ast
from collections.abc import Iterator

import rebill
from tests.architecture.source import PROJECT, Module, modules, refuse, snippet

CARD = ("In:", "Does:", "Out:")
NO_STAGE_FILE = {"services.py", "utils.py", "helpers.py", "managers.py", "signals.py"}


def is_stage_package(module: Module) -> bool:
    """Whether the module is the `__init__.py` of a stage, or of a source, which is built like one."""
    parts = module.path.parts
    stage = len(parts) == 3 and parts[1] in rebill.PIPELINE
    source = len(parts) == 4 and parts[:2] == ("rebill", "sources")
    return parts[-1] == "__init__.py" and (stage or source)


def cardless(module: Module) -> Iterator[str]:
    if not is_stage_package(module):
        return
    lines = (ast.get_docstring(module.tree) or "").splitlines()
    missing = [opening for opening in CARD if not any(line.startswith(opening) for line in lines)]
    if missing:
        yield f"{module.path} has no line that begins with {', '.join(missing)}"
    if len(module.tree.body) > 1:
        yield f"{module.path} holds more than its card"


def misplaced(module: Module) -> Iterator[str]:
    if module.path.name in NO_STAGE_FILE:
        yield f"{module.path} is a file that no stage has"


def saving_models(module: Module) -> Iterator[str]:
    """Tables that do work when they are saved: what a write does stands in the command."""
    if not module.is_part("models"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}:
            yield f"{module.at(node)} overrides {node.name}()"


def test_every_stage_has_its_card():
    refuse(cardless)


def test_every_stage_that_has_a_file_has_a_package():
    stages = {path.name for path in (PROJECT / "rebill").iterdir() if path.is_dir() and any(path.rglob("*.py"))}
    packages = {module.path.parts[1] for module in modules() if is_stage_package(module)}

    assert stages & set(rebill.PIPELINE) <= packages


def test_every_app_with_tables_has_migrations():
    # Django passes over an app without the folder, and `makemigrations --check` would find nothing to say.
    apps = {path.parent for path in (PROJECT / "rebill").rglob("apps.py")}
    with_tables = {app for app in apps if (app / "models.py").exists() or (app / "models").is_dir()}

    assert {app.name for app in with_tables if not (app / "migrations" / "0001_initial.py").exists()} == set()


def test_no_stage_has_a_drawer_for_everything():
    refuse(misplaced)


def test_tables_do_nothing_by_themselves():
    refuse(saving_models)


def test_a_missing_card_is_seen():
    assert list(cardless(snippet("rebill/runs/__init__.py", '"""Runs.\n\nIn: x\nDoes: y\n"""\n')))
    assert list(cardless(snippet("rebill/runs/__init__.py", '"""Runs.\n\nIn: x\nDoes: y\nOut: z\n"""\nA = 1\n')))
    assert list(misplaced(snippet("rebill/runs/utils.py", "")))
    assert list(saving_models(snippet("rebill/runs/models.py", "class A:\n    def save(self): ...\n")))
