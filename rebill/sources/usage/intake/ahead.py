"""Reading on while what was read is worked at: the next chunk is cut in a thread of its own."""

from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.utils import translation

Item = TypeVar("Item")


def read_ahead(items: Iterator[Item]) -> Generator[Item, None, None]:
    """The same items in the same order, each made while the one before is used. What making one raises is raised here.

    Close it before what the items are read from: the next one may be under way.
    """
    language = translation.get_language()

    def following() -> Item | None:
        # Another thread has another language, and what is refused there is told here.
        with translation.override(language):
            return next(items, None)

    with ThreadPoolExecutor(1) as pool:
        upcoming = pool.submit(following)
        while (item := upcoming.result()) is not None:
            upcoming = pool.submit(following)
            yield item
