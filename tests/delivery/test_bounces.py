"""Returned mails are read as servers write them."""

import pytest

from rebill.delivery.channels.email.bounces import Bounce, read_bounce

STATUS = """\
From: MAILER-DAEMON@mx.example
To: billing@seller.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
X-Queue-ID: 4F9D195432

Final-Recipient: rfc822; gone@jansen.example
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <gone@jansen.example>:
    User unknown

--B
Content-Type: {kind}

Message-ID: <rebill-7-0123456789abcdef01234567@seller.example>
Subject: Factuur 2026-00042
From: billing@seller.example

--B--
"""


def returned(*, action: str = "failed", kind: str = "message/rfc822") -> bytes:
    return STATUS.format(action=action, kind=kind).replace("\n", "\r\n").encode()


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_returned_mail_names_the_mail_and_the_words_of_the_server(kind):
    assert read_bounce(returned(kind=kind)) == Bounce(
        "<rebill-7-0123456789abcdef01234567@seller.example>",
        "gone@jansen.example: 550 5.1.1 <gone@jansen.example>: User unknown",
    )


@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_a_delay_or_a_receipt_is_no_bounce(action):
    assert read_bounce(returned(action=action)) is None


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00 no mail",
        b"Subject: Re: Factuur\r\n\r\nIk ben met vakantie.\r\n",
        b'Content-Type: multipart/report; boundary="B"\r\n\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\n',
        returned().replace(b"Message-ID", b"X-Other"),
    ],
)
def test_any_other_mail_is_no_bounce(content):
    assert read_bounce(content) is None
