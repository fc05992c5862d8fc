"""A document as the template gets it: only texts, every number and day already in words of the document's language.

The shape of what `printed` returns is told to people who write templates in docs/how-to/own-invoice-template.md.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from babel import Locale

from rebill.invoices.documents.contract import (
    DocumentContent,
    DocumentKind,
    LineContent,
    PartyBlock,
    PaymentContent,
    TaxContent,
)
from rebill.invoices.documents.languages import wording_of
from rebill.invoices.documents.languages.wording import Wording, chamber_label, unit_label
from rebill.invoices.documents.pdf.days import day_in_words, period_in_words
from rebill.invoices.documents.pdf.figures import (
    amount,
    amount_with_currency,
    plain,
    rate,
    shown_quantity,
)
from rebill.invoices.documents.pdf.long_words import (
    FACT_LETTERS_MAX,
    all_breakable,
    breakable,
    has_long_words,
)
from rebill.invoices.documents.pdf.payment_code import payment_code_svg
from rebill.rules.money import digits_of
from rebill.rules.periods import Period
from rebill.rules.references import grouped_iban

NO_BREAK = "\N{NO-BREAK SPACE}"
SEPARATOR = " · "
# As many letters as stand side by side in the footer, and as a name may take in the header of a later page.
_FOOTER_WIDTH = 115
_NAME_WIDTH = 30
# What the columns beside the description may take, and about what a letter and the gap before a column take.
_FIGURES_MM_MAX = 112
_LETTER_MM = 2.0
_GAP_MM = 5.5

Rows = list[list[str]]


def printed(content: DocumentContent, *, logo_path: str | None, fonts: Sequence[str]) -> dict[str, Any]:
    """Everything the template prints. `logo_path` is where Typst finds the logo, `fonts` the families to take."""
    wording = wording_of(content.language)
    heading = f"{_kind(content, wording)} {content.number}".rstrip()
    payment = content.payment if _is_to_be_paid(content) else None
    groups = _groups(content, wording)
    columns = _columns(groups, content, wording)
    texts = {
        "title": heading,
        "stamp": wording.copy if content.copy else "" if content.number else wording.draft,
        "running": SEPARATOR.join((_short(content.seller.name), heading, _short(content.customer.party.name))),
        "seller": {"name": content.seller.name, "lines": _seller_lines(content, wording)},
        "customer": {"name": content.customer.party.name, "lines": _customer_lines(content, wording)},
        "facts": _facts(content, payment, wording),
        "opening": _opening(content, wording),
        "groups": groups,
        "sums": _sums(content, wording),
        "total": [wording.gross, amount_with_currency(content.gross, locale=wording.locale)],
        "after_total": _after_total(content, wording),
        "texts": _paragraphs(*content.texts),
        "payment": None if payment is None else _payment_sentences(content, payment, wording),
        "closing": _paragraphs(content.closing),
        "footer": _footer(content, payment, wording),
    }
    shown: dict[str, Any] = all_breakable(texts)
    return shown | {
        "has_long_words": has_long_words(shown),
        "language": content.language,
        "kind": str(content.kind),
        "columns": columns,
        "page": wording.page,
        "code": _code(payment, wording),
        "look": {
            "accent": content.look.accent,
            "ink": content.look.ink,
            "fonts": list(fonts),
            "logo": logo_path,
            "logo_alt": wording.logo.format(seller=content.seller.name),
        },
    }


def _kind(content: DocumentContent, wording: Wording) -> str:
    return wording.kinds[content.kind] if content.number else wording.draft


def _is_to_be_paid(content: DocumentContent) -> bool:
    return content.kind == DocumentKind.INVOICE and content.gross.minor > 0


def _seller_lines(content: DocumentContent, wording: Wording) -> list[str]:
    seller = content.seller
    reached_at = [text for text in (seller.website, seller.email, seller.phone) if text]
    return [*_address(seller, content.customer.party, wording), *reached_at]


def _customer_lines(content: DocumentContent, wording: Wording) -> list[str]:
    party, attention = content.customer.party, content.customer.attention
    return [
        *([wording.attention.format(name=attention)] if attention else []),
        *_address(party, content.seller, wording),
        *_identifiers(party, wording),
    ]


def _address(party: PartyBlock, other: PartyBlock, wording: Wording) -> list[str]:
    """The address, with the country spelled out as soon as the other party is in another one."""
    lines = [line for line in party.address if line]
    country = str(Locale.parse(wording.locale).territories.get(party.country, party.country))
    if party.country != other.country and country.casefold() not in (line.casefold() for line in lines):
        lines.append(country)
    return lines


def _identifiers(party: PartyBlock, wording: Wording) -> list[str]:
    """What registers know the party by, each behind the name of its register."""
    chamber = party.chamber_label or chamber_label(wording, party.country)
    if party.chamber_id[:1].isalpha():
        # German entries name their register themselves, and it may be HRA.
        chamber = chamber.removesuffix("HRB").rstrip()
    return [
        *([f"{chamber} {party.chamber_id}".lstrip()] if party.chamber_id else []),
        *([f"{wording.vat_id} {party.vat_id}"] if party.vat_id else []),
    ]


def _facts(content: DocumentContent, payment: PaymentContent | None, wording: Wording) -> Rows:
    customer, locale = content.customer, wording.locale
    due_on = content.due_on if content.kind == DocumentKind.INVOICE else None
    facts = [
        [_kind(content, wording), content.number or wording.no_number_yet],
        [wording.date, day_in_words(content.issued_on, locale=locale)],
        [wording.due, "" if due_on is None else day_in_words(due_on, locale=locale)],
        _supply(content.supplied, wording),
        [wording.customer_number, customer.number],
        [wording.payment_reference, "" if payment is None else _together(payment.reference)],
        [wording.customer_reference, customer.reference],
        [wording.order if len(customer.orders) == 1 else wording.orders, ", ".join(customer.orders)],
    ]
    return [[label, breakable(value, letters_max=FACT_LETTERS_MAX)] for label, value in facts if value]


def _supply(supplied: Period | None, wording: Wording) -> list[str]:
    if supplied is None:
        return [wording.supplied_in, ""]
    label = wording.supplied_on if supplied.days == 1 else wording.supplied_in
    return [label, period_in_words(supplied, year=None, locale=wording.locale)]


def _opening(content: DocumentContent, wording: Wording) -> list[str]:
    if content.credited is None:
        return _paragraphs(content.opening)
    number, issued_on = content.credited
    corrects = wording.corrects.format(number=number, day=day_in_words(issued_on, locale=wording.locale))
    return [corrects, *_paragraphs(content.opening)]


def _has_several_rates(content: DocumentContent) -> bool:
    return len({(line.category, line.rate) for line in content.lines}) > 1


def _columns(groups: list[dict[str, Any]], content: DocumentContent, wording: Wording) -> Rows:
    """The columns that say something on this document: (key in a line, label).

    Where the figures are so wide that the description would have no room, the period goes below the description.
    """
    lines = [line for group in groups for line in group["lines"]]
    labels = {
        "period": wording.period,
        "quantity": wording.quantity,
        "price": wording.price,
        "rate": wording.rate if _has_several_rates(content) else "",
        "amount": wording.amount,
    }
    shown = [[key, label] for key, label in labels.items() if label and any(line[key] for line in lines)]
    width_mm = sum(_column_mm(label, (line[key] for line in lines)) for key, label in shown)
    if shown and shown[0][0] == "period" and width_mm > _FIGURES_MM_MAX:
        del shown[0]
        for line in lines:
            line["detail"] = [text for text in (line["period"], *line["detail"]) if text]
    return [["text", wording.description], *shown]


def _column_mm(label: str, cells: Iterable[str]) -> float:
    return _GAP_MM + _LETTER_MM * max(len(label), max(map(len, cells), default=0))


def _groups(content: DocumentContent, wording: Wording) -> list[dict[str, Any]]:
    year = content.issued_on.year
    return [
        {"title": title, "lines": [_line(line, year=year, wording=wording) for line in lines]}
        for title, lines in groupby(content.lines, key=lambda line: line.group)
    ]


def _line(line: LineContent, *, year: int, wording: Wording) -> dict[str, Any]:
    locale, price_digits = wording.locale, digits_of(line.net.currency)
    period = line.period
    if isinstance(period, Period):
        period = period_in_words(period, year=year, locale=locale)
    quantity = ""
    if line.quantity is not None:
        shown = shown_quantity(line.quantity, unit_price=line.unit_price, net=line.net)
        quantity = f"{plain(shown, locale=locale)}{NO_BREAK}{unit_label(wording, line.unit)}".rstrip()
    price = "" if line.unit_price is None else plain(line.unit_price, digits_min=price_digits, locale=locale)
    return {
        "text": line.text,
        "detail": [*_correction(line, wording), *_paragraphs(line.detail)],
        "period": period or "",
        "quantity": quantity,
        "price": price,
        "rate": wording.untaxed.get(line.category) or rate(line.rate, locale=locale),
        "amount": amount(line.net, locale=locale),
    }


def _correction(line: LineContent, wording: Wording) -> list[str]:
    return [wording.corrects_document.format(number=_together(line.corrects))] if line.corrects else []


def _sums(content: DocumentContent, wording: Wording) -> Rows:
    net = [wording.net, amount(content.net, locale=wording.locale)]
    return [net, *(_tax(tax, wording) for tax in content.taxes)]


def _tax(tax: TaxContent, wording: Wording) -> list[str]:
    locale = wording.locale
    text = tax.text or wording.taxes[tax.category].format(
        rate=rate(tax.rate, locale=locale), base=amount(tax.base, locale=locale)
    )
    return [text, amount(tax.tax, locale=locale)]


def _after_total(content: DocumentContent, wording: Wording) -> Rows:
    tax = content.tax_in_own_currency
    if tax is None:
        return []
    label = wording.own_currency_tax.format(currency=tax.currency)
    return [[label, amount_with_currency(tax, locale=wording.locale)]]


def _payment_sentences(content: DocumentContent, payment: PaymentContent, wording: Wording) -> list[str]:
    """What the seller says about paying, or else how to pay by bank transfer."""
    scan = [wording.scan] if payment.epc_payload else []
    if payment.method_text:
        return _paragraphs(payment.method_text)
    transfer = wording.transfer if payment.due_on is None else wording.transfer_before
    sentences = [
        transfer.format(
            amount=amount_with_currency(content.gross, locale=wording.locale),
            iban=grouped_iban(payment.iban),
            holder=payment.account_holder,
            day="" if payment.due_on is None else day_in_words(payment.due_on, locale=wording.locale),
        )
    ]
    if payment.reference:
        sentences.append(wording.quote.format(reference=_together(payment.reference)))
    if payment.bic:
        sentences.append(wording.foreign_bank.format(bic=payment.bic))
    return [" ".join(sentences + scan)]


def _code(payment: PaymentContent | None, wording: Wording) -> dict[str, str] | None:
    if payment is None or not payment.epc_payload:
        return None
    return {"svg": payment_code_svg(payment.epc_payload), "alt": wording.code}


def _footer(content: DocumentContent, payment: PaymentContent | None, wording: Wording) -> list[str]:
    """Who the seller is to the registers and the bank, then the seller's own words."""
    seller, bank = content.seller, []
    if seller.iban:
        holder = seller.name if payment is None else payment.account_holder
        bank.append(wording.account.format(iban=grouped_iban(seller.iban), holder=holder))
    if seller.bic:
        bank.append(f"BIC{NO_BREAK}{seller.bic}")
    registers, bank_line = SEPARATOR.join(_identifiers(seller, wording)), SEPARATOR.join(bank)
    together = SEPARATOR.join(filter(None, (registers, bank_line)))
    lines = (together,) if len(together) <= _FOOTER_WIDTH else (registers, bank_line)
    return _paragraphs(*lines, content.look.footer)


def _short(name: str) -> str:
    return name if len(name) <= _NAME_WIDTH else f"{name[: _NAME_WIDTH - 1].rstrip()}…"


def _together(text: str) -> str:
    return text.replace(" ", NO_BREAK)


def _paragraphs(*texts: str) -> list[str]:
    return [line for text in texts for line in text.splitlines() if line.strip()]
