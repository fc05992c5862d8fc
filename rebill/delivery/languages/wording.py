"""What a mail can be about, and the form that the module of each language fills in."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MailKind(StrEnum):
    """What the mail tells: money is asked, nothing is to be paid, money is given back, an invoice is withdrawn."""

    INVOICE = "invoice"
    NOTHING_TO_PAY = "nothing_to_pay"
    CREDIT_NOTE = "credit_note"
    WITHDRAWAL = "withdrawal"


@dataclass(frozen=True, slots=True)
class MailText:
    """A subject and a body, with places in braces."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class MailWording:
    """The mails of one language. `locale` is the CLDR locale of its amounts and days, `document` names the file."""

    locale: str
    texts: Mapping[MailKind, MailText]
    document: Mapping[MailKind, str]
