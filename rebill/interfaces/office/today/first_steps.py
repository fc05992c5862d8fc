"""What stands on Today until there is a run: the steps from an empty base to the first invoices."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rebill.access.acting import Permission
from rebill.catalogue.queries.products import products_of
from rebill.interfaces.office.page import OfficeRequest
from rebill.invoices.queries.invoices import find_invoices
from rebill.parties.checks import check_seller
from rebill.parties.queries import customers_of
from rebill.subscriptions.queries import subscriptions


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do a step: the words of its button, and where it is done."""

    button: Any
    address: str
    is_dialog: bool


@dataclass(frozen=True, slots=True)
class FirstStep:
    """Something to do before the first run, whether it is done, and the ways to do it, the one for most first."""

    title: Any
    words: Any
    is_done: bool
    ways: tuple[Way, ...]


# Per permission it needs: title, words, and the ways: the button, and the page by name with what the name wants.
STEPS = {
    Permission.CONFIGURE: (
        _("What stands on your paper"),
        _("Your address, your VAT id and the account you are paid on"),
        ((_("Fill it in"), "settings"),),
    ),
    Permission.KEEP_CATALOGUE: (
        _("Products and prices"),
        _("What you sell, and for how much"),
        ((_("Import products"), "imports-file", "products"), (_("New product"), "products-new")),
    ),
    Permission.KEEP_PARTIES: (
        _("Customers"),
        _("Whom you invoice, and where to"),
        ((_("Import customers"), "imports-file", "customers"), (_("New customer"), "customer-new")),
    ),
    Permission.KEEP_SUBSCRIPTIONS: (
        _("Subscriptions"),
        _("Who takes what since when"),
        ((_("Import subscriptions"), "imports-file", "subscriptions"),),
    ),
    Permission.PREPARE: (
        _("The first run"),
        _("Drafts of what everybody owes; nothing is sent before you approve it"),
        ((_("Make a run"), "runs-make"), (_("One invoice"), "invoices-new")),
    ),
}


def first_steps(request: OfficeRequest) -> list[FirstStep]:
    """From nothing to the first run, of what the user's role may do."""
    acting, slug = request.acting, request.seller.slug
    done = {
        # An id that looks wrong is said there; it is filled in all the same.
        Permission.CONFIGURE: not any(each.what.endswith("_missing") for each in check_seller(acting=acting)),
        Permission.KEEP_CATALOGUE: products_of(acting).exists(),
        Permission.KEEP_PARTIES: customers_of(acting).exists(),
        Permission.KEEP_SUBSCRIPTIONS: subscriptions(acting=acting).exists(),
        Permission.PREPARE: find_invoices(acting=acting).exists(),
    }
    return [
        FirstStep(
            title=title,
            words=words,
            is_done=done.get(permission, False),
            ways=tuple(
                Way(button, reverse(f"office:{page}", args=[slug, *named]), is_dialog=page == "runs-make")
                for button, page, *named in ways
            ),
        )
        for permission, (title, words, ways) in STEPS.items()
        if permission in request.may
    ]
