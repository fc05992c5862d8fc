"""A real mail server on this machine that takes mails, or misbehaves in the ways real ones do."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """What it received, and how it answers. An answer "drop" cuts the connection instead of answering."""

    port: int = 0
    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    # Every content that was transmitted, taken or not.
    offered: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    # Answers by address; None takes it.
    senders: dict[str, str] = field(default_factory=dict)
    recipients: dict[str, str] = field(default_factory=dict)
    # The answers to the contents, one after the other; when they run out contents are taken.
    contents: list[str] = field(default_factory=list)
    greeting: str = ""
    seconds: float = 0.0

    async def handle_EHLO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return [self.greeting] if self.greeting else responses

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.senders.get(address, "")
        if answer:
            return self._answer(server, answer)
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 sender fine"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipients.get(address, "")
        if answer:
            return self._answer(server, answer)
        envelope.rcpt_tos.append(address)
        return "250 recipient fine"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.seconds)
        answer = self.contents.pop(0) if self.contents else ""
        content: Any = message_from_bytes(envelope.content or b"", policy=policy.default)
        self.offered.append(content)
        if answer in ("", "take and drop"):
            self.received.append((list(envelope.rcpt_tos), content))
        if answer == "take and drop":
            return self._answer(server, "drop")
        return self._answer(server, answer or f"250 2.0.0 Ok: queued as Q{len(self.received)}")

    def _answer(self, server: SMTP, answer: str) -> str:
        if answer == "drop":
            assert server.transport is not None
            server.transport.abort()
            return "421 gone"
        return answer

    @property
    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for _, message in self.received]

    @property
    def addressed(self) -> list[list[str]]:
        return [recipients for recipients, _ in self.received]


class MailServerRunning(Controller):
    """The server on a free port; `start` and `stop` it."""

    def __init__(self, server: MailServer) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            server.port = free.getsockname()[1]
        super().__init__(server, hostname="127.0.0.1", port=server.port, enable_SMTPUTF8=False)


@contextmanager
def mails_go_to_a_server(settings: Any) -> Iterator[MailServer]:
    """While this holds, all mails of this process go to a server of its own."""
    server = MailServer()
    running = MailServerRunning(server)
    running.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    settings.EMAIL_TIMEOUT = 2
    try:
        yield server
    finally:
        running.stop()


def closed_port() -> int:
    """A port on which nothing answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
