"""What a channel gets and answers: a letter, sent once, and one of four outcomes.

The four outcomes are the whole promise of delivery. Only `Accepted` means sent; `TryLater` says that nothing was
handed over, so it may be tried again; `Rejected` that it will never be taken as it is; `Unclear` that nobody on this
side can know, so it is not repeated and a person is asked.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one customer. `message_id` is the same in every attempt, so that receivers see a repetition.

    `settle_for_some` is set in the last attempt: it is then better that some recipients get the letter than none.
    """

    message_id: str
    sender_name: str
    sender_email: str
    reply_to: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    attachments: tuple[Attachment, ...]
    settle_for_some: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The receiving side has taken it over, in its own words."""

    words: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The receiving side will not take it: trying again as it is makes no sense."""

    words: str


@dataclass(frozen=True, slots=True)
class TryLater:
    """Nothing was handed over, and it may go better later."""

    words: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """It was handed over in part or whole, but no answer came: it may have arrived."""

    words: str


Outcome: TypeAlias = Accepted | Rejected | TryLater | Unclear


class Session(Protocol):
    """An open way to the receiving side, used for one letter after the other."""

    def ready(self) -> TryLater | None:
        """Make sure that letters can be handed over now; TryLater when none can. Hands nothing over."""

    def send(self, letter: Letter) -> Outcome:
        """Hand the letter over. Every failure is an outcome; nothing is raised."""


class Channel(Protocol):
    """A way to send letters one by one."""

    @property
    def name(self) -> str: ...

    def open(self) -> AbstractContextManager[Session]: ...


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where a letter goes by post."""

    country: str
    postcode: str
    city: str
    street: str
    name: str = ""

    @property
    def postal_order(self) -> tuple[tuple[str, ...], ...]:
        """Sorts letters as the post wants them: country, postcode, city, street; number 9 stands before number 10."""
        parts = (self.country, self.postcode.replace(" ", ""), self.city, self.street, self.name)
        return tuple(_by_number(part) for part in parts)


def _by_number(text: str) -> tuple[str, ...]:
    return tuple(piece.zfill(12) if piece.isdigit() else piece for piece in re.split(r"(\d+)", text.casefold().strip()))


@dataclass(frozen=True, slots=True)
class Sheets:
    """The pages of one letter, as PDF; `key` names the letter to the one who asks."""

    key: int
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Bound:
    """Letters bound into one file, in the order given, and why some could not be bound."""

    content: bytes = field(repr=False)
    letters: int
    unreadable: Mapping[int, str]


class Binder(Protocol):
    """A way to send letters many at a time: as one file that is printed or handed to a letter shop."""

    @property
    def name(self) -> str: ...

    @property
    def media_type(self) -> str: ...

    def bind(self, letters: Sequence[Sheets]) -> Bound: ...
