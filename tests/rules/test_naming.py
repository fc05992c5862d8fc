"""Which of a thing's names is used, in whichever order a database hands them out."""

from itertools import permutations

import pytest

from rebill.rules.naming import name_in

NAMES = {"nl": "Stoel", "en": "Chair", "de": "Stuhl"}


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        (("de", "nl"), "Stuhl"),
        (("fi", "nl"), "Stoel"),
        (("fi",), "Chair"),
        (("", "nl"), "Stoel"),
    ],
)
def test_a_name_is_in_the_first_language_that_has_one_else_in_english(asked, name):
    for order in permutations(NAMES.items()):
        assert name_in(dict(order), *asked) == name


def test_without_english_the_alphabetically_first_language_names_it():
    for order in permutations({"nl": "Stoel", "de": "Stuhl"}.items()):
        assert name_in(dict(order), "fi") == "Stuhl"


def test_an_empty_name_is_none():
    assert name_in({"fi": "", "nl": "Stoel"}, "fi") == "Stoel"
    assert name_in({}, "fi") == ""
