"""A seller's look on paper and in mails; every change is a new row, so it can be seen what a document looked like."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.events import record_event
from rebill.kit.files import store_file
from rebill.parties import entries
from rebill.parties.changes import set_fields
from rebill.parties.commands.sellers import locked_seller
from rebill.parties.entries import EntryRefused, Tidy, text_of, tidy_entries
from rebill.parties.models import Look
from rebill.parties.queries import current_look, look_of_seller

LOGO_BYTES_MAX = 2_000_000
TEMPLATE_BYTES_MAX = 5_000_000

# What may be said in each language, and how long. Intro and closing stand on every invoice, so they are as short as a
# draft's own.
SUBJECT_LENGTH, BODY_LENGTH = 200, 5000
# A mail of its own for what is not an invoice to be paid; without one the built-in words are used.
MAILS = ("mail", "nothing_to_pay_mail", "credit_note_mail", "withdrawal_mail")
TEXT_LENGTHS = (
    {"intro": 500, "closing": 500, "footer": 1000}
    | {f"{mail}_subject": SUBJECT_LENGTH for mail in MAILS}
    | {f"{mail}_body": BODY_LENGTH for mail in MAILS}
)

_KEPT = (
    "logo", "template", "accent_colour", "ink_colour", "font", "sender_name", "sender_email", "reply_to", "texts",
)  # fmt: skip
_LOGO_KINDS = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class FileGiven:
    """A file somebody hands over: its bytes and what they are said to be."""

    content: bytes
    media_type: str


class LookChanges(TypedDict, total=False):
    """What may be changed of a look. None takes a logo or template away."""

    logo: FileGiven | None
    template: FileGiven | None
    accent_colour: str
    ink_colour: str
    font: str
    sender_name: str
    sender_email: str
    reply_to: str
    texts: Mapping[str, Mapping[str, str]]


def change_look(*, acting: Acting, now: datetime, **changes: Unpack[LookChanges]) -> Look:
    """The look from now on; what is not named stays as it is, and texts per language too.

    A template is kept as it is given: whether it compiles is checked by whoever calls this, before.
    """
    require(acting, Permission.CONFIGURE)
    tidied = tidy_entries(changes, _TIDIERS)
    with atomic_write():
        seller = locked_seller(acting)
        look = current_look(seller.pk) or Look(seller=seller)
        for field in ("logo", "template"):
            given: FileGiven | None = tidied.get(field)
            if given is not None:
                tidied[field] = store_file(given.content, media_type=given.media_type, now=now)
        if "texts" in tidied:
            tidied["texts"] = _joined_texts(look.texts, tidied["texts"])
        changed = set_fields(look, tidied)
        if changed or look.pk is None:
            look.pk = None
            look._state.adding = True
            look.created_at = now
            look.save(force_insert=True)
            record_event(
                seller_id=seller.pk, subject=look, verb="changed", actor_id=acting.user_id, now=now, details=changed
            )
    return look


def reuse_look(*, acting: Acting, look_id: int, now: datetime) -> Look:
    """An earlier look of the seller is in force again, in every part; what was in force stays in the history."""
    require(acting, Permission.CONFIGURE)
    with atomic_write():
        seller = locked_seller(acting)
        look = look_of_seller(acting, look_id)
        current = current_look(seller.pk) or look
        changed = set_fields(current, {name: getattr(look, name) for name in _KEPT})
        if changed:
            current.pk = None
            current._state.adding = True
            current.created_at = now
            current.save(force_insert=True)
            record_event(
                seller_id=seller.pk, subject=current, verb="changed", actor_id=acting.user_id, now=now, details=changed
            )
    return current


def _joined_texts(kept: dict[str, Any], entered: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Texts per language, those entered in place of those kept; an empty text takes one away."""
    joined = {}
    for language in entries.LANGUAGES:
        texts = {**kept.get(language, {}), **entered.get(language, {})}
        texts = {name: text for name, text in texts.items() if text}
        if texts:
            joined[language] = texts
    return joined


def tidy_logo(field: str, value: object) -> FileGiven | None:
    """The picture with the kind that its content shows."""
    if value is None:
        return None
    if not isinstance(value, FileGiven):
        raise EntryRefused(field, why=_("It is no file."), remedy=_("Choose a file."))
    if len(value.content) > LOGO_BYTES_MAX:
        why = _("It is larger than %(most)s megabytes.") % {"most": LOGO_BYTES_MAX // 1_000_000}
        raise EntryRefused(field, why=why, remedy=_("Make the picture smaller."))
    kind = next((kind for mark, kind in _LOGO_KINDS.items() if value.content.startswith(mark)), None)
    if kind is None and b"<svg" in value.content[:2000]:
        kind = "image/svg+xml"
    if kind is None:
        raise EntryRefused(field, why=_("It is no PNG, JPEG or SVG."), remedy=_("Save the picture as one of these."))
    return FileGiven(value.content, kind)


def _template(field: str, value: object) -> FileGiven | None:
    if value is None:
        return None
    if not isinstance(value, FileGiven) or not value.content:
        raise EntryRefused(field, why=_("It is no file."), remedy=_("Choose a file."))
    if len(value.content) > TEMPLATE_BYTES_MAX:
        why = _("It is larger than %(most)s megabytes.") % {"most": TEMPLATE_BYTES_MAX // 1_000_000}
        raise EntryRefused(field, why=why, remedy=_("Use smaller pictures and fonts in it."))
    return value


def _texts(field: str, value: object) -> dict[str, dict[str, str]]:
    if not isinstance(value, Mapping):
        raise EntryRefused(field, why=_("It holds no texts."), remedy=_("Enter texts per language."))
    tidied: dict[str, dict[str, str]] = {}
    for language, texts in value.items():
        known = entries.language(field, language)
        if not isinstance(texts, Mapping):
            raise EntryRefused(field, why=_("It holds no texts."), remedy=_("Enter texts per language."))
        tidied[known] = tidy_entries(texts, _TEXT_TIDIERS)
    return tidied


def _paragraphs(length: int) -> Tidy:
    def tidy(field: str, value: object) -> str:
        tidied = entries.long_text(field, value)
        if len(tidied) > length:
            why = _("It is longer than %(length)s characters.") % {"length": length}
            raise EntryRefused(field, why=why, remedy=_("Shorten it."), value=tidied)
        return tidied

    return tidy


_TEXT_TIDIERS: dict[str, Tidy] = {name: _paragraphs(length) for name, length in TEXT_LENGTHS.items()} | {
    # A line break in a subject would let whoever writes it add headers to a mail.
    f"{mail}_subject": entries.text(SUBJECT_LENGTH)
    for mail in MAILS
}
_TIDIERS: dict[str, Tidy] = {
    "logo": tidy_logo,
    "template": _template,
    "accent_colour": entries.colour,
    "ink_colour": entries.colour,
    "font": text_of(Look, "font"),
    "sender_name": text_of(Look, "sender_name"),
    "sender_email": entries.email_or_none,
    "reply_to": entries.email_or_none,
    "texts": _texts,
}
