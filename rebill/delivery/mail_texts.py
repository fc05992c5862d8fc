"""The text of a mail: the seller's own words where it has any, ours in the customer's language where it has none.

A seller's text names its places in braces: {number} {customer} {total} {due_on} {seller}, and {withdrawn} in a
withdrawal. A place is replaced by its words and by nothing else: there is no way from a text into the program.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date
from babel.numbers import format_currency

from rebill.delivery.languages import LANGUAGES, MailKind, MailText, MailWording
from rebill.rules.money import Money

PLACES = ("number", "customer", "total", "due_on", "seller", "withdrawn")

# How a seller's texts are named in its look, per kind: a seller who wrote only the mail of its invoices keeps our
# words for the others, because "please pay" would be wrong there.
NAMES = {
    MailKind.INVOICE: "mail",
    MailKind.NOTHING_TO_PAY: "nothing_to_pay_mail",
    MailKind.CREDIT_NOTE: "credit_note_mail",
    MailKind.WITHDRAWAL: "withdrawal_mail",
}
_PLACE = re.compile(r"\{([^{}]*)\}")
_UNSAFE_IN_NAME = re.compile(r"[^\w.-]+")

SellerTexts = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class MailFacts:
    """What a mail can mention. `total` is shown without its sign: a credit note says by its name that it gives back."""

    kind: MailKind
    number: str
    customer: str
    seller: str
    total: Money
    due_on: date
    withdrawn: str = ""


def mail_text(facts: MailFacts, *, language: str, fallback: str, texts: SellerTexts) -> MailText:
    """Subject and body in `language`, or in `fallback` when nobody has words in it, filled in.

    Subject and body are chosen apart: a seller may write one and leave us the other.
    """
    wording = wording_in(language, fallback)
    name = NAMES[facts.kind]
    own = texts.get(language) or {}
    ours = wording.texts[facts.kind]
    words = _words(facts, wording.locale)
    subject = fill(own.get(f"{name}_subject") or ours.subject, words)
    body = fill(own.get(f"{name}_body") or ours.body, words)
    # A heading is one line, whatever was pasted into it.
    return MailText(" ".join(subject.split()), body)


def wording_in(language: str, fallback: str) -> MailWording:
    """Our words in the language, else in the fallback, else in English."""
    return LANGUAGES.get(language) or LANGUAGES.get(fallback) or LANGUAGES["en"]


def fill(text: str, words: Mapping[str, str]) -> str:
    """The text with its places filled; braces around anything else stay as they are."""
    return _PLACE.sub(lambda place: words.get(place[1], place[0]), text)


def unknown_places(text: str) -> tuple[str, ...]:
    """The names in braces that nothing would be filled in for: to be shown to the seller who wrote them."""
    return tuple(name for name in _PLACE.findall(text) if name not in PLACES)


def file_name(facts: MailFacts, *, language: str, fallback: str) -> str:
    """The name of the attached PDF, safe on every system: "Factuur-2026-00042.pdf"."""
    document = wording_in(language, fallback).document[facts.kind]
    return f"{_UNSAFE_IN_NAME.sub('-', f'{document} {facts.number}').strip('-.')}.pdf"


def _words(facts: MailFacts, locale: str) -> dict[str, str]:
    total = abs(facts.total)
    return {
        "number": facts.number,
        "customer": facts.customer,
        "seller": facts.seller,
        "withdrawn": facts.withdrawn,
        "total": format_currency(total.decimal, total.currency, locale=locale),
        "due_on": format_date(facts.due_on, "long", locale=locale),
    }
