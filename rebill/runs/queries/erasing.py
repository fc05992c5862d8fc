"""What erasing a person means before it is done: what goes, and what has to be done first."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.access.acting import Acting, Permission, require
from rebill.charges.queries import open_charges
from rebill.parties.models import Contact, Customer
from rebill.parties.queries import customer_of, why_not_erasable
from rebill.runs.models import Draft, DraftState
from rebill.runs.queries.preview import preview_draft
from rebill.sources.oneoff.queries import waiting_lines
from rebill.sources.supplier_invoices.queries.purchases import count_rows_waiting_for
from rebill.sources.tabs.models import OPEN_STATES, TabOrder
from rebill.sources.tabs.queries.holders import held_by_customer, holders_going_with
from rebill.sources.usage.queries.endpoints import endpoints_of
from rebill.subscriptions.queries import count_subscriptions

_UNISSUED = (DraftState.OPEN, DraftState.HELD, DraftState.APPROVED)
# All that has ended is billed within a year, whatever the customer's interval.
_LOOKED_AHEAD = timedelta(days=366)


class Hindrance(StrEnum):
    """Why a customer cannot be erased: never, or not before something is done."""

    NO_PERSON_ALONE = "no_person_alone"
    DRAFTS = "drafts"
    SUBSCRIPTIONS = "subscriptions"
    TAB_ORDERS = "tab_orders"
    LINES = "lines"
    PURCHASE_ROWS = "purchase_rows"
    NOT_BILLED = "not_billed"


@dataclass(frozen=True, slots=True)
class Hindered:
    """One reason, in words that say what to do, and how many there are of it."""

    by: Hindrance
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Erasure:
    """What erasing the customer would empty, and what keeps it from being erased now."""

    customer: Customer
    hindered: tuple[Hindered, ...]
    contacts: int
    tabs: int
    holders: int
    endpoints: int


def preview_erasure(*, acting: Acting, customer_id: int, today: date) -> Erasure:
    """What erasing the customer would empty; of one who was erased before, nothing."""
    require(acting, Permission.READ)
    customer = customer_of(acting, customer_id)
    if customer.erased_at is not None:
        return Erasure(customer, (), 0, 0, 0, 0)
    why = why_not_erasable(customer)
    never = (Hindered(Hindrance.NO_PERSON_ALONE, 1, why),) if why else ()
    return Erasure(
        customer=customer,
        hindered=never or tuple(hindrances_of(acting=acting, customer_id=customer_id, today=today)),
        contacts=Contact.objects.filter(customer=customer).count(),
        tabs=held_by_customer(acting, customer_id).count(),
        holders=len(holders_going_with(acting, customer)),
        endpoints=endpoints_of(acting, customer_id=customer_id).count(),
    )


def hindrances_of(*, acting: Acting, customer_id: int, today: date) -> list[Hindered]:
    """What of the customer is still open: it is billed, cancelled or thrown away first."""
    require(acting, Permission.READ)
    drafts = Draft.objects.filter(seller_id=acting.seller_id, customer_id=customer_id, state__in=_UNISSUED)
    orders = TabOrder.objects.filter(seller_id=acting.seller_id, tab__customer_id=customer_id, state__in=OPEN_STATES)
    lines = waiting_lines(acting=acting).filter(customer_id=customer_id).count()
    running = count_subscriptions(acting=acting, customer_ids=[customer_id], on=today)
    counted = {
        Hindrance.DRAFTS: drafts.count(),
        Hindrance.SUBSCRIPTIONS: running.get(customer_id, 0),
        Hindrance.TAB_ORDERS: orders.count(),
        Hindrance.LINES: lines + open_charges(acting=acting, customer_id=customer_id).count(),
        Hindrance.PURCHASE_ROWS: count_rows_waiting_for(acting, customer_id),
    }
    found = [Hindered(by, number, _words(by, number)) for by, number in counted.items() if number]
    if not found and preview_draft(acting=acting, customer_id=customer_id, billed_on=today + _LOOKED_AHEAD).drafts:
        words = _("Something that has ended is not billed yet: make the invoice first.")
        found.append(Hindered(Hindrance.NOT_BILLED, 1, words))
    return found


def _words(by: Hindrance, number: int) -> str:
    words = {
        Hindrance.DRAFTS: ngettext(
            "This customer has %(number)s draft: issue it or throw it away first.",
            "This customer has %(number)s drafts: issue them or throw them away first.",
            number,
        ),
        Hindrance.SUBSCRIPTIONS: ngettext(
            "This customer has %(number)s subscription that has not ended: cancel it first.",
            "This customer has %(number)s subscriptions that have not ended: cancel them first.",
            number,
        ),
        Hindrance.TAB_ORDERS: ngettext(
            "This customer has %(number)s open order on a tab: bill or cancel it first.",
            "This customer has %(number)s open orders on tabs: bill or cancel them first.",
            number,
        ),
        Hindrance.LINES: ngettext(
            "%(number)s line of this customer waits to be billed: bill or remove it first.",
            "%(number)s lines of this customer wait to be billed: bill or remove them first.",
            number,
        ),
        Hindrance.PURCHASE_ROWS: ngettext(
            "%(number)s row of a purchase invoice waits to be re-billed to them: re-bill it or leave it out first.",
            "%(number)s rows of purchase invoices wait to be re-billed to them: re-bill them or leave them out first.",
            number,
        ),
    }
    return words[by] % {"number": number}
