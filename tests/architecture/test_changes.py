"""Every changelog fragment is one sentence in a file whose name says what kind of change it is."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.source import PROJECT

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.(feature|fix|misc)\.md")
NO_FRAGMENTS = {"README.md", "template.md.jinja"}
# A full stop, a space and a capital: a second sentence, unless the stop belongs to an abbreviation.
SECOND_SENTENCE = re.compile(r"(?<!\be\.g)(?<!\bi\.e)[.!?]\s+[A-Z]")


def malformed(name: str, text: str) -> Iterator[str]:
    sentence = text.strip()
    if not NAME.fullmatch(name):
        yield f"changes/{name} is not named <topic>.<feature|fix|misc>.md, in small letters with hyphens"
    if not sentence.endswith(".") or not re.match(r"[A-Z0-9`]", sentence) or "\n\n" in sentence:
        yield f"changes/{name} is not a sentence: a capital or a command first, a full stop last, one paragraph"
    if SECOND_SENTENCE.search(sentence):
        yield f"changes/{name} has more than one sentence"


def test_fragments_are_well_formed():
    fragments = sorted(path for path in (PROJECT / "changes").iterdir() if path.name not in NO_FRAGMENTS)
    found = [offence for path in fragments for offence in malformed(path.name, path.read_text("utf-8"))]

    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("issue.md", "Invoices can be withdrawn."),
        ("12.bugfix.md", "Invoices can be withdrawn."),
        ("Withdraw.feature.md", "Invoices can be withdrawn."),
        ("withdraw.feature.md", ""),
        ("withdraw.feature.md", "- Invoices can be withdrawn."),
        ("withdraw.feature.md", "Invoices can be withdrawn"),
        ("withdraw.feature.md", "Invoices can be withdrawn. Customers are told."),
    ],
)
def test_a_malformed_fragment_is_seen(name, text):
    assert list(malformed(name, text))


def test_a_sentence_is_let_be():
    assert not list(
        malformed("withdraw-invoices.feature.md", "A wrong invoice, e.g. a\ndouble one, can be withdrawn.\n")
    )
