"""A document keeps its form, however long it gets and whatever stands on it."""

import io
import re
from dataclasses import replace

import pikepdf
import pytest

from rebill.invoices.documents.contract import DocumentContent, Look
from tests.invoices.document_examples import (
    english_reverse_charge,
    finnish_credit_note,
    german_invoice,
    long_invoice,
    nauta_invoice,
)
from tests.invoices.document_reading import RENDER, codes_on, letters_outside, page_texts

EXAMPLES = (nauta_invoice, german_invoice, finnish_credit_note, english_reverse_charge)
LONG_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG_LINK = "https://portal.example/" + "a1b2c3d4" * 12


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_same_content_gives_the_same_bytes(example):
    assert RENDER(example()) == RENDER(example())


def test_another_content_gives_other_bytes():
    assert RENDER(nauta_invoice()) != RENDER(nauta_invoice(copy=True))


def test_the_pdf_says_its_title_its_author_and_its_language_and_is_tagged():
    with pikepdf.open(io.BytesIO(RENDER(german_invoice()))) as pdf:
        assert str(pdf.docinfo.Title) == "Rechnung RE-2026-00417"
        assert str(pdf.docinfo.Author) == "Weserkontor GmbH"
        assert str(pdf.Root.Lang) == "de"
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.docinfo.CreationDate).startswith("D:20260901")


@pytest.mark.parametrize("example", [nauta_invoice, german_invoice, english_reverse_charge])
def test_the_payment_code_says_what_it_was_given(example):
    content = example()

    assert codes_on(RENDER(content)) == [content.payment.epc_payload.encode()]


def test_an_invoice_of_five_hundred_lines_repeats_its_head_and_loses_no_line():
    document = RENDER(long_invoice(500))

    pages = page_texts(document)
    assert len(pages) > 10
    for number, page in enumerate(pages[:-1], start=1):
        assert "Omschrijving Periode Aantal Prijs Bedrag" in page
        assert f"Pagina {number} van {len(pages)}" in page
    for page in pages[1:]:
        assert "Waterkant Groep B.V. · Factuur 2026-09117 · Rederij Nauta B.V." in page
    text = " ".join(pages)
    assert all(f"Werkplek {number}, Zakelijk bellen" in text for number in range(500))
    assert "Subtotaal 3.975,00" in pages[-1]
    assert not list(letters_outside(document, margin_mm=19))


def test_the_heading_of_a_group_comes_again_where_the_group_goes_on():
    pages = page_texts(RENDER(long_invoice(500)))

    assert re.search(r"Bedrag Vestiging 1 Werkplek \d+", pages[1])


def longer(content: DocumentContent) -> DocumentContent:
    """The same with every text longer by a third, as in a language that needs more room."""

    def stretch(text: str) -> str:
        return f"{text} {text[: len(text) * 35 // 100]}".strip()

    customer = replace(
        content.customer, party=replace(content.customer.party, name=stretch(content.customer.party.name))
    )
    lines = tuple(
        replace(line, text=stretch(line.text), group=stretch(line.group), unit=stretch(line.unit))
        for line in content.lines
    )
    return replace(
        content,
        seller=replace(content.seller, name=stretch(content.seller.name)),
        customer=customer,
        lines=lines,
        texts=tuple(map(stretch, content.texts)),
        closing=stretch(content.closing),
    )


@pytest.mark.parametrize("example", EXAMPLES)
def test_texts_that_are_longer_by_a_third_stay_on_one_page_and_in_its_margins(example):
    document = RENDER(longer(example()))

    assert len(page_texts(document)) == 1
    assert not list(letters_outside(document, margin_mm=19))


def overlong(content: DocumentContent) -> DocumentContent:
    """Words without an end in every place where a text can stand."""
    party = replace(content.customer.party, name=LONG_WORD, address=(LONG_WORD, LONG_LINK))
    customer = replace(content.customer, party=party, reference=LONG_LINK, number="9" * 40, orders=(LONG_WORD,) * 3)
    lines = tuple(replace(line, text=LONG_WORD, detail=LONG_LINK, group=LONG_WORD) for line in content.lines)
    return replace(
        content,
        seller=replace(content.seller, name=f"{LONG_WORD} {LONG_WORD}", website=LONG_LINK),
        customer=customer,
        lines=lines,
        texts=(LONG_WORD, LONG_LINK),
        closing=LONG_LINK,
        look=Look(footer=f"{LONG_WORD}{LONG_WORD}\n{LONG_LINK}"),
    )


@pytest.mark.parametrize("example", EXAMPLES)
def test_words_without_an_end_are_broken_and_stay_on_the_paper(example):
    assert not list(letters_outside(RENDER(overlong(example())), margin_mm=19))


def test_a_broken_word_is_copied_from_the_pdf_as_one_word():
    text = " ".join(page_texts(RENDER(nauta_invoice(closing="naar" + "x" * 60))))

    assert "\u200b" not in text


def test_the_period_makes_room_for_wide_figures():
    content = german_invoice()
    lines = tuple(
        replace(line, period="16. Dezember 2025 – 15. Januar 2026", unit="Gigabyte") for line in content.lines
    )

    text = page_texts(RENDER(replace(content, lines=lines)))[0]

    assert "Zeitraum" not in text
    assert "16. Dezember 2025 – 15. Januar 2026" in text


def test_texts_are_printed_and_never_run():
    content = nauta_invoice(closing='#panic("no") *not bold* $x$ \\ @label <tag> `raw`')

    assert '#panic("no") *not bold* $x$ \\ @label <tag> `raw`' in page_texts(RENDER(content))[0]
