"""The words of warnings: why a draft needs a look, and what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebill.rules.review import WarningCode


@dataclass(frozen=True, slots=True)
class WarningText:
    """The title of a kind of warning, why it is given, and the remedy. Texts may name the warning's details."""

    title: str | Promise
    why: str | Promise
    remedy: str | Promise


WARNING_TEXTS: Mapping[WarningCode, WarningText] = {
    WarningCode.NO_ADDRESS: WarningText(
        _("No postal address"),
        _("The law wants the customer's full address on the invoice."),
        _("Add street and city to the customer."),
    ),
    WarningCode.NO_EMAIL: WarningText(
        _("No delivery address"),
        _("Nowhere to send the invoice to."),
        _("Add an e-mail address for invoices, or choose post."),
    ),
    WarningCode.MISSING_VAT_ID: WarningText(
        _("Missing VAT id"),
        _("Reverse charge needs a valid VAT id; without one VAT is charged."),
        _("Ask the customer for the VAT id, or accept that it goes out with VAT."),
    ),
    WarningCode.PRICE_MISSING: WarningText(
        _("Price missing"),
        _("Not on the draft yet, for lack of a price: %(product)s."),
        _("Add the price to the plan, or the rate to the deck and rate the month again; then prepare again."),
    ),
    WarningCode.UNUSUAL_CALLS: WarningText(
        _("Unusual calls"),
        _("Calls of %(subject)s cost %(amount)s, far more than on the customer's days before."),
        _("Ask the customer whether it made these calls, and stop the endpoint if it did not."),
    ),
    WarningCode.RATE_MISSING: WarningText(
        _("VAT rate missing"),
        _("No VAT rate is known for %(subject)s on that day."),
        _("Choose another rate for the product, or correct the customer's country."),
    ),
    WarningCode.BIG_CHANGE: WarningText(
        _("+300% or more against average"),
        _("The total differs by %(percent)s%% from the average of the last six months."),
        _("Look once: often a one-off sale, sometimes a mistake."),
    ),
    WarningCode.ZERO_TOTAL: WarningText(
        _("Invoice adds up to zero"),
        _("There is nothing to pay."),
        _("Most people skip these: hold or discard it."),
    ),
    WarningCode.NEGATIVE_TOTAL: WarningText(
        _("Invoice adds up to less than zero"),
        _("Credits exceed charges; it would be issued as a credit note."),
        _("Issue it as a credit note, or hold it until charges follow."),
    ),
    WarningCode.CUSTOMER_ENDED: WarningText(
        _("Customer has ended"),
        _("The customer is marked as ended and still has charges."),
        _("End the subscriptions that still run, or issue the last invoice."),
    ),
}


def why_of(code: str, subject: str, details: Mapping[str, str]) -> str:
    """Why a draft has this warning, with its figures, in the reader's language."""
    return str(WARNING_TEXTS[WarningCode(code)].why) % {"subject": subject, **details}


def remedy_of(code: str) -> str:
    """What mends it, in the reader's language."""
    return str(WARNING_TEXTS[WarningCode(code)].remedy)
