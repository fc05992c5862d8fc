"""What a page says once, after something was done: a toast with the way back, or a note of why it was not done."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.http import HttpRequest

_KEY = "office.toasts"


@dataclass(frozen=True, slots=True)
class Toast:
    """One sentence. `undo` is the address to post `fields` to; `is_note` marks a refusal, which stays on the page."""

    text: str
    undo: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    is_note: bool = False


def toast(request: HttpRequest, text: str, *, undo: str = "", **fields: str) -> None:
    """Say on the next page that something was done, in a fact with numbers; with `undo` it can be taken back."""
    _keep(request, Toast(text, undo, fields))


def note(request: HttpRequest, text: str) -> None:
    """Say on top of the next page why something was not done."""
    _keep(request, Toast(text, is_note=True))


def count_notes(request: HttpRequest) -> int:
    """How many notes the next page will show."""
    return sum(each["is_note"] for each in request.session.get(_KEY, []))


def take_toasts(request: HttpRequest) -> list[Toast]:
    """What is to be said now; it is said once."""
    kept: list[dict[str, Any]] = request.session.pop(_KEY, []) if hasattr(request, "session") else []
    return [Toast(**each) for each in kept]


def _keep(request: HttpRequest, said: Toast) -> None:
    request.session[_KEY] = [*request.session.get(_KEY, []), asdict(said)]
