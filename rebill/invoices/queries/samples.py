"""A document of nobody from a seller, in a look that may not be in use yet."""

from rebill.invoices.documents.contract import DocumentContent, Look
from rebill.invoices.documents.pdf.sample import sample_invoice
from rebill.invoices.queries.documents import look_of, seller_block
from rebill.invoices.queries.freezing import seller_content
from rebill.parties.models import Seller


def look_in_use(seller: Seller, language: str) -> Look:
    """The look in force with the footer in this language; the built-in one until the seller has chosen."""
    return look_of(seller_content(seller), language)


def sample_from(seller: Seller, *, look: Look, language: str, opening: str, closing: str) -> DocumentContent:
    """A sample invoice as this seller would send it in this language."""
    content = seller_content(seller)
    accounts = content["accounts"]
    holder = (accounts[0]["holder"] if accounts else "") or seller.legal_name or seller.name
    block = seller_block(content, "EUR")
    return sample_invoice(
        look, language=language, seller=block, account_holder=holder, opening=opening, closing=closing
    )
