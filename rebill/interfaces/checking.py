"""What every stage checks of its stored rows, asked in the order of the stages: for the command line and the API."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebill.access.acting import Acting
from rebill.catalogue.checks import check_catalogue
from rebill.catalogue.deck_checks import check_decks
from rebill.charges.checks import check_charges, check_rebilled
from rebill.charges.queries import told_until
from rebill.delivery.checks import check_dispatches
from rebill.exports.checks import check_exports
from rebill.invoices.checks import check_billing, check_credits, check_documents, check_invoices, check_numbers
from rebill.kit.errors import Problem
from rebill.parties.checks import check_parties
from rebill.runs.checks import check_claims, check_drafts
from rebill.sources.oneoff.checks import check_interim_lines
from rebill.sources.recurring.checks import check_marks
from rebill.sources.recurring.source import RecurringSource
from rebill.sources.supplier_invoices.checks import check_purchases
from rebill.sources.tabs.checks import check_tabs
from rebill.sources.usage.checks.ratings import check_accounts, check_ratings
from rebill.sources.usage.checks.records import check_calls
from rebill.subscriptions.checks import check_changes, check_subscriptions

Check = Callable[[Acting, datetime], list[Problem]]


def _check_marks(acting: Acting) -> list[Problem]:
    def reached(subscription_ids: Collection[int]) -> Mapping[int, date | None]:
        return told_until(seller_id=acting.seller_id, source=RecurringSource.name, subscription_ids=subscription_ids)

    return check_marks(acting=acting, told_until=reached)


# What each check asks of the books of one seller.
CHECKS: Mapping[Promise, Check] = {
    _("The seller can issue, and ids have their check digits"): lambda acting, now: check_parties(acting=acting),
    _("Products have names, and one price a day"): lambda acting, now: check_catalogue(acting=acting),
    _("A prefix has one rate a day in its deck"): lambda acting, now: check_decks(acting=acting),
    _("Subscriptions name what is their own"): lambda acting, now: check_subscriptions(acting=acting),
    _("Changes say what their kind must say"): lambda acting, now: check_changes(acting=acting),
    _("What was told of each subscription is remembered"): lambda acting, now: _check_marks(acting),
    _("Every call is rated, without a price, or nobody's"): lambda acting, now: check_ratings(acting=acting),
    _("What was told of calls is remembered"): lambda acting, now: check_accounts(acting=acting),
    _("Interim lines are what they were entered as"): lambda acting, now: check_interim_lines(acting=acting),
    _("Balances of tabs are their open orders, each in one state"): lambda acting, now: check_tabs(acting=acting),
    _("Call files add up and lie where they were written"): lambda acting, now: check_calls(acting=acting),
    _("Purchase invoices come to their rows"): lambda acting, now: check_purchases(acting=acting),
    _("What was passed on is charged once"): lambda acting, now: check_rebilled(acting=acting),
    _("Charges come to quantity times price"): lambda acting, now: check_charges(acting=acting),
    _("Every charge stands on one draft at most"): lambda acting, now: check_claims(acting=acting),
    _("Drafts come to what their lines come to"): lambda acting, now: check_drafts(acting=acting),
    _("Documents come to their lines and VAT"): lambda acting, now: check_invoices(acting=acting),
    _("Every issued draft is one document"): lambda acting, now: check_billing(acting=acting),
    _("Nothing is credited twice"): lambda acting, now: check_credits(acting=acting),
    _("Numbers have no gaps"): lambda acting, now: check_numbers(acting=acting),
    _("Every document has its PDF"): lambda acting, now: check_documents(acting=acting),
    _("Every document was decided about once"): lambda acting, now: check_dispatches(acting=acting, now=now),
    _("Exports add up to their documents"): lambda acting, now: check_exports(acting=acting, now=now),
}
