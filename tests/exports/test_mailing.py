"""An export is mailed once; when nobody knows whether it arrived, a person is asked."""

from datetime import date, timedelta

import pytest

from rebill.delivery.contract import Accepted, Rejected, TryLater, Unclear
from rebill.exports.checks import check_exports
from rebill.exports.commands import MailingUnclear, NobodyToMailTo, mail_export, make_combined_export
from rebill.exports.contract import Layout
from rebill.exports.formats.combined import COMBINED
from rebill.exports.models import Export
from rebill.exports.queries import ExportUnknown
from rebill.kit.files import read_file
from rebill.kit.models import Event
from tests.delivery.factories import NOW, acting_of, make_customer, make_invoice, make_seller
from tests.delivery.mail_server import closed_port

pytestmark = pytest.mark.django_db

LAYOUT = Layout(columns=COMBINED.default_columns)
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def seller():
    return make_seller(export_emails=["boekhouding@noorderlicht.example"])


@pytest.fixture
def made(seller) -> Export:
    make_invoice(make_customer(seller), pdf=None)
    return make_combined_export(acting=acting_of(seller), month=date(2026, 10, 1), layout=LAYOUT, now=NOW)


def mail(seller, made, now=NOW, **again):
    return mail_export(acting=acting_of(seller), export=made, now=now, **again)


def test_the_file_arrives_at_the_bookkeeping(seller, made, mail_server):
    outcome = mail(seller, made)

    [(recipients, message)] = mail_server.received
    [attached] = message.iter_attachments()
    made.refresh_from_db()
    assert isinstance(outcome, Accepted)
    assert recipients == ["boekhouding@noorderlicht.example"]
    assert message["Subject"] == "Facturatie-export oktober 2026 van Noorderlicht Hosting"
    assert attached.get_filename() == "noorderlicht-2026-10.csv"
    assert attached.get_payload(decode=True) == read_file(made.file_id)
    assert (made.mailed_at, made.mailed_to) == (NOW, ["boekhouding@noorderlicht.example"])


@pytest.mark.parametrize("language", ["nl", "de", "fi", "en", "sv"])
def test_the_mail_speaks_the_sellers_language(made, mail_server, language):
    seller = made.seller
    seller.language = language
    seller.save()

    mail(seller, made)

    [(_, message)] = mail_server.received
    assert "{" not in message["Subject"] + message.get_body().get_content()
    assert "2026" in message["Subject"]


def test_an_export_is_mailed_once(seller, made, mail_server):
    mail(seller, made)

    outcome = mail(seller, made, LATER)

    assert isinstance(outcome, Accepted)
    assert len(mail_server.received) == 1


def test_a_person_may_have_it_mailed_again(seller, made, mail_server):
    mail(seller, made)

    mail(seller, made, LATER, again=True)

    assert len(mail_server.received) == 2
    assert Export.objects.get().mailed_at == LATER


def test_a_mail_server_that_is_down_leaves_the_export_to_be_mailed_later(seller, made, mail_server, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, closed_port()
    assert isinstance(mail(seller, made), TryLater)
    settings.EMAIL_PORT = port

    assert isinstance(mail(seller, made, LATER), Accepted)
    assert len(mail_server.received) == 1


@pytest.mark.parametrize(("answer", "kind"), [("452 later", TryLater), ("554 no", Rejected)])
def test_an_export_that_was_not_taken_can_be_mailed_later(seller, made, mail_server, answer, kind):
    mail_server.contents = [answer]

    assert isinstance(mail(seller, made), kind)
    assert Event.objects.get(verb="mail_failed").details["words"] == answer
    assert isinstance(mail(seller, made, LATER), Accepted)


def test_a_broken_connection_is_a_question_and_not_a_second_mail(seller, made, mail_server):
    mail_server.contents = ["take and drop"]

    assert isinstance(mail(seller, made), Unclear)
    with pytest.raises(MailingUnclear):
        mail(seller, made, LATER)

    assert len(mail_server.received) == 1
    assert "export.mail_unclear" in [problem.what for problem in check_exports(acting=acting_of(seller), now=LATER)]


def test_after_a_crash_in_the_middle_it_is_a_question_too(seller, made, mail_server):
    Export.objects.update(mail_started_at=NOW)

    with pytest.raises(MailingUnclear):
        mail(seller, made, LATER)

    assert isinstance(mail(seller, made, LATER, again=True), Accepted)


def test_a_seller_without_an_address_for_exports_is_told_so(made):
    seller = made.seller
    seller.export_emails = []
    seller.save()

    with pytest.raises(NobodyToMailTo):
        mail(seller, made)


def test_another_sellers_export_is_not_found(made):
    with pytest.raises(ExportUnknown):
        mail(make_seller("other"), made)
