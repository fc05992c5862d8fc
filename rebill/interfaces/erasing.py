"""What stays of a person who is erased: the documents that were issued, and until when the law has them kept."""

from dataclasses import dataclass
from datetime import date

from rebill.access.acting import Acting
from rebill.invoices.queries.invoices import find_invoices
from rebill.invoices.queries.pages import last_issued_of
from rebill.parties.models import Seller
from rebill.rules.retention import kept_until


@dataclass(frozen=True, slots=True)
class KeptDocuments:
    """How many there are, and the last day on which all of them must still be there, where the law is known."""

    number: int
    until: date | None


def kept_documents(*, acting: Acting, seller: Seller, customer_id: int) -> KeptDocuments:
    """The documents that were issued to the customer."""
    number = find_invoices(acting=acting).filter(customer_id=customer_id).count()
    last_on = last_issued_of(acting=acting, customer_ids=[customer_id]).get(customer_id)
    return KeptDocuments(number, kept_until(country=seller.country, issued_on=last_on) if last_on else None)
