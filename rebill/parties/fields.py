"""The fields of sellers and customers as commands and imports take them, each with the way it is tidied."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from rebill.kit.errors import Problem
from rebill.parties import entries, identifiers
from rebill.parties.entries import EntryRefused, Tidy, text_of, tidy_entries
from rebill.parties.models import Contact, Customer, CustomerKind, DeliveryChannel, Seller
from rebill.rules.money import Money
from rebill.rules.proration import ProrationBase
from rebill.rules.tax import VatScheme


class AddressFields(TypedDict, total=False):
    """A postal address; the country as a code of two letters or as a name."""

    street: str
    street_extra: str
    postcode: str
    city: str
    country: str


class SellerTerms(AddressFields, total=False):
    """What may be said of a seller besides its name."""

    legal_name: str
    vat_id: str
    tax_number: str
    chamber_id: str
    register_court: str
    email: str
    phone: str
    website: str
    time_zone: str
    currency: str
    language: str
    languages: Sequence[str]
    payment_term_days: int | None
    proration_base: str
    vat_scheme: str
    uses_oss: bool
    approval_needs_two: bool
    masked_digits: int
    auto_approve_max: Money | None
    export_emails: Sequence[str]
    export_layout: Mapping[str, Any]


class SellerChanges(SellerTerms, total=False):
    """What may be changed of a seller; its slug stays."""

    name: str


class CustomerTerms(AddressFields, total=False):
    """What may be said of a customer besides its name and number."""

    kind: str
    attention: str
    vat_id: str
    chamber_id: str
    language: str
    currency: str
    payment_term_days: int | None
    invoice_interval_months: int
    invoice_months: Sequence[int]
    invoice_emails: Sequence[str]
    channel: str
    cost_centre: str
    per_cost_centre: bool
    dimensions: Mapping[str, str]
    invoice_reference: str
    notes: str


class CustomerChanges(CustomerTerms, total=False):
    """What may be changed of a customer; its number is given with `give_customer_number`."""

    name: str


class ContactChanges(TypedDict, total=False):
    """What may be changed of a person at a customer."""

    name: str
    email: str
    phone: str
    role: str


def _export_layout(field: str, value: object) -> dict[str, Any]:
    """Kept as it is: the exports know what a layout may hold and check it before it comes here."""
    if not isinstance(value, Mapping):
        raise EntryRefused(field, why=_("It is no layout."), remedy=_("Choose one of the layouts."), value=value)
    return dict(value)


def _amount_or_none(field: str, value: object) -> Money | None:
    if value is not None and (not isinstance(value, Money) or value.minor < 0):
        why = _("It is no amount of money of zero or more.")
        raise EntryRefused(field, why=why, remedy=_("Enter an amount."), value=value)
    return value


def _address_tidiers(model: type[Seller] | type[Customer]) -> dict[str, Tidy]:
    lines = ("street", "street_extra", "postcode", "city")
    return {field: text_of(model, field) for field in lines} | {"country": entries.country}


# Numbers are entered with spaces and dots, and measured without them.
# As many last digits of a number can be hidden.
MASKED_MAX = 6

_LOOSE_NUMBER = entries.text(60)
_vat_id_that_fits = text_of(Customer, "vat_id")

_SELLER_TIDIERS: dict[str, Tidy] = {
    "name": text_of(Seller, "name", required=True),
    "vat_id": _LOOSE_NUMBER,
    **{
        field: text_of(Seller, field)
        for field in ("legal_name", "tax_number", "chamber_id", "register_court", "phone", "website")
    },
    **_address_tidiers(Seller),
    "email": entries.email_or_none,
    "time_zone": entries.time_zone,
    "currency": entries.currency,
    "language": entries.language,
    "languages": entries.languages,
    "payment_term_days": entries.payment_term_or_none,
    "proration_base": entries.one_of(ProrationBase),
    "vat_scheme": entries.one_of(VatScheme),
    "uses_oss": entries.yes_or_no,
    "approval_needs_two": entries.yes_or_no,
    "masked_digits": entries.whole_number(0, MASKED_MAX),
    "auto_approve_max": _amount_or_none,
    "export_emails": entries.emails,
    "export_layout": _export_layout,
}

_CUSTOMER_TIDIERS: dict[str, Tidy] = {
    "name": text_of(Customer, "name", required=True),
    "vat_id": _LOOSE_NUMBER,
    **{field: text_of(Customer, field) for field in ("attention", "chamber_id", "cost_centre", "invoice_reference")},
    **_address_tidiers(Customer),
    "kind": entries.one_of(CustomerKind.values),
    "language": entries.language_or_none,
    "currency": entries.currency_or_none,
    "payment_term_days": entries.payment_term_or_none,
    "invoice_interval_months": entries.one_number_of({1, 3, 6, 12}),
    "invoice_months": entries.months,
    "invoice_emails": entries.emails,
    "channel": entries.one_of(DeliveryChannel.values),
    "per_cost_centre": entries.yes_or_no,
    "dimensions": entries.keyed_texts,
    "notes": entries.long_text,
}
CUSTOMER_FIELDS = tuple(_CUSTOMER_TIDIERS)

_CONTACT_TIDIERS: dict[str, Tidy] = {
    "name": text_of(Contact, "name", required=True),
    "email": entries.email_or_none,
    "phone": text_of(Contact, "phone"),
    "role": text_of(Contact, "role"),
}

tidy_customer_number = text_of(Customer, "number", required=True)


def tidy_seller(entered: Mapping[str, object], *, kept: Mapping[str, object]) -> dict[str, Any]:
    """The entered fields of a seller as they are kept; `kept` is what stands now, for fields that hang together."""
    tidied = _with_tidy_ids(tidy_entries(entered, _SELLER_TIDIERS), kept)
    if "languages" in tidied or "language" in tidied:
        first = str(tidied.get("language", kept["language"]))
        others = tidied.get("languages", kept["languages"])
        tidied["languages"] = list(dict.fromkeys([first, *others]))
    amount = tidied.get("auto_approve_max")
    currency = tidied.get("currency", kept["currency"])
    if amount is not None and amount.currency != currency:
        remedy = _("Enter it in %(currency)s.") % {"currency": currency}
        raise EntryRefused("auto_approve_max", why=_("It is in another currency."), remedy=remedy, value=amount)
    if currency != kept["currency"]:
        tidied.setdefault("auto_approve_max", None)
    # The currency stands first, because amounts of the row are read in it.
    return {"currency": currency, **tidied}


def tidy_customer(entered: Mapping[str, object], *, kept: Mapping[str, object]) -> dict[str, Any]:
    """The entered fields of a customer as they are kept; `kept` is what stands now."""
    return _with_tidy_ids(tidy_entries(entered, _CUSTOMER_TIDIERS), kept)


def tidy_contact(entered: Mapping[str, object]) -> dict[str, Any]:
    """The entered fields of a person at a customer as they are kept."""
    return tidy_entries(entered, _CONTACT_TIDIERS)


def identifier_problems(fields: Mapping[str, Any], *, where: str) -> list[Problem]:
    """Warnings about the VAT id and the chamber of commerce id of a party."""
    country = fields["country"]
    return [
        *identifiers.vat_id_problems(fields["vat_id"], country, where=where),
        *identifiers.chamber_id_problems(fields["chamber_id"], country, where=where),
    ]


def _with_tidy_ids(tidied: dict[str, Any], kept: Mapping[str, object]) -> dict[str, Any]:
    country = str(tidied.get("country", kept["country"]))
    if "vat_id" in tidied:
        tidied["vat_id"] = _vat_id_that_fits("vat_id", identifiers.tidy_vat_id(tidied["vat_id"], country))
    if "chamber_id" in tidied:
        tidied["chamber_id"] = identifiers.tidy_chamber_id(tidied["chamber_id"], country)
    return tidied
