"""Pages of long lists: which rows are shown, of how many, and the addresses of the page before and after."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

ROWS = 50
# Beyond this nobody pages by hand: search narrows the list.
PAGE_MAX = 20_000
# As far as is counted where counting all would keep a page waiting.
COUNTED_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Pager:
    """Rows `first` to `last` of `total`, or of more where that is `at_least`; `before` and `after` are query strings,
    empty at an end.
    """

    first: int
    last: int
    total: int
    before: str
    after: str
    at_least: bool = False


def page_number(request: HttpRequest) -> int:
    """The page that was asked for, from 1; anything that is no such number means the first."""
    asked = request.GET.get("page", "")
    return max(1, min(int(asked), PAGE_MAX)) if asked.isascii() and asked.isdigit() else 1


def pager(request: HttpRequest, *, shown: int, total: int, rows: int = ROWS, at_least: bool = False) -> Pager:
    """The pager below a list that shows `shown` rows of the page that was asked for.

    `at_least` says that more match than the `total` that were counted; nobody pages beyond those.
    """
    number = page_number(request)
    start = (number - 1) * rows
    return Pager(
        first=start + 1 if shown else 0,
        last=start + shown,
        total=total,
        before=_address(request, number - 1) if number > 1 else "",
        after=_address(request, number + 1) if start + shown < total else "",
        at_least=at_least,
    )


def short_page(request: HttpRequest, found: QuerySet[Any]) -> tuple[list[int], Pager]:
    """The ids of the rows of the page that was asked for, and the pager below them, of a list that is dear to look
    through: it is read once, up to a thousand rows, or to the end of the page beyond those."""
    start = (page_number(request) - 1) * ROWS
    most = max(start + ROWS, COUNTED_MAX)
    ids = list(found.values_list("pk", flat=True)[: most + 1])
    shown = ids[:most][start : start + ROWS]
    whole = pager(request, shown=len(shown), total=len(ids))
    return shown, replace(whole, total=most, at_least=True) if len(ids) > most else whole


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    if number == 1:
        del query["page"]
    return f"?{query.urlencode()}"
