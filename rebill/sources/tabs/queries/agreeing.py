"""Reads of what a seller agreed to, and of how it keeps its tabs."""

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Conflict
from rebill.sources.tabs.models import TabRules, TermsAcceptance


class TermsNotAccepted(Conflict):
    """The seller has not accepted the data-protection terms, without which it may keep no tabs."""


def acceptances_of(acting: Acting) -> list[TermsAcceptance]:
    """Every version of the terms that the seller accepted, the latest first."""
    require(acting, Permission.READ)
    return list(TermsAcceptance.objects.filter(seller_id=acting.seller_id).order_by("-accepted_at", "-id"))


def has_accepted_terms(seller_id: int) -> bool:
    """Whether the seller accepted the terms, in any version: a new text stops nobody's tills."""
    return TermsAcceptance.objects.filter(seller_id=seller_id).exists()


def require_terms(seller_id: int) -> None:
    """Raises TermsNotAccepted unless the seller accepted the terms."""
    if not has_accepted_terms(seller_id):
        raise TermsNotAccepted(
            _("Tabs can be used once an owner has accepted the data-protection terms, on the page of tabs.")
        )


def rules_of(seller_id: int) -> TabRules:
    """How the seller keeps its tabs: as it said, or the defaults, unsaved."""
    return TabRules.objects.filter(seller_id=seller_id).first() or TabRules(seller_id=seller_id)
