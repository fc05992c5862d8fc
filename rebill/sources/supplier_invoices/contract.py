"""What a reader of purchase invoices gives: the invoice as its supplier states it, nothing matched and nothing mended.

Amounts are decimals as they are written. A credit note states what it gives back as it is printed, without a minus;
`sign` says which way its amounts count.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple, Protocol

from rebill.rules.errors import Invalid
from rebill.rules.matching.places import Place


class Unreadable(Invalid):
    """The file is none of the reader's format after all, or lacks what no invoice can do without."""


class PurchaseKind(StrEnum):
    """An invoice asks for money, a credit note gives some back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class RowKind(StrEnum):
    """A row of the supplier; one that only says something; an allowance or charge on the whole document; or what the
    rows and the total of the document differ by."""

    ROW = "row"
    REMARK = "remark"
    CHARGE = "charge"
    DIFFERENCE = "difference"


class Doubt(NamedTuple):
    """Something about the document that a person should know, though it can be read: a code of `words.py`."""

    code: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class StatedParty:
    """A party as the document names it. `numbers` are its VAT id, register number and the like, as written."""

    name: str
    numbers: tuple[str, ...] = ()
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRow:
    """One row. `net` is without VAT; `unit_price` is for one unit and None where the supplier gives none.

    `named` is what may name the end customer, as number and name by place; `texts` is everything else that it says.
    """

    kind: RowKind = RowKind.ROW
    code: str = ""
    name: str = ""
    unit: str = ""
    quantity: Decimal = Decimal(1)
    unit_price: Decimal | None = None
    net: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    gross: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    named: Mapping[Place, tuple[str, str]] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedInvoice:
    """The whole document. `net`, `vat` and `gross` are its own totals, `payable` what it asks to be paid."""

    format: str
    version: str
    kind: PurchaseKind
    number: str
    issued_on: date
    currency: str
    supplier: StatedParty
    buyer: StatedParty
    net: Decimal
    vat: Decimal
    gross: Decimal
    rows: tuple[StatedRow, ...]
    due_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    payable: Decimal | None = None
    corrects: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def sign(self) -> int:
        """1 for what we owe, -1 for what we get back."""
        return -1 if self.kind is PurchaseKind.CREDIT_NOTE else 1


class Reader(Protocol):
    """Reads one format. It knows nothing of sellers, customers or the database."""

    @property
    def name(self) -> str: ...

    def recognises(self, content: bytes) -> bool:
        """Whether the bytes look like the reader's format; cheap, and never an error."""

    def read(self, content: bytes) -> StatedInvoice:
        """The document. Unreadable when it is broken, or lacks a number, date, currency or total."""
