"""What should be true of a seller and its customers; each check returns what is not."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Role
from rebill.kit.bulk import read_rows
from rebill.kit.errors import Problem
from rebill.parties import identifiers
from rebill.parties.fields import identifier_problems
from rebill.parties.models import Customer, Membership, NumberSeries, Seller, SellerAccount, SeriesPurpose
from rebill.parties.queries import seller_of


def check_parties(*, acting: Acting) -> list[Problem]:
    """The seller can issue, somebody owns it, and no identifier of it or its customers has wrong check digits."""
    return [*check_seller(acting=acting), *check_customers(acting=acting)]


def check_seller(*, acting: Acting) -> list[Problem]:
    """What keeps the seller from issuing, and what on its invoices is doubtful."""
    seller = seller_of(acting)
    return [*_owner_missing(seller), *_not_ready(seller), *_doubtful(seller)]


def check_customers(*, acting: Acting) -> list[Problem]:
    """Customers whose VAT id or chamber of commerce id is doubtful. What keeps a draft back, its run says."""
    rows = Customer.objects.filter(seller_id=acting.seller_id).order_by("number", "id")
    problems: list[Problem] = []
    for customer_id, number, country, vat_id, chamber_id in read_rows(
        rows, "id", "number", "country", "vat_id", "chamber_id"
    ):
        fields = {"country": country, "vat_id": vat_id, "chamber_id": chamber_id}
        problems.extend(
            identifier_problems(fields, where=_("customer %(number)s") % {"number": number or f"id {customer_id}"})
        )
    return problems


def check_customer(customer: Customer) -> list[Problem]:
    """What is doubtful about one customer: asked after it was entered, to warn whoever entered it."""
    fields = {"country": customer.country, "vat_id": customer.vat_id, "chamber_id": customer.chamber_id}
    return identifier_problems(
        fields, where=_("customer %(number)s") % {"number": customer.number or f"id {customer.pk}"}
    )


def _owner_missing(seller: Seller) -> Iterator[Problem]:
    if not Membership.objects.filter(seller=seller, role=Role.OWNER, user__is_active=True).exists():
        why = _("Nobody who may sign in owns the seller.")
        remedy = _("Make a user owner from the command line.")
        yield Problem("seller.owner_missing", _("seller %(slug)s") % {"slug": seller.slug}, why, remedy)


def _not_ready(seller: Seller) -> Iterator[Problem]:
    where = _("seller %(slug)s") % {"slug": seller.slug}
    if not NumberSeries.objects.filter(seller=seller, purpose=SeriesPurpose.INVOICE).exists():
        why, remedy = _("It has no number series for invoices."), _("Set one; nothing can be issued before.")
        yield Problem("seller.series_missing", where, why, remedy)
    if not seller.has_address:
        why, remedy = _("Its street or city is missing, and invoices must show them."), _("Fill in the address.")
        yield Problem("seller.address_missing", where, why, remedy, blocking=False)
    if not (seller.vat_id or seller.tax_number):
        why = _("It has neither a VAT id nor a tax number.")
        yield Problem("seller.tax_id_missing", where, why, _("Fill in one of the two."), blocking=False)
    if not SellerAccount.objects.filter(seller=seller).exists():
        why, remedy = _("It has no bank account on which customers could pay."), _("Add one.")
        yield Problem("seller.account_missing", where, why, remedy, blocking=False)


def _doubtful(seller: Seller) -> Iterator[Problem]:
    where = _("seller %(slug)s") % {"slug": seller.slug}
    fields = {"country": seller.country, "vat_id": seller.vat_id, "chamber_id": seller.chamber_id}
    yield from identifier_problems(fields, where=where)
    for account in SellerAccount.objects.filter(seller=seller).order_by("position", "id"):
        yield from identifiers.account_problems(
            account.iban, account.bic, where=_("%(seller)s account %(iban)s") % {"seller": where, "iban": account.iban}
        )
