"""What is frozen on documents when they are issued: the seller's side once, the customer's side per document."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from rebill.kit.bulk import Numbers, read_all
from rebill.parties.models import Customer, Look, Seller, SellerAccount
from rebill.parties.queries import current_look
from rebill.rules.terms import term_days
from rebill.runs.queries.customers import DRAFT_CUSTOMER_COLUMNS, DraftCustomer, draft_customer


@dataclass(frozen=True, slots=True)
class FrozenCustomer:
    """A customer for the moment of issuing: its terms, and the content that is frozen."""

    draft_view: DraftCustomer
    language: str
    payment_term_days: int | None
    reference: str
    content: dict[str, Any]


def seller_content(seller: Seller) -> dict[str, Any]:
    """Everything the seller's side of a document says, as JSON keeps it: names, ids, accounts, look and texts."""
    accounts = SellerAccount.objects.filter(seller_id=seller.id).order_by("position", "id")
    return {
        "name": seller.name,
        "legal_name": seller.legal_name,
        "street": seller.street,
        "street_extra": seller.street_extra,
        "postcode": seller.postcode,
        "city": seller.city,
        "country": seller.country,
        "vat_id": seller.vat_id,
        "tax_number": seller.tax_number,
        "chamber_id": seller.chamber_id,
        "register_court": seller.register_court,
        "email": seller.email,
        "phone": seller.phone,
        "website": seller.website,
        "vat_scheme": seller.vat_scheme,
        "accounts": [
            {"iban": each.iban, "bic": each.bic, "holder": each.holder, "currency": each.currency} for each in accounts
        ],
        "look": _look_content(current_look(seller.id)),
    }


def _look_content(look: Look | None) -> dict[str, Any]:
    if look is None:
        return {}
    return {
        "logo": look.logo_id or "",
        "template": look.template_id or "",
        "accent": look.accent_colour,
        "ink": look.ink_colour,
        "font": look.font,
        "sender_name": look.sender_name,
        "sender_email": look.sender_email,
        "reply_to": look.reply_to,
        "texts": look.texts,
    }


def hash_of(content: dict[str, Any]) -> str:
    """The SHA-256 of the content in one fixed spelling."""
    spelled = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(spelled.encode()).hexdigest()


def frozen_customers(*, seller: Seller, customer_ids: Collection[int]) -> dict[int, FrozenCustomer]:
    """These customers as they are now, ready to be frozen."""
    mine = Customer.objects.filter(seller_id=seller.id, id__among=Numbers(customer_ids)).order_by("id")
    rows = read_all(mine, *DRAFT_CUSTOMER_COLUMNS, *_FROZEN_BESIDES)
    return {row[0]: _frozen_customer(seller, row) for row in rows}


_FROZEN_BESIDES = (
    "attention", "street_extra", "postcode", "chamber_id", "language", "payment_term_days", "invoice_reference",
)  # fmt: skip


def _frozen_customer(seller: Seller, row: tuple[Any, ...]) -> FrozenCustomer:
    _, number, name, _, country, vat_id, kind, street, city, emails, channel, *_ = row
    attention, street_extra, postcode, chamber_id, language, days_of_customer, reference = row[-len(_FROZEN_BESIDES) :]
    content = {
        "number": number or "",
        "name": name,
        "attention": attention,
        "street": street,
        "street_extra": street_extra,
        "postcode": postcode,
        "city": city,
        "country": country,
        "vat_id": vat_id,
        "chamber_id": chamber_id,
        "kind": kind,
        "emails": emails,
        "channel": channel,
    }
    return FrozenCustomer(
        draft_view=draft_customer(seller, row),
        language=language or seller.language,
        payment_term_days=term_days(days_of_customer, seller.payment_term_days),
        reference=reference,
        content=content,
    )
