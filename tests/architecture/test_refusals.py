"""What is refused is said in the reader's language: no refusal and no problem is raised with a literal text."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from django.utils import translation

from rebill.kit.errors import Invalid, reason_of
from rebill.rules.errors import said
from tests.architecture.source import Function, Module, functions, modules, refuse, snippet

# Nothing that a person enters leads here: they tell a programmer which promise the code broke, and read like a trace.
FOR_PROGRAMMERS = {
    "ColumnUnknown", "CountInvalid", "CountRefused", "CurrencyMismatch", "DiscountTooLarge", "ImpossibleInterval",
    "LinesDoNotAddUp", "MomentNaive", "MovesIncomplete", "NoPaymentCode", "NotAnAmount", "NotForFrames",
    "NotPayableByCode", "NothingToRead", "NoWeights", "PartOutsideWhole", "PluginBroken", "PluginMissing",
    "PluginNamedTwice", "ReasonUnknown", "ReferenceUnfit", "SequenceMovesBack", "SubjectUnsaved", "TableBroken",
    "UnknownZone", "ValueKindDiffers", "ValueRefused", "WrongRate",
}  # fmt: skip

FOUR_WAYS = {"Refused", "Invalid", "NotFound", "Conflict", "Forbidden"}
# What a text is passed through on its way to other languages.
TRANSLATED = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "said"}
_SENTENCE = re.compile(r"[^\W\d_]{2,} \S")


@cache
def refusals() -> frozenset[str]:
    """The names of all classes of refusals, whatever module they stand in, and of problems."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }
    found = set(FOUR_WAYS)
    while grown := {name for name, above in bases.items() if above & found} - found:
        found |= grown
    return frozenset(found | {"Problem"})


def literals(node: ast.AST, given: dict[str, ast.expr]) -> Iterator[ast.expr]:
    """The untranslated sentences in an expression, also those that a variable of the function brings along."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") in TRANSLATED:
        return
    if isinstance(node, ast.Name) and node.id in given:
        yield from literals(given[node.id], {})
    elif isinstance(node, ast.JoinedStr):
        text = "".join(part.value if isinstance(part, ast.Constant) else "x" for part in node.values)
        if _SENTENCE.search(text) and any(
            isinstance(part, ast.Constant) and part.value.strip() for part in node.values
        ):
            yield node
        else:
            for part in node.values:
                yield from literals(part, given)
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _SENTENCE.search(node.value):
            yield node
    else:
        for child in ast.iter_child_nodes(node):
            yield from literals(child, given)


def untranslated(module: Module) -> Iterator[str]:
    places: list[tuple[ast.AST, dict[str, ast.expr]]] = [(module.tree, {})]
    places += [(function, texts_of(function)) for function in functions(module)]
    seen = set()
    for place, given in reversed(places):
        for call in ast.walk(place):
            name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
            if name not in refusals() - FOR_PROGRAMMERS or call in seen:
                continue
            seen.add(call)
            if any(True for part in [*call.args, *call.keywords] for _ in literals(part, given)):
                yield f"{module.at(call)}: {name} says an English sentence; pass it through gettext"


def texts_of(function: Function) -> dict[str, ast.expr]:
    """What the function calls by a name of its own and assigns only plainly."""
    return {
        node.targets[0].id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def told_as_it_is(module: Module) -> Iterator[str]:
    """Refusals that a door tells by `str`, which knows only English where a rule refused."""
    for handler in ast.walk(module.tree):
        if not isinstance(handler, ast.ExceptHandler) or handler.name is None or handler.type is None:
            continue
        if not {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)} & refusals():
            continue
        for call in ast.walk(handler):
            if isinstance(call, ast.Call) and ast.unparse(call) == f"str({handler.name})":
                yield f"{module.at(call)}: a refusal is told by reason_of, which translates what a rule says"


def test_refusals_and_problems_are_translated():
    refuse(untranslated, "rebill")


def test_refusals_are_told_in_the_readers_language():
    # The process that prints documents knows no languages; what it says is English, as the typesetter's own words are.
    refuse(lambda module: () if module.stands_in("rebill/invoices/documents/pdf/worker.py") else told_as_it_is(module))


def test_only_refusals_that_exist_are_for_programmers():
    assert refusals() >= FOR_PROGRAMMERS


def test_a_literal_is_found():
    literal = snippet("rebill/runs/commands.py", 'raise Invalid("The line is too long.")')
    filled = snippet("rebill/runs/commands.py", 'raise Conflict(f"Draft {draft.pk} is held.")')
    carried = snippet("rebill/runs/commands.py", 'def f():\n    why = "It is empty."\n    raise Invalid(why)')
    problem = snippet("rebill/runs/checks.py", 'Problem("draft.empty", "here", _("It is empty."), "Drop the draft.")')
    told = snippet("rebill/interfaces/cli/app.py", "try:\n    f()\nexcept Refused as no:\n    print(str(no))")

    assert [len(list(untranslated(each))) for each in (literal, filled, carried, problem)] == [1, 1, 1, 1]
    assert len(list(told_as_it_is(told))) == 1


def test_a_translated_one_is_not_found():
    plain = snippet("rebill/runs/commands.py", 'raise Invalid(_("The line is too long."))')
    filled = snippet("rebill/runs/commands.py", 'raise Invalid(_("Draft %(draft)s is held.") % {"draft": 1})')
    ours = snippet("rebill/kit/bulk/columns.py", 'raise ColumnUnknown("There is no such column.")')

    assert not [offence for each in (plain, filled, ours) for offence in untranslated(each)]


def test_a_rule_is_heard_in_the_language_that_is_spoken():
    refusal = Invalid(said("Tiers go up, and only the last one is without end."))

    with translation.override("nl"):
        heard = reason_of(refusal)

    assert str(refusal) == "Tiers go up, and only the last one is without end."
    assert heard == "Staffels lopen op, en alleen de laatste heeft geen einde."
