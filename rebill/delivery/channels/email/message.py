"""A letter as an e-mail message."""

from email.errors import MessageError
from email.headerregistry import Address
from email.utils import formataddr
from typing import Any

from django.core.mail import EmailMessage

from rebill.delivery.contract import Letter


class AddressUnusable(ValueError):
    """An address that no e-mail can be sent to or from."""


class Mail(EmailMessage):
    """A message that is put together once, with everything attached, however often its text is asked for."""

    _built: Any = None

    def message(self, **how: Any) -> Any:
        """The whole text with its headings; ValueError when one of them cannot stand in a mail."""
        if self._built is None:
            self._built = super().message(**how)
        return self._built


def message_of(letter: Letter) -> Mail:
    """The message; ValueError when an address or a heading cannot stand in one.

    It says that a machine sent it (RFC 3834), so that nobody's absence note answers it.
    """
    if not letter.recipients:
        raise AddressUnusable("There is nobody to send it to.")
    for address in (letter.sender_email, *letter.recipients, *filter(None, [letter.reply_to])):
        _check(address)
    message = Mail(
        subject=letter.subject,
        body=letter.body,
        from_email=formataddr((letter.sender_name, letter.sender_email)),
        to=list(letter.recipients),
        reply_to=[letter.reply_to] if letter.reply_to else None,
        headers={"Message-ID": letter.message_id, "Auto-Submitted": "auto-generated"},
    )
    for attachment in letter.attachments:
        message.attach(attachment.name, attachment.content, attachment.media_type)
    return message


def _check(address: str) -> None:
    try:
        parsed = Address(addr_spec=address)
    except (ValueError, IndexError, MessageError) as error:
        raise AddressUnusable(f"{address!r} is not an e-mail address: {error}.") from None
    if not parsed.domain or not parsed.username:
        raise AddressUnusable(f"{address!r} is not an e-mail address.")
