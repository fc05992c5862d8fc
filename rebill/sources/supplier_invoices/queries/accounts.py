"""What is owed to suppliers: invoices less what credit notes have paid of them. Payments by bank are not known here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from rebill.access.acting import Acting, Permission, require
from rebill.rules.matching.products import NAME
from rebill.rules.money import Money
from rebill.sources.supplier_invoices.contract import PurchaseKind
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, Settlement, Supplier


def open_minor(purchase: PurchaseInvoice) -> int:
    """What of an invoice no credit note has paid, in minor units; of a credit note what is left to pay with, below
    zero."""
    return open_minors([purchase])[purchase.pk]


def open_minors(purchases: Sequence[PurchaseInvoice]) -> dict[int, int]:
    """The same of several, by id; two reads for all of them."""
    found = {purchase.pk: purchase.gross.minor for purchase in purchases}
    rows = Settlement.objects.order_by()
    for name, sign in (("invoice_id", -1), ("credit_id", 1)):
        sums = rows.filter(**{f"{name}__in": list(found)}).values_list(name).annotate(total=Sum("amount"))
        for purchase_id, total in sums:
            found[purchase_id] += sign * total
    return found


def package_invoice(credit: PurchaseInvoice) -> PurchaseInvoice | None:
    """The invoice that a commission is part payment of: the supplier's package invoice of the same month, the largest
    if there are several; else the latest one before it that has no commission yet: that of this month may come later.
    Whose rows are known by name is of the older model, and counts only where there is no other."""
    by_name = PurchaseRow.objects.filter(invoice=OuterRef("pk"), product_by=NAME)
    owed = PurchaseInvoice.objects.filter(
        supplier_id=credit.supplier_id, kind=PurchaseKind.INVOICE.value, currency=credit.currency
    ).annotate(is_older=Exists(by_name))
    day: date = credit.starts_on or credit.issued_on
    month = Q(issued_on__year=credit.issued_on.year, issued_on__month=credit.issued_on.month)
    same_month = owed.filter(month | Q(starts_on=day)).order_by("is_older", "-gross", "id").first()
    paid = Settlement.objects.filter(invoice=OuterRef("pk"), credit__is_commission=True)
    before = owed.filter(~Exists(paid), issued_on__lte=credit.issued_on)
    return same_month or before.order_by("is_older", "-issued_on", "-gross", "id").first()


def waiting_commissions(invoice: PurchaseInvoice) -> list[int]:
    """The supplier's commissions of which something is left and whose package invoice this is, the oldest first."""
    rows = PurchaseInvoice.objects.filter(
        supplier_id=invoice.supplier_id, is_commission=True, currency=invoice.currency
    ).order_by("issued_on", "id")
    left = open_minors(credits := list(rows))
    return [credit.pk for credit in credits if left[credit.pk] < 0 and package_invoice(credit) == invoice]


@dataclass(frozen=True, slots=True)
class SupplierBalance:
    """What a supplier is owed in a currency: invoices, credit notes, and what is left."""

    supplier: Supplier
    invoiced: Money
    credited: Money

    @property
    def owed(self) -> Money:
        """What is left, without what was paid by bank."""
        return self.invoiced + self.credited


def supplier_balances(acting: Acting) -> list[SupplierBalance]:
    """The balance of every supplier and currency, by name; two reads."""
    require(acting, Permission.READ)
    sums: dict[tuple[int, str], list[int]] = {}
    rows = PurchaseInvoice.objects.filter(seller_id=acting.seller_id).order_by()
    for supplier_id, currency, kind, total in rows.values_list("supplier_id", "currency", "kind").annotate(
        total=Sum("gross")
    ):
        both = sums.setdefault((supplier_id, currency), [0, 0])
        both[kind == PurchaseKind.CREDIT_NOTE.value] += total
    suppliers = Supplier.objects.in_bulk({supplier_id for supplier_id, _currency in sums})
    found = [
        SupplierBalance(suppliers[supplier_id], Money(invoiced, currency), Money(credited, currency))
        for (supplier_id, currency), (invoiced, credited) in sums.items()
    ]
    return sorted(found, key=lambda each: (each.supplier.name, each.invoiced.currency))


def settlements_of(invoice: PurchaseInvoice) -> QuerySet[Settlement]:
    """The credit notes set against an invoice, or the invoices that a credit note was set against."""
    return Settlement.objects.filter(Q(invoice=invoice) | Q(credit=invoice)).select_related("credit", "invoice")
