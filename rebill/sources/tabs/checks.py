"""What must hold of stored tabs, asked of the database in sets; nothing is mended here."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Problem
from rebill.rules.money import Money
from rebill.sources.tabs.models import OPEN_STATES, EarlyStep, OrderState, Tab, TabOrder, TermsAcceptance

SEND_AGAIN = gettext_noop("Let the till send it again: the answer says why it cannot be done.")
REMEDY = gettext_noop("Restore the row from a backup, or report it: no command writes it so.")


def check_tabs(*, acting: Acting) -> list[Problem]:
    """Balances are the sums of open orders; every order is in one state, adds up to its lines and stands on a tab of
    its own seller; nothing waits for an order that came; nobody keeps tabs without the terms."""
    require(acting, Permission.READ)
    return [*_balances(acting), *_orders(acting), *_waiting(acting), *_terms(acting)]


def _balances(acting: Acting) -> Iterator[Problem]:
    tabs = Tab.objects.filter(seller_id=acting.seller_id)
    open_orders = TabOrder.objects.filter(tab__seller_id=acting.seller_id, state__in=OPEN_STATES).order_by()
    sums = dict(open_orders.values_list("tab_id").annotate(total=Sum("amount")))
    for tab in tabs.order_by("number").iterator():
        owed = sums.get(tab.pk, 0)
        if tab.balance.minor != owed:
            why = _("Its balance is %(balance)s, and its open orders come to %(owed)s.") % {
                "balance": tab.balance,
                "owed": Money(owed, tab.currency),
            }
            yield _problem("tab.balance_differs", tab.number, why)


def _orders(acting: Acting) -> Iterator[Problem]:
    rows = TabOrder.objects.filter(tab__seller_id=acting.seller_id).order_by("id")
    ended = (OrderState.BILLED, OrderState.SETTLED, OrderState.CANCELLED)
    asked: list[tuple[QuerySet[TabOrder], str, str]] = [
        (rows.exclude(state__in=OrderState.values), "tab_order.stateless", _("It is in no state that there is.")),
        (
            rows.filter(Q(state__in=ended, ended_at__isnull=True) | Q(state__in=OPEN_STATES, ended_at__isnull=False)),
            "tab_order.two_states",
            _("It is open and ended at the same time."),
        ),
        (
            rows.exclude(seller_id=F("tab__seller_id")),
            "tab_order.misplaced",
            _("It stands on a tab of another seller."),
        ),
        (
            rows.exclude(currency=F("tab__currency")),
            "tab_order.currency_differs",
            _("It is in another currency than its tab."),
        ),
        (
            rows.filter(telling__isnull=False).exclude(telling__tab_id=F("tab_id")),
            "tab_order.billed_elsewhere",
            _("It was billed with another tab."),
        ),
        (
            rows.filter(includes_vat=True).annotate(total=Sum("lines__amount")).exclude(total=F("amount")),
            "tab_order.amount_differs",
            _("It does not come to what its lines come to."),
        ),
    ]
    for found, what, why in asked:
        for key in found.values_list("key", flat=True):
            yield _problem(what, key, why)


def _waiting(acting: Acting) -> Iterator[Problem]:
    came = TabOrder.objects.filter(seller_id=OuterRef("seller_id"), key=OuterRef("key"))
    # What is reserved may still be booked, and only then given back.
    came = came.exclude(state=OrderState.RESERVED).order_by()
    left = EarlyStep.objects.filter(Exists(came), seller_id=acting.seller_id).order_by("id")
    for key in left.values_list("key", flat=True):
        why = _("Something was told of it before it came, and could not be done when it came.")
        yield Problem(
            what="tab_order.step_waits", where=_("tab %(named)s") % {"named": key}, why=why, remedy=_(SEND_AGAIN)
        )


def _terms(acting: Acting) -> Iterator[Problem]:
    first = Tab.objects.filter(seller_id=acting.seller_id).order_by("number").first()
    if first is not None and not TermsAcceptance.objects.filter(seller_id=acting.seller_id).exists():
        yield _problem("tab.terms_missing", first.number, _("Nobody accepted the data-protection terms."))


def _problem(what: str, named: str, why: str) -> Problem:
    return Problem(what=what, where=_("tab %(named)s") % {"named": named}, why=why, remedy=_(REMEDY))
