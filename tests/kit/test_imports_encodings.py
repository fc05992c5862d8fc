"""The encoding of a text, told by its bytes, and what becomes of bytes that belong to none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rebill.kit.imports.refusals import FileRefused
from tests.kit.imports_samples import cells_of, table_of

DUTCH = "naam;prijs\nCafé ’t Hoen;€ 1,50\nPrivé België;2\n"
FINNISH = "nimi;hinta\nMäkelä Öljy;1,50\nŠakkiseura Žižkov;2\n"


@pytest.mark.parametrize(
    ("codec", "label"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"),
     ("utf-16-be", "utf-16-be"), ("utf-32", "utf-32"), ("cp1252", "cp1252")],
)  # fmt: skip
def test_the_encoding_is_found(codec, label):
    table = table_of(DUTCH.encode(codec))

    assert table.encoding == label
    assert table.columns == ("naam", "prijs")
    assert cells_of(table) == [("Café ’t Hoen", "€ 1,50"), ("Privé België", "2")]


def test_letters_that_only_latin_9_has_tell_it_from_windows():
    table = table_of(FINNISH.encode("iso8859-15"))

    assert table.encoding == "iso8859-15"
    assert cells_of(table) == [("Mäkelä Öljy", "1,50"), ("Šakkiseura Žižkov", "2")]


def test_the_euro_sign_of_latin_9_is_found():
    assert cells_of(table_of("naam;prijs\nAda;€ 1,50\n".encode("iso8859-15"))) == [("Ada", "€ 1,50")]


def test_accents_that_both_encodings_share_are_read_alike():
    assert cells_of(table_of("nimi;hinta\nMäkelä;1\n".encode("iso8859-15"))) == [("Mäkelä", "1")]


@pytest.mark.parametrize(
    ("codec", "text"),
    [("cp850", "naam;prijs\nCafé Müller;1\n"), ("mac-roman", "naam;prijs\nCafé Müller;1\n"),
     ("iso8859-1", "naam;prijs\nCafé;½\n"), ("iso8859-15", DUTCH.replace("’", "'")), ("utf-16-be", DUTCH)],
)  # fmt: skip
def test_an_encoding_stated_by_hand_is_used(codec, text):
    table = table_of(text.encode(codec), encoding=codec)

    assert cells_of(table) == [tuple(line.split(";")) for line in text.splitlines()[1:]]


def test_a_byte_order_mark_is_no_part_of_the_first_heading():
    assert table_of(DUTCH.encode("utf-8-sig"), encoding="utf-8").columns[0] == "naam"
    assert table_of(DUTCH.encode("utf-16"), encoding="utf-16").columns[0] == "naam"


def test_a_broken_byte_in_utf_8_costs_its_own_line_only():
    lines = ["naam;prijs", *[f"Café {number};1" for number in range(50)]]
    content = "\n".join(lines).encode().replace(b"Caf\xc3\xa9 30", b"Caf\xe9 30")

    table = table_of(content)

    assert table.encoding == "utf-8"
    assert [row.line for row in table.rows() if row.fault] == [32]
    assert [row.cells[0] for row in table.rows() if row.fault] == ["Caf\ufffd 30"]


def test_a_byte_that_windows_lacks_costs_its_own_line_only():
    table = table_of(b"naam;prijs\nCaf\xe9 \x80;1\nBo\x81;2\n")

    assert table.encoding == "cp1252"
    assert [row.line for row in table.rows() if row.fault] == [3]


def test_a_character_cut_in_half_at_the_end_of_utf_16_refuses_the_file_at_once():
    with pytest.raises(FileRefused) as refused:
        table_of(DUTCH.encode("utf-16")[:-1])

    assert refused.value.problem.what == "import.encoding_broken"


def test_half_a_pair_in_utf_16_costs_its_own_line_only():
    content = "naam;prijs\nAda;1\n".encode("utf-16") + b"\x00\xd8" + ";2\nBo;3\n".encode("utf-16-le")

    assert [row.line for row in table_of(content).rows() if row.fault] == [3]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20), min_size=1))
def test_utf_8_is_read_back_whatever_it_holds(names):
    written = "nimi;hinta\n" + "".join(f'"{name.replace(chr(34), "")}";1\n' for name in names)

    assert [cells[0] for cells in cells_of(table_of(written))] == [name.replace('"', "") for name in names]
