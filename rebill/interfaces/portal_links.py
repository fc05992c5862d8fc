"""The mail with the link into the portal, asked for there or sent by the office.

It is from the seller, in the language of the customer, with nothing of rebill in it.
"""

from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from rebill.access.acting import Acting, timetable
from rebill.delivery.letters import sender_of
from rebill.interfaces.jobs import read_clock
from rebill.kit.queue import start_task
from rebill.parties.commands import make_portal_link
from rebill.parties.commands.portal import INVITATION_LIVES, LINK_LIVES
from rebill.parties.models import Seller
from rebill.parties.queries import current_look, seller_of
from rebill.parties.visitors import customers_reached_at


def ask_for_link(acting: Acting, email: str, *, invited: bool = False) -> None:
    """Has a link mailed to an address that a customer names; for another nothing happens. The mail is a task, so that
    an answer takes as long for an address that is known."""
    if customers_reached_at(acting, email):
        function = "rebill.interfaces.portal_links.mail_link"
        start_task(function, acting.seller_id, email, invited, name=f"portal link {acting.seller_id}", group="portal")


def mail_link(seller_id: int, email: str, invited: bool) -> bool:
    """Mails a fresh link; whether one was to be had."""
    acting = timetable(seller_id)
    seller = seller_of(acting)
    # Before a link is made: who has no address to send from makes none.
    sender = sender_of(seller, current_look(seller_id))
    lives = INVITATION_LIVES if invited else LINK_LIVES
    secret = make_portal_link(acting=acting, email=email, now=read_clock(), lives=lives)
    if secret is None:
        return False
    customers = customers_reached_at(acting, email)
    language = next((each.language for each in customers if each.language), seller.language)
    facts = {
        "seller": sender.name,
        "customers": ", ".join(each.name for each in customers[:5]),
        "address": portal_address(seller, reverse("portal:link", args=[seller.slug, secret])),
        "invited": invited,
        "minutes": LINK_LIVES.seconds // 60,
        "days": INVITATION_LIVES.days,
    }
    with translation.override(language):
        subject = render_to_string("portal/mails/link_subject.txt", facts).strip()
        body = render_to_string("portal/mails/link.txt", facts)
    reply_to = [sender.reply_to] if sender.reply_to else None
    EmailMessage(subject, body, formataddr((sender.name, sender.email)), [email], reply_to=reply_to).send()
    return True


def portal_address(seller: Seller, path: str = "") -> str:
    """The whole address of a page of the portal, of its door where none is named."""
    return settings.REBILL_URL + (path or reverse("portal:enter", args=[seller.slug]))
