"""Cutting a stream into lists of bounded length."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Lists of `size` items in order, the last one maybe shorter; takes no more from `items` than it needs."""
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
