"""Every write has one public function with a verb and a noun for a name, keywords only, and the acting user first."""

import ast
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.architecture.source import Function, Module, modules, public_functions, refuse, snippet

# Commands that take no acting user, each with the reason.
WITHOUT_ACTING = {
    "change_language": "is what users do for themselves, whichever seller they act for",
    "create_seller": "comes before anybody can act for the seller; its owner is named",
    "forget_tellings": "is a source's memory going back, for charges that the command around it has scoped",
    "forget_tab_tellings": "is a source's memory going back, for charges that the command around it has scoped",
    "forget_rebilled": "is a source's memory going back, for charges that the command around it has scoped",
    "remember_rebilled": "is a source's `remember`: it keeps what the scoped question before it found",
    "take_back_rebilled": "is a source's memory going back, for charges that the command around it has scoped",
    "forget_lines": "is a source's memory going back, for charges that the command around it has scoped",
    "lock_customers": "holds rows that the command around it has scoped to its seller",
    "lock_open_customers": "holds rows that the command around it has scoped to its seller",
    "remember_lines": "is a source's `remember`: it keeps what the scoped question before it found",
    "remember_tellings": "is a source's `remember`: it keeps what the scoped question before it found",
    "remember_tab_tellings": "is a source's `remember`: it keeps what the scoped question before it found",
    "remember_marks": "is a source's `remember`: it keeps what the scoped question before it found",
    "rewind_marks": "is a source's memory going back, for charges that the command around it has scoped",
}

# The first word of a command. A word joins when a command needs it and no word here says the same.
VERBS = """
accept add adopt approve assign begin book cancel change choose claim close collect confirm correct create credit
deactivate deliver discard drop edit end enter erase export forget give grant hold import invite issue keep lay leave
link lock mail make mark move name open order override pause place postpone prepare print queue rate reactivate rebill
record refund register release remember remove rename render renew reopen replace resend reset resolve restore resume
retract retry return reuse review revoke rewind send set settle split start store take tell throw undo unlink update
waive withdraw
"""


def offered(package: Module) -> set[str]:
    """The names in the `__all__` of a folder's `__init__.py`."""
    for node in package.tree.body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == ["__all__"]:
            return set(ast.literal_eval(node.value))
    return set()


def commands(module: Module) -> Iterator[Function]:
    """The commands a file defines: its public functions, and in a folder those that the folder offers."""
    if module.path.name == "commands.py":
        yield from public_functions(module)
    elif module.path.parent.name == "commands":
        names = next(
            (offered(package) for package in modules() if package.path == module.path.parent / "__init__.py"), set()
        )
        yield from (function for function in public_functions(module) if function.name in names)


def are_named(further: ast.arg | None) -> bool:
    """Whether `**further` is none at all, or keywords that a type names: `**terms: Unpack[SellerTerms]`."""
    return further is None or (
        isinstance(further.annotation, ast.Subscript) and getattr(further.annotation.value, "id", "") == "Unpack"
    )


def positional_commands(module: Module) -> Iterator[str]:
    for command in commands(module):
        arguments = command.args
        if arguments.args or arguments.posonlyargs or arguments.vararg or not are_named(arguments.kwarg):
            yield f"{module.at(command)} {command.name} takes more than named keywords"


def nameless_commands(module: Module) -> Iterator[str]:
    for command in commands(module):
        verb, _, noun = command.name.removeprefix("auto_").partition("_")
        if verb not in VERBS.split() or not noun:
            yield f"{module.at(command)} {command.name} is not a verb and a noun"


def unacted_commands(module: Module) -> Iterator[str]:
    for command in commands(module):
        first = command.args.kwonlyargs[0].arg if command.args.kwonlyargs else None
        if first != "acting" and command.name not in WITHOUT_ACTING:
            yield f"{module.at(command)} {command.name} does not take the acting user first"


def silent_folders(module: Module) -> Iterator[str]:
    if module.path.parts[-2:] == ("commands", "__init__.py") and not offered(module):
        yield f"{module.path} does not say in __all__ which commands the folder offers"


@pytest.mark.parametrize("check", [positional_commands, nameless_commands, unacted_commands, silent_folders])
def test_commands_are_called_alike(check):
    refuse(check)


def test_command_names_are_unique():
    count = Counter(command.name for module in modules() for command in commands(module))
    repeated = [
        f"{module.at(command)} {command.name} is the name of another command too"
        for module in modules()
        for command in commands(module)
        if count[command.name] > 1
    ]

    if repeated:
        pytest.fail("\n".join(repeated), pytrace=False)


def test_every_exception_is_still_a_command():
    assert WITHOUT_ACTING.keys() <= {command.name for module in modules() for command in commands(module)}


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (positional_commands, "def cancel_invoice(invoice, *, acting): ..."),
        (positional_commands, "def cancel_invoice(*, acting, **also): ..."),
        (positional_commands, "def cancel_invoice(*, acting, **also: str): ..."),
        (nameless_commands, "def cancel(*, acting): ..."),
        (nameless_commands, "def invoice_cancel(*, acting): ..."),
        (unacted_commands, "def cancel_invoice(*, invoice, acting): ..."),
        (unacted_commands, "def cancel_invoice(): ..."),
    ],
)
def test_a_command_that_is_called_otherwise_is_seen(check, text):
    assert list(check(snippet("rebill/invoices/commands.py", text)))


def test_a_folder_that_offers_nothing_is_seen():
    assert list(silent_folders(snippet("rebill/invoices/commands/__init__.py", '"""Writes of invoices."""')))
    assert not list(silent_folders(snippet("rebill/invoices/commands/__init__.py", '__all__ = ["issue_drafts"]')))


def test_keywords_that_a_type_names_are_let_be():
    text = "def change_seller(*, acting, **changes: Unpack[SellerChanges]): ..."

    assert not list(positional_commands(snippet("rebill/parties/commands.py", text)))


def test_only_public_functions_of_commands_are_commands():
    text = "def _lock(invoice): ...\n\nclass A:\n    def total(self): ...\n"

    assert not list(commands(snippet("rebill/invoices/commands.py", text)))
    assert not list(commands(snippet("rebill/invoices/queries.py", "def invoice(): ...")))
