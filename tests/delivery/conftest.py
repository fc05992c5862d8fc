"""A mail server that all mails of a test go to."""

from collections.abc import Iterator

import pytest

from tests.delivery.mail_server import MailServer, mails_go_to_a_server


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    with mails_go_to_a_server(settings) as server:
        yield server
