"""Letters by e-mail, through whichever mail backend Django is set to use."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from rebill.delivery.channels.email.backend import BackendSession
from rebill.delivery.channels.email.smtp import SmtpSession
from rebill.delivery.contract import Session


class EmailChannel:
    """SMTP is spoken step by step, so that it is known how far a letter came; other backends are asked to send."""

    name = "email"

    @contextmanager
    def open(self) -> Iterator[Session]:
        backend = get_connection()
        session = SmtpSession(backend) if isinstance(backend, SmtpBackend) else BackendSession(backend)
        try:
            yield session
        finally:
            session.close()


EMAIL = EmailChannel()
