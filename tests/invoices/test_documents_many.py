"""Many documents at once: all come back, bad ones as problems, and no process is left behind."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from rebill.invoices.documents.contract import Look
from rebill.invoices.documents.pdf.many import render_many
from rebill.invoices.documents.pdf.template_files import read_template
from rebill.rules.errors import Problem
from tests.invoices.document_examples import german_invoice, nauta_invoice
from tests.invoices.document_reading import RENDER

NEVER_ENDS = b"#for i in range(100000000) { for j in range(1000) { } }"
TAKES_ALL_MEMORY = b"#let numbers = range(3000000000)\n#numbers.len()"


def with_template(source: bytes, number: str):
    return nauta_invoice(number=number, look=Look(template=read_template(source)))


def test_every_document_comes_back_under_its_key_and_as_if_rendered_alone():
    contents = {number: nauta_invoice(number=f"2026-{number}") for number in range(11)}

    outcomes = dict(render_many(contents.items(), workers=2))

    assert outcomes == {number: RENDER(content) for number, content in contents.items()}


def test_a_bad_document_becomes_a_problem_and_the_rest_goes_on():
    contents = [(number, nauta_invoice(number=str(number))) for number in range(1, 6)]
    contents[2] = (3, nauta_invoice(number="3", language="sv"))

    outcomes = dict(render_many(contents, workers=1))

    problem = outcomes.pop(3)
    assert problem == Problem(
        what="document.not_rendered",
        where="invoice 3",
        why="Documents speak de, en, fi, nl, not 'sv'.",
        remedy="Mend the look or the texts.",
    )
    assert all(isinstance(outcome, bytes) for outcome in outcomes.values())
    assert len(outcomes) == 4


def test_a_template_that_never_ends_is_given_up_and_its_neighbours_are_not():
    contents = [(1, with_template(NEVER_ENDS, "1")), (2, german_invoice()), (3, nauta_invoice())]

    outcomes = dict(render_many(contents, workers=1, seconds_max=3))

    assert isinstance(outcomes[1], Problem)
    assert outcomes[2] == RENDER(german_invoice())
    assert outcomes[3] == RENDER(nauta_invoice())


def test_a_template_that_takes_all_memory_is_given_up_and_its_neighbours_are_not():
    contents = [(1, german_invoice()), (2, with_template(TAKES_ALL_MEMORY, "2")), (3, nauta_invoice())]

    outcomes = dict(render_many(contents, workers=1))

    assert isinstance(outcomes[2], Problem)
    assert "broke off: memory allocation" in outcomes[2].why
    assert isinstance(outcomes[1], bytes)
    assert isinstance(outcomes[3], bytes)


def test_contents_are_read_only_as_far_as_they_are_needed():
    read = []

    def contents():
        for number in range(1000):
            read.append(number)
            yield number, nauta_invoice()

    outcomes = render_many(contents(), workers=2)
    first = list(islice(outcomes, 2))
    outcomes.close()

    assert len(first) == 2
    assert len(read) < 20


def test_nothing_is_left_on_the_disk(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    list(render_many([(1, nauta_invoice())], workers=1))

    assert list(Path(tmp_path).iterdir()) == []


@pytest.mark.parametrize("count", [0, 1])
def test_few_documents_need_no_more_workers(count):
    assert len(list(render_many([(number, nauta_invoice()) for number in range(count)], workers=2))) == count


def test_looks_of_two_sellers_do_not_mix():
    plain = replace(nauta_invoice(), look=Look())

    outcomes = dict(render_many([(1, nauta_invoice()), (2, plain), (3, nauta_invoice())], workers=1))

    assert outcomes[1] == outcomes[3] == RENDER(nauta_invoice())
    assert outcomes[2] == RENDER(plain)
