"""Every sentence that a document can say in one language; the module of each language fills in this form.

Sentences are whole, with places in braces, because the order of words differs by language; what can be one or several
has a wording for each.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from rebill.invoices.documents.contract import DocumentKind
from rebill.rules.tax import TaxCategory


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one language; `locale` is the CLDR locale whose numbers and days it uses."""

    locale: str

    # The kind of document, and what it is before it has a number.
    kinds: Mapping[DocumentKind, str]
    draft: str
    no_number_yet: str
    copy: str
    corrects: str  # {number} {day}

    # The facts beside the address.
    date: str
    due: str
    supplied_on: str
    supplied_in: str
    customer_number: str
    payment_reference: str
    customer_reference: str
    order: str
    orders: str
    attention: str  # {name}
    vat_id: str
    chambers: Mapping[str, str]  # by country

    # The lines.
    description: str
    period: str
    quantity: str
    price: str
    rate: str
    amount: str
    corrects_document: str  # {number}
    units: Mapping[str, str]  # of the units that rebill itself knows; those a seller writes stand as they are

    # The sums.
    net: str
    gross: str
    taxes: Mapping[TaxCategory, str]  # {rate} {base}
    untaxed: Mapping[TaxCategory, str]  # what stands in the rate column of a line without a rate
    own_currency_tax: str  # {currency}

    # The payment.
    transfer: str  # {amount} {iban} {holder}
    transfer_before: str  # {amount} {iban} {holder} {day}
    quote: str  # {reference}
    foreign_bank: str  # {bic}
    scan: str
    code: str

    # The margins.
    account: str  # {iban} {holder}
    page: str  # {page} {pages}
    logo: str  # {seller}


def chamber_label(wording: Wording, country: str) -> str:
    """What the register of companies is called in a country; a country we do not know by name has no label."""
    return wording.chambers.get(country, "")


def unit_label(wording: Wording, unit: str) -> str:
    """The unit after a quantity: a number alone is so many pieces."""
    return wording.units.get(unit, unit)
