"""What is frozen on documents when they are issued: the seller's side once, the customer's side per document."""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from rebill.kit.bulk import read_rows
from rebill.parties.models import Customer, CustomerKind, Look, Seller, SellerAccount
from rebill.parties.queries import current_look
from rebill.runs.queries.customers import DraftCustomer


@dataclass(frozen=True, slots=True)
class FrozenCustomer:
    """A customer for the moment of issuing: its terms, and the content that is frozen."""

    draft_view: DraftCustomer
    language: str
    payment_term_days: int
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
    rows = read_rows(
        Customer.objects.filter(seller_id=seller.id, id__among=customer_ids).order_by("id"),
        "id", "number", "name", "attention", "street", "street_extra", "postcode", "city", "country", "vat_id",
        "chamber_id", "kind", "language", "payment_term_days", "invoice_emails", "channel", "invoice_reference",
        "currency", "status", "per_cost_centre",
    )  # fmt: skip
    return {row[0]: _frozen_customer(seller, row) for row in rows}


def _frozen_customer(seller: Seller, row: tuple[Any, ...]) -> FrozenCustomer:
    content = {
        "number": row[1] or "",
        "name": row[2],
        "attention": row[3],
        "street": row[4],
        "street_extra": row[5],
        "postcode": row[6],
        "city": row[7],
        "country": row[8],
        "vat_id": row[9],
        "chamber_id": row[10],
        "kind": row[11],
        "emails": row[14],
        "channel": row[15],
    }
    return FrozenCustomer(
        draft_view=DraftCustomer(
            id=row[0],
            number=row[1],
            name=row[2],
            currency=row[17] or seller.currency,
            country=row[8],
            vat_id=row[9],
            is_organisation=row[11] == CustomerKind.ORGANISATION,
            has_address=bool(row[4] and row[7]),
            has_email=bool(row[14]),
            needs_email=row[15] == "email",
            ended=row[18] == "ended",
            per_cost_centre=bool(row[19]),
        ),
        language=row[12] or seller.language,
        payment_term_days=seller.payment_term_days if row[13] is None else row[13],
        reference=row[16],
        content=content,
    )
