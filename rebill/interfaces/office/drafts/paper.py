"""The draft as paper: everything on it in the customer's language and the seller's colours, its lines open to edits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.utils import translation

from rebill.catalogue.queries.groups import group_title
from rebill.interfaces import formats
from rebill.invoices.documents.contract import DocumentContent, PartyBlock, TaxContent
from rebill.invoices.documents.languages import wording_of
from rebill.invoices.documents.languages.wording import Wording, chamber_label
from rebill.rules.money import Money
from rebill.rules.references import grouped_iban
from rebill.runs.queries.shown import ShownLine


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A line as it is typed; `charge_id` names its fields."""

    charge_id: int | None
    text: str
    period: str
    quantity: str
    price: str
    amount: str
    is_edited: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under one heading."""

    title: str
    lines: tuple[PaperLine, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything on the paper, in words of its own language."""

    language: str
    words: Wording
    seller_name: str
    seller: tuple[str, ...]
    customer_name: str
    customer: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    sums: tuple[tuple[str, str], ...]
    total: str
    texts: tuple[str, ...]
    payment: str
    footer: str
    opening: str
    closing: str


def paper_of(content: DocumentContent, lines: Sequence[ShownLine], today: date) -> Paper:
    """The paper of a draft. `lines` are those of `content`, with what an edit needs to know of them."""
    wording = wording_of(content.language)
    with translation.override(content.language):
        return Paper(
            language=content.language,
            words=wording,
            seller_name=content.seller.name,
            seller=tuple(
                each for each in (*content.seller.address, content.seller.website, content.seller.phone) if each
            ),
            customer_name=content.customer.party.name,
            customer=_customer(content, wording),
            facts=_facts(content, wording),
            groups=_groups(lines, content.language, today),
            sums=(
                (wording.net, formats.amount(content.net)),
                *((_tax(each, wording), formats.amount(each.tax)) for each in content.taxes),
            ),
            total=formats.money(content.gross),
            texts=content.texts,
            payment=_payment(content, wording),
            footer=_footer(content, wording),
            opening=content.opening,
            closing=content.closing,
        )


def _customer(content: DocumentContent, wording: Wording) -> tuple[str, ...]:
    customer = content.customer
    attention = wording.attention.format(name=customer.attention) if customer.attention else ""
    return tuple(each for each in (attention, *customer.party.address, *_ids(customer.party, wording)) if each)


def _ids(party: PartyBlock, wording: Wording) -> list[str]:
    label = party.chamber_label or chamber_label(wording, party.country)
    return [
        f"{wording.vat_id} {party.vat_id}" if party.vat_id else "",
        f"{label} {party.chamber_id}" if party.chamber_id else "",
    ]


def _facts(content: DocumentContent, wording: Wording) -> tuple[tuple[str, str], ...]:
    facts = [
        (wording.draft, wording.no_number_yet),
        (wording.date, formats.day(content.issued_on)),
        (wording.due, formats.day(content.due_on) if content.due_on else ""),
        (wording.customer_number, content.customer.number),
        (wording.customer_reference, content.customer.reference),
    ]
    return tuple((name, value) for name, value in facts if value)


def _groups(lines: Sequence[ShownLine], language: str, today: date) -> tuple[Group, ...]:
    return tuple(
        Group(group_title(number, language), tuple(_line(each, today) for each in of_group))
        for number, of_group in groupby(lines, key=lambda each: each.line.summary_group)
    )


def _line(shown: ShownLine, today: date) -> PaperLine:
    line = shown.line
    return PaperLine(
        charge_id=shown.charge_id,
        text=shown.text,
        period=formats.period(line.starts_on, line.ends_before, today),
        quantity=formats.number(Decimal(line.prorated_e8).scaleb(-8).normalize()),
        price=formats.price(Decimal(line.price_e6).scaleb(-6)),
        amount=formats.amount(Money(line.amount_minor, line.currency)),
        is_edited=line.edited,
    )


def _tax(tax: TaxContent, wording: Wording) -> str:
    return tax.text or wording.taxes[tax.category].format(
        rate=formats.percentage(tax.rate), base=formats.amount(tax.base)
    )


def _payment(content: DocumentContent, wording: Wording) -> str:
    payment = content.payment
    if payment is None:
        return ""
    said = wording.transfer_before if payment.due_on else wording.transfer
    return said.format(
        amount=formats.money(content.gross),
        iban=grouped_iban(payment.iban),
        holder=payment.account_holder,
        day=formats.day(payment.due_on),
    )


def _footer(content: DocumentContent, wording: Wording) -> str:
    seller = content.seller
    account = wording.account.format(iban=grouped_iban(seller.iban), holder=seller.name) if seller.iban else ""
    return " · ".join(each for each in (*_ids(seller, wording), account) if each)
