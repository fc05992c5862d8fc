"""Which calls stand behind an invoice, and how its reader is to see them."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.charges.queries import charges_by_id
from rebill.invoices.models import Invoice
from rebill.invoices.queries.invoices import invoice_of, lines_of_invoice
from rebill.kit.errors import NotFound
from rebill.parties.models import Seller
from rebill.parties.queries import seller_of
from rebill.sources.usage.queries.specification import Call, Specification, mask, specification_of
from rebill.sources.usage.source import UsageSource


class NoCalls(NotFound):
    """No call stands behind the invoice."""


@dataclass(frozen=True, slots=True)
class InvoiceCalls:
    """The calls of an invoice. `masked_digits` last digits of the numbers that were called are not to be seen."""

    seller: Seller
    invoice: Invoice
    specification: Specification
    masked_digits: int

    def shown_number(self, call: Call) -> str:
        """The number that was called, as the reader may see it."""
        return mask(call.called, self.masked_digits)


def calls_of_invoice(*, acting: Acting, invoice_id: int) -> InvoiceCalls:
    """The calls that the invoice bills. NoCalls where it bills none."""
    require(acting, Permission.READ)
    invoice = invoice_of(acting=acting, invoice_id=invoice_id)
    lines = lines_of_invoice(acting=acting, invoice_id=invoice.pk).filter(charge__isnull=False)
    ids = [charge for charge in lines.values_list("charge", flat=True) if charge is not None]
    keys = [charge.key for charge in charges_by_id(acting=acting, charge_ids=ids) if charge.source == UsageSource.name]
    if not keys:
        raise NoCalls(_("No calls stand behind %(number)s.") % {"number": invoice.number})
    seller = seller_of(acting)
    found = specification_of(seller_id=acting.seller_id, keys=keys)
    return InvoiceCalls(seller, invoice, found, seller.masked_digits)
