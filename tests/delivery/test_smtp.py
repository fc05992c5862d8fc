"""How far a letter came decides what its failure means; tried against a real mail server."""

import smtplib

import pytest

from rebill.delivery.channels.email import EMAIL
from rebill.delivery.contract import Accepted, Attachment, Letter, Rejected, TryLater, Unclear
from tests.delivery.mail_server import closed_port


def letter(*recipients: str, **fields) -> Letter:
    given = {
        "message_id": "<rebill-1-abc@seller.example>",
        "sender_name": "Seller",
        "sender_email": "billing@seller.example",
        "reply_to": "help@seller.example",
        "subject": "Factuur 2026-00001 – van €",
        "body": "Goedendag,\n\n.een regel met een punt\n",
        "attachments": (Attachment("Factuur.pdf", "application/pdf", b"%PDF-1.7 bytes\r\n.\r\nmore"),),
        **fields,
    }
    return Letter(recipients=recipients or ("a@customer.example",), **given)


def send(*letters: Letter):
    with EMAIL.open() as session:
        return [session.send(each) for each in letters]


def test_a_letter_that_is_taken_is_accepted_in_the_words_of_the_server(mail_server):
    [outcome] = send(letter())

    assert outcome == Accepted("250 2.0.0 Ok: queued as Q1")


def test_a_letter_arrives_as_it_was_written(mail_server):
    send(letter("a@customer.example", "b@customer.example"))

    [(recipients, message)] = mail_server.received
    assert recipients == ["a@customer.example", "b@customer.example"]
    assert message["Subject"] == "Factuur 2026-00001 – van €"
    assert message["From"] == "Seller <billing@seller.example>"
    assert message["Reply-To"] == "help@seller.example"
    assert message["Message-ID"] == "<rebill-1-abc@seller.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body().get_content().replace("\r\n", "\n") == "Goedendag,\n\n.een regel met een punt\n"
    [attached] = message.iter_attachments()
    assert attached.get_filename() == "Factuur.pdf"
    assert attached.get_content() == b"%PDF-1.7 bytes\r\n.\r\nmore"


def test_one_connection_serves_many_letters(mail_server):
    outcomes = send(letter(), letter(), letter())

    assert [type(outcome) for outcome in outcomes] == [Accepted] * 3
    assert mail_server.connections == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("550 5.1.1 no such user", Rejected("a@customer.example: 550 5.1.1 no such user")),
        ("451 4.7.1 greylisted, try again", TryLater("a@customer.example: 451 4.7.1 greylisted, try again")),
    ],
)
def test_a_refused_recipient_decides_by_the_code(mail_server, answer, outcome):
    mail_server.recipients["a@customer.example"] = answer

    assert send(letter()) == [outcome]
    assert mail_server.received == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("553 sender not yours", Rejected("553 sender not yours")),
        ("452 too many mails today", TryLater("452 too many mails today")),
    ],
)
def test_a_refused_sender_decides_by_the_code(mail_server, answer, outcome):
    mail_server.senders["billing@seller.example"] = answer

    assert send(letter()) == [outcome]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("554 5.7.1 looks like spam", Rejected("554 5.7.1 looks like spam")),
        ("452 4.3.1 disk full", TryLater("452 4.3.1 disk full")),
    ],
)
def test_refused_content_decides_by_the_code(mail_server, answer, outcome):
    mail_server.contents = [answer]

    assert send(letter()) == [outcome]


def test_the_letter_after_a_refused_one_is_sent_on_the_same_connection(mail_server):
    mail_server.recipients["gone@customer.example"] = "550 no such user"
    mail_server.contents = ["554 no"]

    outcomes = send(letter("gone@customer.example"), letter(), letter())

    assert [type(outcome) for outcome in outcomes] == [Rejected, Rejected, Accepted]
    assert mail_server.connections == 1


def test_one_dead_recipient_of_two_is_noted_and_the_other_gets_the_letter(mail_server):
    mail_server.recipients["gone@customer.example"] = "550 no such user"

    [outcome] = send(letter("a@customer.example", "gone@customer.example"))

    assert outcome == Accepted("250 2.0.0 Ok: queued as Q1; refused: gone@customer.example: 550 no such user")
    assert mail_server.addressed == [["a@customer.example"]]


