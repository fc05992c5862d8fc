"""What must always be true of charges; each check returns what is not. Nothing is mended here."""

from collections.abc import Iterator

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rebill.access.acting import Acting, Permission, require
from rebill.charges.models import Charge
from rebill.kit.bulk import read_rows
from rebill.kit.errors import Problem
from rebill.rules.money import amount_minor, digits_of
from rebill.rules.rebilling import charge_key
from rebill.rules.reconcile import ChargeKind
from rebill.sources.supplier_invoices.models import RebilledRow
from rebill.sources.supplier_invoices.source import SupplierInvoicesSource

REMEDY = gettext_noop("Restore the row from a backup, or report it: no command writes it so.")


def check_charges(*, acting: Acting) -> list[Problem]:
    """Every charge of the seller comes to its prorated quantity times its price, and names only rows of its own seller,
    customer and subscription; a correction names a charge of the same subscription, customer and billing period."""
    require(acting, Permission.READ)
    rows = Charge.objects.filter(seller_id=acting.seller_id).order_by("id")
    return [*_wrong_amounts(rows), *_misplaced(rows), *_wrong_corrections(rows)]


def _wrong_amounts(rows: QuerySet[Charge]) -> Iterator[Problem]:
    # Quantity times price passes 64 bits, which SQLite turns into a float: so it is asked of the rule, row by row.
    digits: dict[str, int] = {}
    for charge_id, prorated, price, currency, amount in read_rows(
        rows, "id", "prorated_quantity", "unit_price", "currency", "amount"
    ):
        if currency not in digits:
            digits[currency] = digits_of(currency)
        if amount_minor(prorated, price, digits[currency]) != amount:
            why = _("Its amount is not its prorated quantity times its price.")
            yield _problem("charge.amount_differs", charge_id, why)


def _misplaced(rows: QuerySet[Charge]) -> Iterator[Problem]:
    foreign = (
        ~Q(buyer__seller=F("seller"))
        | Q(product__isnull=False) & ~Q(product__seller=F("seller"))
        | Q(subscription__isnull=False) & ~Q(subscription__customer=F("end_customer"))
    )
    why = _("It names a customer, product or subscription that is not its own.")
    for charge_id in rows.filter(foreign).values_list("id", flat=True).iterator():
        yield _problem("charge.misplaced", charge_id, why)


def _wrong_corrections(rows: QuerySet[Charge]) -> Iterator[Problem]:
    nothing = Q(kind=ChargeKind.PERIODICCORRECTION, corrects__isnull=True)
    another = Q(corrects__isnull=False) & (
        ~Q(corrects__seller=F("seller"))
        | ~Q(corrects__buyer=F("buyer"))
        | Q(subscription__isnull=False) & ~Q(corrects__subscription=F("subscription"))
        | Q(subscription__isnull=True, corrects__subscription__isnull=False)
        | ~Q(corrects__whole_from=F("whole_from"))
        | ~Q(corrects__currency=F("currency"))
    )
    why = _("It corrects nothing, or a charge of another customer, subscription, billing period or currency.")
    for charge_id in rows.filter(nothing | another).values_list("id", flat=True).iterator():
        yield _problem("charge.correction_misplaced", charge_id, why)


def _problem(what: str, charge_id: int, why: str) -> Problem:
    return Problem(what=what, where=_("charge %(charge_id)s") % {"charge_id": charge_id}, why=why, remedy=_(REMEDY))


def check_rebilled(*, acting: Acting) -> list[Problem]:
    """Every purchase row that was passed on is one charge to its customer, of the amount it was priced at; and every
    re-billed charge comes from one."""
    require(acting, Permission.READ)
    charges = {
        key: (buyer, amount)
        for key, buyer, amount in read_rows(
            Charge.objects.filter(
                seller_id=acting.seller_id, source=SupplierInvoicesSource.name, told_anew=False
            ).order_by("id"),
            "key", "buyer_id", "amount",
        )
    }  # fmt: skip
    rows = read_rows(
        RebilledRow.objects.filter(seller_id=acting.seller_id, told_at__isnull=False).order_by("id"),
        "row_id", "row__withdrawals", "customer_id", "amount",
    )  # fmt: skip
    found = []
    for row_id, withdrawals, customer_id, amount in rows:
        if charges.pop(charge_key(row_id, withdrawals), None) != (customer_id, amount):
            where = _("purchase row %(row)s") % {"row": row_id}
            why = _("It was passed on, and no charge to its customer comes to that.")
            found.append(Problem("purchase_row.not_charged", where, why, _(REMEDY)))
    for key in charges:
        why = _("It is charged, and nothing says that it was passed on.")
        found.append(Problem("purchase_row.not_passed_on", key, why, _(REMEDY)))
    return found
