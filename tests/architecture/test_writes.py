"""Rows are written by commands and by the kit under them, and states move by table."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import Module, refuse, snippet

# Django's writes take keywords only; a dictionary's update, a hash's update or a picture's save takes a value first.
ORM_WRITES = {
    "save", "create", "update", "delete", "get_or_create", "update_or_create", "asave", "acreate", "aupdate", "adelete",
}  # fmt: skip
BULK_WRITES = {
    "bulk_create", "bulk_update", "insert_rows", "update_rows", "upsert_rows", "move_rows", "allot_numbers",
    "start_sequence", "reserve_ids", "record_event", "record_events", "store_file", "store_files",
}  # fmt: skip
RAW_WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|COPY|MERGE)\s", re.IGNORECASE)


def called_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def is_write(call: ast.Call) -> bool:
    name = called_name(call)
    if name in ORM_WRITES:
        return isinstance(call.func, ast.Attribute) and not call.args
    if name in {"execute", "executemany", "copy"} and call.args:
        statement = call.args[0]
        words = statement.values[0] if isinstance(statement, ast.JoinedStr) and statement.values else statement
        return isinstance(words, ast.Constant) and bool(RAW_WRITE.match(str(words.value)))
    return name in BULK_WRITES


def stray_writes(module: Module) -> Iterator[str]:
    if module.stands_in("rebill/kit") or module.is_part("commands"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and is_write(node):
            yield f"{module.at(node)} writes with {called_name(node)}() outside commands"


def assigned_states(module: Module) -> Iterator[str]:
    """States that are set by hand, where `kit.states` would check the move."""
    if module.stands_in("rebill/kit/states.py"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr == "state" and isinstance(node.ctx, ast.Store):
            yield f"{module.at(node)} assigns .state"
        if isinstance(node, ast.Call):
            name = called_name(node)
            named = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            if name == "update" and any(keyword.arg == "state" for keyword in node.keywords):
                yield f"{module.at(node)} updates the state"
            if name == "setattr" and "state" in named:
                yield f"{module.at(node)} sets the state"


@pytest.mark.parametrize("check", [stray_writes, assigned_states])
def test_writes_stand_in_commands_and_states_move_by_table(check):
    refuse(check)


@pytest.mark.parametrize(
    "text",
    [
        "draft.save()",
        "draft.save(update_fields=['note'])",
        "Draft.objects.filter(run=run).update(note='')",
        "Draft.objects.filter(run=run).delete()",
        "Draft.objects.create(run=run)",
        "Draft.objects.bulk_create(drafts)",
        "insert_rows(Draft, columns, rows)",
        "bulk.insert_rows(Draft, columns, rows)",
        "cursor.execute('UPDATE runs_draft SET note = %s', [note])",
        "cursor.execute(f'delete from {table}')",
        "record_event(seller_id=1, subject=draft)",
    ],
)
def test_a_write_outside_commands_is_seen(text):
    assert list(stray_writes(snippet("rebill/runs/queries.py", text)))
    assert not list(stray_writes(snippet("rebill/runs/commands.py", text)))
    assert not list(stray_writes(snippet("rebill/runs/commands/review.py", text)))


@pytest.mark.parametrize(
    "text",
    ["names.update(more)", "digest.update(block)", "pdf.save(path)", "progress.update(task, advance=1)",
     "cursor.execute('SELECT 1')", "issue_drafts(acting=acting)"],
)  # fmt: skip
def test_what_only_looks_like_a_write_is_let_be(text):
    assert not list(stray_writes(snippet("rebill/runs/queries.py", text)))


@pytest.mark.parametrize(
    "text",
    ["draft.state = DraftState.HELD", "draft.state: str = 'held'", "drafts.update(state='held')",
     "setattr(draft, 'state', 'held')", "a, draft.state = 1, 2"],
)  # fmt: skip
def test_a_state_set_by_hand_is_seen(text):
    assert list(assigned_states(snippet("rebill/runs/commands.py", text)))
