"""A mail server that all mails of a test go to."""

from collections.abc import Iterator

import pytest

from tests.delivery.mail_server import MailServer, MailServerRunning


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    server = MailServer()
    running = MailServerRunning(server)
    running.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = server.port
    settings.EMAIL_TIMEOUT = 2
    yield server
    running.stop()
