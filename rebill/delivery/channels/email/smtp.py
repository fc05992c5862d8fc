"""Letters by SMTP, spoken step by step: until the content is on its way nothing was sent, afterwards nobody can know.

`smtplib.SMTP.sendmail` hides the step at which it failed, the server's answer and the recipients it refused, and all
three decide: a 4xx answer may be tried again, a 5xx is final (RFC 5321, 4.2.1), and a connection that breaks after the
content without an answer leaves open who is responsible for the mail (4.5.3.2.6).
"""

import re
import smtplib
from contextlib import suppress

from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from rebill.delivery.channels.email.message import message_of
from rebill.delivery.contract import Accepted, Letter, Outcome, Rejected, TryLater, Unclear

_TAKEN = (250, 251)
_GO_AHEAD = 354
_CLOSING = 421
_DOT_AT_START = re.compile(rb"(?m)^\.")


class SmtpSession:
    """One connection for many letters; a connection that went away between two letters is opened again."""

    def __init__(self, backend: EmailBackend) -> None:
        self._backend = backend

    def ready(self) -> TryLater | None:
        try:
            if self._backend.connection and self._server().noop()[0] not in _TAKEN:
                self._drop()
        except OSError:
            self._drop()
        try:
            self._backend.open()
            self._server().ehlo_or_helo_if_needed()
        except OSError as error:
            # A wrong password or missing encryption concerns every letter, and is mended in the settings.
            self._drop()
            return TryLater(f"{self._backend.host}:{self._backend.port} is not reached: {words_of(error)}")
        return None

    def send(self, letter: Letter) -> Outcome:
        try:
            message = message_of(letter)
            content = message.message().as_bytes(linesep="\r\n")
            sender = sanitize_address(letter.sender_email, "utf-8")
            recipients = [sanitize_address(recipient, "utf-8") for recipient in letter.recipients]
        except ValueError as error:
            return Rejected(str(error))
        if trouble := self.ready():
            return trouble
        try:
            answer = self._envelope(sender, recipients, len(content), letter.settle_for_some)
            if not isinstance(answer, str):
                self._reset()
                return answer
            code, reply = self._server().docmd("data")
            if code != _GO_AHEAD:
                self._reset()
                return by_code(code, reply)
        except OSError as error:
            self._drop()
            return TryLater(f"The connection broke before the mail was sent: {words_of(error)}")
        return self._content(content, remark=answer)

    def close(self) -> None:
        with suppress(OSError):
            self._backend.close()

    def _envelope(self, sender: str, recipients: list[str], size: int, settle_for_some: bool) -> Outcome | str:
        """Name sender and recipients; a text means that the content may follow, and who will not get it."""
        server = self._server()
        options = []
        if server.has_extn("size"):
            options.append(f"size={size}")
        if server.has_extn("8bitmime"):
            options.append("body=8bitmime")
        code, reply = server.mail(sender, options)
        if code not in _TAKEN:
            return by_code(code, reply)
        refused: list[tuple[int, str]] = []
        for recipient in recipients:
            code, reply = server.rcpt(recipient)
            if code == _CLOSING:
                return by_code(code, reply)
            if code not in _TAKEN:
                refused.append((code, f"{recipient}: {said(code, reply)}"))
        words = "; ".join(text for _, text in refused)
        if len(refused) == len(recipients):
            # One that may be tried again is reason enough to try again.
            return TryLater(words) if any(code < 500 for code, _ in refused) else Rejected(words)
        if not settle_for_some and any(code < 500 for code, _ in refused):
            return TryLater(words)
        return f"; refused: {words}" if refused else ""

    def _content(self, content: bytes, *, remark: str) -> Outcome:
        server = self._server()
        try:
            server.send(_DOT_AT_START.sub(b"..", content) + (b"" if content.endswith(b"\r\n") else b"\r\n") + b".\r\n")
            code, reply = server.getreply()
        except OSError as error:
            self._drop()
            return Unclear(f"The connection broke while the mail was being sent: {words_of(error)}")
        if code == _CLOSING:
            self._drop()
        if code in _TAKEN:
            return Accepted(said(code, reply) + remark)
        return by_code(code, reply)

    def _server(self) -> smtplib.SMTP:
        server = self._backend.connection
        if server is None:
            raise smtplib.SMTPServerDisconnected("no connection")
        return server

    def _reset(self) -> None:
        """Forget the letter begun, so that the next one starts anew; a server that cannot is left."""
        try:
            if self._server().rset()[0] not in _TAKEN:
                self._drop()
        except OSError:
            self._drop()

    def _drop(self) -> None:
        connection, self._backend.connection = self._backend.connection, None
        if connection is not None:
            connection.close()
        self.close()


def by_code(code: int, reply: bytes) -> Outcome:
    """What an answer that is not a yes means."""
    return Rejected(said(code, reply)) if 500 <= code <= 599 else TryLater(said(code, reply))


def said(code: int, reply: bytes) -> str:
    """The server's words on one line."""
    return " ".join(f"{code} {reply.decode('utf-8', 'replace')}".split())


def words_of(error: OSError) -> str:
    """What went wrong, in the words of the server where it had any."""
    if isinstance(error, smtplib.SMTPResponseException):
        reply = error.smtp_error
        return said(error.smtp_code, reply if isinstance(reply, bytes) else str(reply).encode())
    return str(error) or type(error).__name__
