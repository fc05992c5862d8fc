"""Mail messages (RFC 5322) that bring purchase invoices: which of their parts may be one, and what else is attached."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import HeaderParseError, MessageError
from email.header import decode_header, make_header
from email.message import Message
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from rebill.interfaces.purchases.tables import is_table
from rebill.kit.errors import Invalid
from rebill.sources.supplier_invoices.registry import carries_invoice, reader_of

PARTS_MAX = 500
NAME_LENGTH = 200
# A first line of a message: a header, or the line that mailboxes and pipes put before it.
_HEADER = re.compile(rb"(?:From [^\n]{1,998}\n)?[!-9;-~]{1,70}:[ \t\r]")
_ENDING = ".eml"


class MessageUnreadable(Invalid):
    """The bytes are no mail message that a program can take apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """Something attached to a message; `may_be_invoice` where a reader, or the columns of a table, can be tried."""

    name: str
    content: bytes
    may_be_invoice: bool


def is_message(name: str, content: bytes) -> bool:
    """Whether it is a mail message: by its name, or because it begins as one and is nothing else."""
    if name.lower().endswith(_ENDING):
        return True
    return not is_table(name) and _HEADER.match(content) is not None and reader_of(content) is None


def parts_of(content: bytes) -> list[Part]:
    """What is attached, in its order, that of forwarded messages too. What a message only says is no part.

    MessageUnreadable when it cannot be taken apart, or is made of more than PARTS_MAX pieces.
    """
    try:
        return list(_parts(message_from_bytes(content)))
    except (MessageError, RecursionError, LookupError, ValueError) as error:
        raise MessageUnreadable(_("The message cannot be read: %(reason)s") % {"reason": str(error)[:200]}) from None


def _parts(message: Message) -> Iterator[Part]:
    for number, piece in enumerate(message.walk(), start=1):
        if number > PARTS_MAX:
            raise MessageUnreadable(_("The message has more than %(limit)s parts.") % {"limit": PARTS_MAX})
        content = None if piece.is_multipart() else piece.get_payload(decode=True)
        if not isinstance(content, bytes) or not content.strip():
            continue
        name = _name(piece)
        may_be_invoice = _is_attached_table(name) or carries_invoice(content)
        if may_be_invoice or name or piece.get_content_maintype() != "text":
            yield Part(name or _nameless(piece, number), content, may_be_invoice)


def _is_attached_table(name: str) -> bool:
    """A text without columns is often attached too, so its ending says nothing."""
    return is_table(name) and not name.lower().endswith(".txt")


def _name(piece: Message) -> str:
    """The last part of the name, decoded: a name is nothing that could lead to a folder."""
    said = piece.get_filename() or ""
    with suppress(HeaderParseError, LookupError, ValueError):
        said = str(make_header(decode_header(said)))
    printable = "".join(mark for mark in said if mark.isprintable())
    return PurePosixPath(printable.replace("\\", "/")).name[-NAME_LENGTH:]


def _nameless(piece: Message, number: int) -> str:
    return f"{number}.{piece.get_content_subtype()}"[:NAME_LENGTH]
