"""The words by which a customer is found: name and city, numbers and ids, e-mail addresses."""

from collections.abc import Mapping
from typing import Any

from rebill.kit.search import search_text
from rebill.parties import identifiers

WORDS_OF_CUSTOMER = ("name", "city", "vat_id", "chamber_id", "invoice_emails")


def customer_words(seller_id: int, number: str | None, values: Mapping[str, Any]) -> str:
    """The search text of a customer, from its number and the fields named in WORDS_OF_CUSTOMER."""
    ids = [identifiers.compact(values[name]) for name in ("vat_id", "chamber_id")]
    parts = (values["name"], values["city"], values["chamber_id"], *ids, *values["invoice_emails"])
    return search_text(seller_id, number, *parts)
