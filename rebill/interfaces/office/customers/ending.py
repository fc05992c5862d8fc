"""Ending a customer and opening it again: dialogs that say what it means."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.access.acting import Permission
from rebill.charges.queries import open_charges
from rebill.interfaces import formats
from rebill.interfaces.office.addresses import customer_address
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.parties.commands import end_customer, reopen_customer
from rebill.parties.queries import customer_of
from rebill.sources.oneoff.queries import waiting_lines
from rebill.subscriptions.queries import count_subscriptions


@page(Permission.KEEP_PARTIES)
def end_customer_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """Asks whether the customer ends, and ends it."""
    customer = customer_of(request.acting, customer_id)
    if request.method == "POST":
        end_customer(acting=request.acting, customer_id=customer_id, now=request.now)
        again = reverse("office:customer-reopen", args=[request.seller.slug, customer_id])
        toast(request, _("%(name)s has ended.") % {"name": customer.name}, undo=again)
        return redirect(customer_address(request, customer_id))
    dialog = Dialog(
        question=_("End %(name)s?") % {"name": customer.name},
        effects=_effects_of_ending(request, customer_id),
        verb=_("End the customer"),
        action=request.path,
        back=customer_address(request, customer_id),
    )
    return show_dialog(request, dialog)


@page(Permission.KEEP_PARTIES)
def reopen_customer_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """Asks whether the customer is one again, and makes it one."""
    customer = customer_of(request.acting, customer_id)
    if request.method == "POST":
        reopen_customer(acting=request.acting, customer_id=customer_id, now=request.now)
        toast(request, _("%(name)s is a customer again.") % {"name": customer.name})
        return redirect(customer_address(request, customer_id))
    dialog = Dialog(
        question=_("Open %(name)s again?") % {"name": customer.name},
        effects=(Effect("right", _("What it is owed goes onto drafts without a warning again.")),),
        verb=_("Open again"),
        action=request.path,
        back=customer_address(request, customer_id),
    )
    return show_dialog(request, dialog)


def _effects_of_ending(request: OfficeRequest, customer_id: int) -> tuple[Effect, ...]:
    going_on = count_subscriptions(acting=request.acting, customer_ids=[customer_id], on=request.today)
    subscriptions = going_on.get(customer_id, 0)
    waiting = open_charges(acting=request.acting, customer_id=customer_id).count()
    waiting += waiting_lines(acting=request.acting).filter(customer_id=customer_id).count()
    effects = [Effect("warn", _("What is still owed is billed, with a warning that the customer has ended."))]
    if subscriptions:
        words = ngettext(
            "%(number)s subscription goes on: cancel it to stop the billing.",
            "%(number)s subscriptions go on: cancel them to stop the billing.",
            subscriptions,
        )
        effects.insert(0, Effect("clock", words % {"number": formats.number(subscriptions)}))
    if waiting:
        words = ngettext("%(number)s line waits to be billed.", "%(number)s lines wait to be billed.", waiting)
        effects.append(Effect("clock", words % {"number": formats.number(waiting)}))
    effects.append(Effect("back", _("The customer can be opened again at any time.")))
    return tuple(effects)
