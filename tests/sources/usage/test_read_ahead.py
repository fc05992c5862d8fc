"""Reading ahead changes nothing but the time it takes."""

from collections.abc import Iterator
from contextlib import closing

import pytest
from django.utils import translation
from django.utils.translation import gettext

from rebill.sources.usage.intake.ahead import read_ahead
from rebill.sources.usage.intake.streams import FileUnreadable


def numbers(until: int, made: list[int]) -> Iterator[int]:
    for number in range(until):
        made.append(number)
        yield number


def test_items_come_in_their_order():
    assert list(read_ahead(numbers(5, []))) == [0, 1, 2, 3, 4]
    assert list(read_ahead(numbers(0, []))) == []


def test_no_more_than_one_item_is_made_ahead():
    made: list[int] = []
    with closing(read_ahead(numbers(9, made))) as ahead:
        assert next(ahead) == 0
        assert next(ahead) == 1

    assert made == [0, 1, 2]


def test_what_is_refused_is_said_here_and_in_the_readers_language():
    def cut_off() -> Iterator[int]:
        yield 1
        raise FileUnreadable(gettext("The archive is protected with a password."))

    with translation.override("nl"), pytest.raises(FileUnreadable) as refused:
        list(read_ahead(cut_off()))

    with translation.override("nl"):
        assert str(refused.value) == gettext("The archive is protected with a password.")
    assert str(refused.value) != "The archive is protected with a password."
