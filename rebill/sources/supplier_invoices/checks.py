"""What must hold of stored purchase invoices, asked of the database in sets; nothing is mended here."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import read_rows
from rebill.kit.errors import Problem
from rebill.rules.money import amount_minor, digits_of
from rebill.sources.supplier_invoices.models import PurchaseInvoice, PurchaseRow, RebilledRow


def check_purchases(*, acting: Acting) -> list[Problem]:
    """The rows of every purchase invoice come to its net total, so that what is re-billed at cost, left over and left
    out does too; each row comes to its quantity times its price, bought and sold; nothing that is left out is passed
    on; a commission is not; and all name customers and products of the seller itself."""
    require(acting, Permission.READ)
    return [*_totals(acting), *_amounts(acting), *_sold(acting), *_passed_on(acting), *_misplaced(acting)]


def _totals(acting: Acting) -> Iterator[Problem]:
    invoices = PurchaseInvoice.objects.filter(seller_id=acting.seller_id).order_by("id")
    differing = invoices.annotate(total=Coalesce(Sum("rows__net"), 0)).exclude(total=F("net"))
    for number in differing.values_list("number", flat=True):
        yield _problem("purchase_invoice.rows_missing", number, _("Its rows do not come to its net total."))


def _amounts(acting: Acting) -> Iterator[Problem]:
    # Quantity times price passes 64 bits, which SQLite turns into a float: so it is asked of the rule, row by row.
    rows = PurchaseRow.objects.filter(invoice__seller_id=acting.seller_id).order_by("id")
    for number, position, quantity, price, currency, net in read_rows(
        rows, "invoice__number", "position", "quantity", "unit_price", "currency", "net"
    ):
        if amount_minor(quantity, price, digits_of(currency)) != net:
            why = _("The amount of row %(position)s is not its quantity times its price.") % {"position": position}
            yield _problem("purchase_invoice.row_differs", number, why)


def _sold(acting: Acting) -> Iterator[Problem]:
    rows = RebilledRow.objects.filter(seller_id=acting.seller_id).order_by("id")
    for number, position, quantity, price, currency, amount in read_rows(
        rows, "row__invoice__number", "row__position", "quantity", "unit_price", "currency", "amount"
    ):
        if amount_minor(quantity, price, digits_of(currency)) != amount:
            why = _("What row %(position)s is sold for is not its quantity times its price.") % {"position": position}
            yield _problem("purchase_invoice.sale_differs", number, why)


def _passed_on(acting: Acting) -> Iterator[Problem]:
    wrong = Q(row__invoice__is_commission=True) | ~Q(row__excluded_reason="")
    rows = RebilledRow.objects.filter(wrong, seller_id=acting.seller_id).order_by("id")
    for number, position in rows.values_list("row__invoice__number", "row__position"):
        why = _("Row %(position)s is passed on and may not be.") % {"position": position}
        yield _problem("purchase_invoice.passed_on", number, why)


def _misplaced(acting: Acting) -> Iterator[Problem]:
    foreign = (Q(customer__isnull=False) & ~Q(customer__seller=F("invoice__seller"))) | (
        Q(product__isnull=False) & ~Q(product__seller=F("invoice__seller"))
    )
    rows = PurchaseRow.objects.filter(foreign, invoice__seller_id=acting.seller_id).order_by("id")
    for number, position in rows.values_list("invoice__number", "position"):
        why = _("Row %(position)s names a customer or product of another seller.") % {"position": position}
        yield _problem("purchase_invoice.misplaced", number, why)


def _problem(what: str, number: str, why: str) -> Problem:
    return Problem(
        what=what,
        where=_("purchase invoice %(number)s") % {"number": number},
        why=why,
        remedy=_("Restore the row from a backup, or report it: no command writes it so."),
    )