def test_one_busy_recipient_of_two_makes_both_wait_so_that_nobody_gets_it_twice(mail_server):
    mail_server.recipients["busy@customer.example"] = "450 mailbox busy"

    [outcome] = send(letter("a@customer.example", "busy@customer.example"))

    assert outcome == TryLater("busy@customer.example: 450 mailbox busy")
    assert mail_server.received == []


def test_in_the_last_attempt_those_who_can_get_the_letter_get_it(mail_server):
    mail_server.recipients["busy@customer.example"] = "450 mailbox busy"

    [outcome] = send(letter("a@customer.example", "busy@customer.example", settle_for_some=True))

    assert isinstance(outcome, Accepted)
    assert mail_server.addressed == [["a@customer.example"]]


def test_a_connection_cut_before_the_content_means_nothing_was_sent(mail_server):
    mail_server.recipients["a@customer.example"] = "drop"

    [outcome, after] = send(letter(), letter("b@customer.example"))

    assert isinstance(outcome, TryLater)
    assert isinstance(after, Accepted)
    assert mail_server.addressed == [["b@customer.example"]]


@pytest.mark.parametrize("answer", ["drop", "take and drop"])
def test_a_connection_cut_after_the_content_leaves_it_unclear(mail_server, answer):
    mail_server.contents = [answer]

    [outcome] = send(letter())

    assert isinstance(outcome, Unclear)


def test_a_server_that_falls_silent_after_the_content_leaves_it_unclear(mail_server, settings):
    settings.EMAIL_TIMEOUT = 0.3
    mail_server.seconds = 1

    [outcome] = send(letter())

    assert isinstance(outcome, Unclear)


def test_a_slow_server_is_waited_for(mail_server):
    mail_server.seconds = 0.5

    [outcome] = send(letter())

    assert isinstance(outcome, Accepted)


def test_nobody_listening_is_out_of_reach_for_every_letter(mail_server, settings):
    settings.EMAIL_PORT = closed_port()

    with EMAIL.open() as session:
        obstacle = session.ready()

    assert isinstance(obstacle, TryLater)
    assert "is not reached" in obstacle.words


def test_a_wrong_password_keeps_the_letters_and_names_the_reason(mail_server, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "clerk", "wrong"

    with EMAIL.open() as session:
        obstacle = session.ready()

    assert isinstance(obstacle, TryLater)


def test_a_connection_that_went_to_sleep_between_two_letters_is_opened_again(mail_server):
    with EMAIL.open() as session:
        first = session.send(letter())
        # The server closes idle connections; here ours is cut under the session's feet.
        session._backend.connection.sock.close()
        second = session.send(letter())

    assert isinstance(first, Accepted)
    assert isinstance(second, Accepted)


def test_a_letter_larger_than_the_server_takes_is_rejected_before_it_is_transmitted(mail_server, monkeypatch):
    too_large = Attachment("big.pdf", "application/pdf", b"x" * 26_000_000)

    [outcome] = send(letter(attachments=(too_large,)))

    assert isinstance(outcome, Rejected)
    assert "552" in outcome.words


@pytest.mark.parametrize("address", ["", "no address", "a@", "@b.example", "a@b.example\nBcc: c@d.example", "a@b c"])
def test_an_address_that_is_none_is_rejected_without_asking_the_server(mail_server, address):
    [outcome] = send(letter(address))

    assert isinstance(outcome, Rejected)
    assert mail_server.received == []


def test_a_line_break_in_a_heading_is_rejected(mail_server):
    [outcome] = send(letter(subject="Factuur\nBcc: everybody@customer.example"))

    assert isinstance(outcome, Rejected)


def test_nobody_to_send_to_is_rejected(mail_server):
    with EMAIL.open() as session:
        outcome = session.send(Letter("<x@y>", "S", "s@s.example", "", (), "s", "b", ()))

    assert isinstance(outcome, Rejected)


def test_the_lines_of_a_long_content_arrive_unchanged(mail_server):
    body = "\n".join(f"{'.' * (number % 3)}line {number}" for number in range(5_000)) + "\n"

    send(letter(body=body))

    [(_, message)] = mail_server.received
    assert message.get_body().get_content().replace("\r\n", "\n") == body


def test_smtplib_tells_of_every_trouble_as_an_oserror():
    """The session relies on it: what is no OSError would not become an outcome."""
    assert issubclass(smtplib.SMTPException, OSError)
