"""Other mail backends: what their answers and exceptions mean."""

import pytest
import requests
from anymail.exceptions import AnymailRecipientsRefused, AnymailRequestsAPIError, AnymailUnsupportedFeature
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from urllib3.exceptions import MaxRetryError, NewConnectionError

from rebill.delivery.channels.email import EMAIL
from rebill.delivery.contract import Accepted, Attachment, Letter, Rejected, TryLater, Unclear

LETTER = Letter(
    message_id="<rebill-1-abc@seller.example>",
    sender_name="Seller",
    sender_email="billing@seller.example",
    reply_to="",
    recipients=("a@customer.example",),
    subject="Factuur",
    body="Goedendag",
    attachments=(Attachment("Factuur.pdf", "application/pdf", b"%PDF"),),
)


class Failing(BaseEmailBackend):
    """Raises what it is told to."""

    error: Exception
    sent: list[object] = []

    def send_messages(self, email_messages):
        raise self.error


class Sulking(BaseEmailBackend):
    """Sends nothing and says nothing."""

    def send_messages(self, email_messages):
        return 0


class WithoutMetadata(BaseEmailBackend):
    """A provider that refuses a message with a field it does not know."""

    def send_messages(self, email_messages):
        if hasattr(email_messages[0], "metadata"):
            raise AnymailUnsupportedFeature("no metadata here")
        return 1


@pytest.fixture
def failing(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Failing"
    return Failing


def send():
    with EMAIL.open() as session:
        assert session.ready() is None
        return session.send(LETTER)


def api_error(status: int) -> AnymailRequestsAPIError:
    response = requests.Response()
    response.status_code = status
    response.reason = "as it is"
    return AnymailRequestsAPIError("the provider", response=response)


def transport_error(error: Exception) -> AnymailRequestsAPIError:
    kind = type("AnymailRequestsAPIError", (AnymailRequestsAPIError, type(error)), {})
    raised = kind("Error posting")
    raised.__cause__ = error
    return raised


def test_mails_are_written_to_files_when_no_server_is_named(settings, data_folder):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"

    outcome = send()

    [written] = (data_folder / "mail").iterdir()
    assert isinstance(outcome, Accepted)
    assert "Subject: Factuur" in written.read_text()


def test_a_provider_accepts_with_its_own_id_and_gets_ours_to_report_bounces_by(settings):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"

    outcome = send()

    assert isinstance(outcome, Accepted)
    assert outcome.words.startswith("a@customer.example: sent")
    assert mail.outbox[-1].metadata == {"message_id": "<rebill-1-abc@seller.example>"}


def test_a_provider_without_metadata_is_sent_to_without_it(settings):
    settings.EMAIL_BACKEND = f"{__name__}.WithoutMetadata"

    assert isinstance(send(), Accepted)


def test_a_backend_that_sends_nothing_has_not_accepted(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Sulking"

    assert isinstance(send(), Rejected)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (api_error(400), Rejected),
        (api_error(422), Rejected),
        (api_error(401), TryLater),
        (api_error(429), TryLater),
        (api_error(503), TryLater),
        (api_error(500), Unclear),
        (api_error(504), Unclear),
        (AnymailRecipientsRefused(), Rejected),
        (ConnectionRefusedError("nobody there"), TryLater),
        (ConnectionResetError("cut"), Unclear),
        (transport_error(requests.ConnectTimeout("slow")), TryLater),
        (transport_error(requests.ReadTimeout("slow")), Unclear),
        (
            transport_error(
                requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "refused")))  # type: ignore[arg-type]
            ),
            TryLater,
        ),
        (transport_error(requests.ConnectionError("remote end closed")), Unclear),
        (RuntimeError("a fault of the backend"), Unclear),
    ],
)
def test_an_exception_means_that_nothing_was_sent_only_where_that_is_certain(failing, error, outcome):
    failing.error = error

    assert isinstance(send(), outcome)


def test_a_folder_that_cannot_be_written_is_out_of_reach(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")

    with EMAIL.open() as session:
        (tmp_path / "mail").rmdir()
        obstacle = session.ready()

    assert isinstance(obstacle, TryLater)
