"""Erasing a person who asks to be forgotten: a dialog that says what goes, what stays, and what must be done first."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.access.acting import Permission
from rebill.interfaces import formats
from rebill.interfaces.erasing import kept_documents
from rebill.interfaces.office.addresses import customer_address
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.runs.commands import erase_customer
from rebill.runs.queries.erasing import Erasure, Hindrance, preview_erasure


@page(Permission.KEEP_PARTIES)
def erase_customer_page(request: OfficeRequest, customer_id: int) -> HttpResponse:
    """Asks whether the person is erased, and erases them; while something is open, it says what."""
    back = customer_address(request, customer_id)
    erasure = preview_erasure(acting=request.acting, customer_id=customer_id, today=request.today)
    if request.method == "POST":
        erase_customer(acting=request.acting, customer_id=customer_id, today=request.today, now=request.now)
        toast(request, _("Erased. Orders and documents stay as the law asks."))
        return redirect(back)
    name = erasure.customer.name
    if erasure.hindered:
        dialog = Dialog(
            question=_("Why can %(name)s not be erased yet?") % {"name": name},
            effects=tuple(_reasons(request, erasure)),
            verb="",
            action=request.path,
            back=back,
        )
    else:
        dialog = Dialog(
            question=_("Erase %(name)s for good?") % {"name": name},
            effects=(*_gone(erasure), *_kept(request, erasure), Effect("warn", _("This cannot be taken back."))),
            verb=_("Erase the person"),
            action=request.path,
            back=back,
            hurts=True,
        )
    return show_dialog(request, dialog)


def _reasons(request: OfficeRequest, erasure: Erasure) -> list[Effect]:
    """Each with the page on which it is settled."""
    slug, customer = request.seller.slug, erasure.customer
    page_of = customer_address(request, customer.pk)
    pages = {
        Hindrance.TAB_ORDERS: f"{reverse('office:tabs', args=[slug])}?tab=all&q={customer.number or ''}",
        Hindrance.PURCHASE_ROWS: reverse("office:rebilling", args=[slug]),
        Hindrance.NOT_BILLED: f"{reverse('office:invoices-new', args=[slug])}?customer={customer.pk}",
    }
    return [Effect("warn", each.words, pages.get(each.by, page_of)) for each in erasure.hindered]


def _gone(erasure: Erasure) -> list[Effect]:
    effects = [
        Effect(
            "x", _("The card loses name, addresses, ids, cost centre, reference and notes; links to the portal end.")
        )
    ]
    counted = [
        (erasure.contacts, ngettext("%(number)s contact goes.", "%(number)s contacts go.", erasure.contacts)),
        (
            erasure.tabs,
            ngettext(
                "%(number)s tab is closed and loses its description and what tills wrote beside orders.",
                "%(number)s tabs are closed and lose their descriptions and what tills wrote beside orders.",
                erasure.tabs,
            ),
        ),
        (
            erasure.holders,
            ngettext(
                "%(number)s holder of these tabs is erased, with what is recorded of their consent.",
                "%(number)s holders of these tabs are erased, with what is recorded of their consent.",
                erasure.holders,
            ),
        ),
        (
            erasure.endpoints,
            ngettext(
                "%(number)s telephone number or account ends today; it stays where calls were billed by it.",
                "%(number)s telephone numbers or accounts end today; they stay where calls were billed by them.",
                erasure.endpoints,
            ),
        ),
    ]
    effects += [Effect("x", words % {"number": formats.number(number)}) for number, words in counted if number]
    effects.append(Effect("x", _("The history keeps that something happened and when, not what was said of them.")))
    return effects


def _kept(request: OfficeRequest, erasure: Erasure) -> list[Effect]:
    kept = kept_documents(acting=request.acting, seller=request.seller, customer_id=erasure.customer.pk)
    effects = []
    if kept.number:
        number = formats.number(kept.number)
        until = formats.day(kept.until) if kept.until else ""
        effects.append(Effect("check", _kept_words(kept.number, number, until)))
    effects.append(Effect("check", _("Orders, calls and lines that were billed stay without the name, for the books.")))
    return effects


def _kept_words(count: int, number: str, until: str) -> str:
    if until:
        words = ngettext(
            "%(number)s issued document stays as it was printed, with how it was sent: the law asks so until %(day)s.",
            "%(number)s issued documents stay as they were printed, with how they were sent: the law asks so until "
            "%(day)s.",
            count,
        )
        return words % {"number": number, "day": until}
    words = ngettext(
        "%(number)s issued document stays as it was printed, with how it was sent, as the law asks.",
        "%(number)s issued documents stay as they were printed, with how they were sent, as the law asks.",
        count,
    )
    return words % {"number": number}
