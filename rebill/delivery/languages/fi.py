"""Finnish."""

from rebill.delivery.languages.wording import MailKind, MailText, MailWording

FINNISH = MailWording(
    locale="fi",
    texts={
        MailKind.INVOICE: MailText(
            "Lasku {number}, {seller}",
            "Hei,\n\n"
            "ohessa on lasku {number}, jonka loppusumma on {total}. Eräpäivä on {due_on}.\n\n"
            "Ystävällisin terveisin\n{seller}\n",
        ),
        MailKind.NOTHING_TO_PAY: MailText(
            "Lasku {number}, {seller}",
            "Hei,\n\nohessa on lasku {number}. Siitä ei ole maksettavaa.\n\nYstävällisin terveisin\n{seller}\n",
        ),
        MailKind.CREDIT_NOTE: MailText(
            "Hyvityslasku {number}, {seller}",
            "Hei,\n\n"
            "ohessa on hyvityslasku {number}, jonka loppusumma on {total}.\n\n"
            "Ystävällisin terveisin\n{seller}\n",
        ),
        MailKind.WITHDRAWAL: MailText(
            "Lasku {withdrawn} on peruttu",
            "Hei,\n\n"
            "lasku {withdrawn} oli virheellinen ja se on peruttu: sitä ei tarvitse maksaa. "
            "Ohessa on hyvityslasku {number}, joka hyvittää laskun kokonaan.\n\n"
            "Ystävällisin terveisin\n{seller}\n",
        ),
    },
    document={
        MailKind.INVOICE: "Lasku",
        MailKind.NOTHING_TO_PAY: "Lasku",
        MailKind.CREDIT_NOTE: "Hyvityslasku",
        MailKind.WITHDRAWAL: "Hyvityslasku",
    },
)
