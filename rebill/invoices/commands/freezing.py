"""Keeping the seller's side of documents once per content."""

from rebill.invoices.models import Frozen
from rebill.invoices.queries.freezing import hash_of, seller_content
from rebill.parties.models import Seller


def freeze_seller(*, seller: Seller) -> int:
    """The number of the row that holds the seller's side as it is now; made when it is not there yet."""
    content = seller_content(seller)
    frozen, _ = Frozen.objects.get_or_create(seller=seller, hash=hash_of(content), defaults={"content": content})
    return frozen.id
