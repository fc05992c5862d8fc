"""From a dispatch to the letter that its channel sends: who it is from, what it says, what is attached."""

import re
from dataclasses import dataclass

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from rebill.delivery.contract import Attachment, Letter
from rebill.delivery.languages import MailKind
from rebill.delivery.mail_texts import MailFacts, SellerTexts, file_name, mail_text
from rebill.delivery.models import Dispatch
from rebill.invoices.models import Invoice, InvoiceKind
from rebill.kit.errors import Conflict
from rebill.parties.models import Look, Seller

_MESSAGE_ID = re.compile(r"rebill-(\d{1,18})-([0-9a-f]{24})@")


class SenderMissing(Conflict):
    """Mails need an address to be from."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the mails of a seller are from, and in which words: all of it the seller's own, nothing of rebill."""

    name: str
    email: str
    reply_to: str
    language: str
    texts: SellerTexts


def sender_of(seller: Seller, look: Look | None) -> Sender:
    """From the look in force, else from the seller itself. SenderMissing when neither has an e-mail address."""
    email = (look.sender_email if look else "") or seller.email
    if not email:
        raise SenderMissing(
            _("%(name)s has no e-mail address to send from. Give a sender in its look, or an address to the seller.")
            % {"name": seller.name}
        )
    return Sender(
        name=(look.sender_name if look else "") or seller.name,
        email=email,
        reply_to=look.reply_to if look else "",
        language=seller.language,
        texts=look.texts if look else {},
    )


def letter_for(dispatch: Dispatch, *, sender: Sender, pdf: bytes, last_attempt: bool) -> Letter:
    """The letter of this dispatch, the same each time it is asked for."""
    facts = facts_of(dispatch.invoice, seller=sender.name)
    language = dispatch.invoice.language
    text = mail_text(facts, language=language, fallback=sender.language, texts=sender.texts)
    name = file_name(facts, language=language, fallback=sender.language)
    return Letter(
        message_id=message_id_of(dispatch, sender.email),
        sender_name=sender.name,
        sender_email=sender.email,
        reply_to=sender.reply_to,
        recipients=tuple(dispatch.recipients),
        subject=text.subject,
        body=text.body,
        attachments=(Attachment(name, "application/pdf", pdf),),
        settle_for_some=last_attempt,
    )


def facts_of(invoice: Invoice, *, seller: str) -> MailFacts:
    """What the mail about this document can say."""
    return MailFacts(
        kind=_kind_of(invoice),
        number=invoice.number,
        customer=invoice.customer_name,
        seller=seller,
        total=invoice.gross_amount,
        due_on=invoice.due_on,
        withdrawn=invoice.credits.number if invoice.credits else "",
    )


def message_id_of(dispatch: Dispatch, sender_email: str) -> str:
    """The Message-ID of a dispatch: the same in every attempt, and recognised when a bounce names it."""
    domain = sender_email.rpartition("@")[2].encode("idna").decode("ascii")
    return f"<rebill-{dispatch.pk}-{_mark(dispatch)}@{domain}>"


def dispatch_id_in(message_id: str) -> int | None:
    """The dispatch that a Message-ID of ours speaks of; None when it is not of our making."""
    found = _MESSAGE_ID.search(message_id)
    return int(found[1]) if found else None


def is_of(message_id: str, dispatch: Dispatch) -> bool:
    """Whether the Message-ID is that of this dispatch: nobody can make one up by counting."""
    found = _MESSAGE_ID.search(message_id)
    return found is not None and int(found[1]) == dispatch.pk and found[2] == _mark(dispatch)


def _mark(dispatch: Dispatch) -> str:
    key = f"{dispatch.seller_id}:{dispatch.key}"
    return salted_hmac("rebill.delivery.message_id", key, algorithm="sha256").hexdigest()[:24]


def _kind_of(invoice: Invoice) -> MailKind:
    if invoice.kind == InvoiceKind.CREDIT_NOTE:
        return MailKind.WITHDRAWAL if invoice.withdraws and invoice.credits else MailKind.CREDIT_NOTE
    return MailKind.INVOICE if invoice.gross_amount.minor > 0 else MailKind.NOTHING_TO_PAY
