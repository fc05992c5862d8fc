"""What a document renderer gets and gives: frozen values, and one small Protocol.

Everything here is as printed. Sums are not added again, texts are not translated again and nothing is looked up, so a
document made twice from the same content is the same to the last byte.
"""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from rebill.rules.money import Money
from rebill.rules.periods import Period
from rebill.rules.tax import TaxCategory


class DocumentKind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


@dataclass(frozen=True, slots=True)
class PartyBlock:
    """A party as it stands on paper; `address` holds the lines below the name, without the country.

    `country` is the ISO 3166 code; it is spelled out on paper when seller and customer are in different countries.
    `chamber_label` names the register as the law of the party's country wants it read, for example "Amtsgericht
    Bremen, HRB" or "RPR Antwerpen"; empty means the usual name in that country (KvK, HRB, Y-tunnus, RPR).
    """

    name: str
    address: tuple[str, ...]
    country: str
    vat_id: str = ""
    chamber_id: str = ""
    chamber_label: str = ""
    iban: str = ""
    bic: str = ""
    phone: str = ""
    email: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class CustomerBlock:
    """Whom the document is for, with what this customer wants to read on it."""

    party: PartyBlock
    number: str = ""
    attention: str = ""
    reference: str = ""
    orders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LineContent:
    """One line. `net` is printed as it is; quantity and unit price (without VAT) may be left out if they say nothing.

    Lines with the same `group` that follow each other stand under one heading. `rate` is in percent. `corrects` is the
    number of the document that the line puts right.
    """

    text: str
    net: Money
    category: TaxCategory
    rate: Decimal
    group: str = ""
    detail: str = ""
    period: Period | str | None = None
    quantity: Decimal | None = None
    unit: str = ""
    unit_price: Decimal | None = None
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class TaxContent:
    """VAT of one category and rate (in percent); an empty `text` means the usual wording, as "21% btw over 355,22"."""

    category: TaxCategory
    rate: Decimal
    base: Money
    tax: Money
    text: str = ""


@dataclass(frozen=True, slots=True)
class PaymentContent:
    """How to pay. An empty `method_text` means: by bank transfer, in the document's own words.

    `epc_payload` is the text of the SEPA QR code (EPC069-12); without it no code is drawn.
    """

    iban: str
    account_holder: str
    reference: str = ""
    bic: str = ""
    method_text: str = ""
    epc_payload: str | None = None
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Logo:
    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class Template:
    """A seller's own Typst template, as (path inside its folder, content); the one named `invoice.typ` is laid out."""

    files: tuple[tuple[str, bytes], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Look:
    """How a seller's documents look; colours as #rrggbb, the font by family name."""

    accent: str = "#24292f"
    ink: str = "#211f1b"
    font: str = "Inter"
    logo: Logo | None = None
    footer: str = ""
    template: Template | None = None


@dataclass(frozen=True, slots=True)
class DocumentContent:
    """One invoice or credit note, whole and frozen.

    An empty `number` is a draft's preview and is marked as such. `supplied` is when the supply took place; a period of
    one day is printed as a day. `tax_in_own_currency` is the VAT in the currency of the seller's country, which
    Directive 2006/112 art. 230 asks for when the document is in another one. `credited` names the invoice that a credit
    note corrects: its number and the day it was issued. `texts` are what the law wants said (exemptions, reverse
    charge), already in the document's language; `copy` marks a second print.
    """

    kind: DocumentKind
    language: str
    number: str
    issued_on: date
    currency: str
    seller: PartyBlock
    customer: CustomerBlock
    lines: tuple[LineContent, ...]
    taxes: tuple[TaxContent, ...]
    net: Money
    tax: Money
    gross: Money
    due_on: date | None = None
    supplied: Period | None = None
    tax_in_own_currency: Money | None = None
    texts: tuple[str, ...] = ()
    payment: PaymentContent | None = None
    credited: tuple[str, date] | None = None
    opening: str = ""
    closing: str = ""
    look: Look = Look()
    copy: bool = False


class DocumentRenderer(Protocol):
    """A format of documents: what it is called, what its bytes are, and how they are made.

    `render` gives the same bytes for the same content, and raises Invalid when the content cannot be laid out.
    """

    @property
    def name(self) -> str: ...

    @property
    def media_type(self) -> str: ...

    def render(self, content: DocumentContent) -> bytes: ...
