"""Pages that promise mails say so while no mail server is named, and are silent about it afterwards."""

import pytest

from rebill.invoices.models import Invoice
from rebill.parties.commands import change_seller
from tests.factories import NOW
from tests.office.billing import Billing, deliver, run_of, september
from tests.office.test_runs import do_waiting_work

WORDS = "No mail server is named yet"
FOLDER = "rebill.delivery.channels.email.folder.EmailBackend"


@pytest.fixture
def billing(seller) -> Billing:
    return september(seller)


@pytest.fixture
def pages(office, billing) -> list[str]:
    """Every page and dialog that promises a mail."""
    change_seller(acting=billing.acting, export_emails=["books@waterkant.example"], now=NOW)
    run = run_of(billing)
    return [
        f"runs/{run.pk}/approve/?all=1", "settings/mails/", "settings/members/", "exports/mail/", "deliveries/",
    ]  # fmt: skip


def promising(office, pages) -> list[str]:
    return [path for path in pages if WORDS in office.get(f"/s/waterkant/{path}").content.decode()]


def test_pages_say_that_mails_become_files(office, pages, settings):
    settings.EMAIL_BACKEND = FOLDER

    assert promising(office, pages) == pages


def test_nothing_is_said_once_a_server_is_named(office, pages, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"

    assert promising(office, pages) == []


def test_sending_again_says_it_too(office, billing, settings):
    settings.EMAIL_BACKEND = FOLDER
    office.post(f"/s/waterkant/runs/{run_of(billing).pk}/approve/", {"all": "1"})
    do_waiting_work()
    deliver(billing)
    invoice = Invoice.objects.earliest("id")

    assert WORDS in office.get(f"/s/waterkant/invoices/{invoice.pk}/resend/").content.decode()
