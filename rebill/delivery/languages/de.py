"""German."""

from rebill.delivery.languages.wording import MailKind, MailText, MailWording

GERMAN = MailWording(
    locale="de",
    texts={
        MailKind.INVOICE: MailText(
            "Rechnung {number} von {seller}",
            "Guten Tag,\n\n"
            "anbei erhalten Sie die Rechnung {number} über {total}. Der Betrag ist bis zum {due_on} fällig.\n\n"
            "Mit freundlichen Grüßen\n{seller}\n",
        ),
        MailKind.NOTHING_TO_PAY: MailText(
            "Rechnung {number} von {seller}",
            "Guten Tag,\n\n"
            "anbei erhalten Sie die Rechnung {number}. Es ist nichts zu zahlen.\n\n"
            "Mit freundlichen Grüßen\n{seller}\n",
        ),
        MailKind.CREDIT_NOTE: MailText(
            "Rechnungskorrektur {number} von {seller}",
            "Guten Tag,\n\n"
            "anbei erhalten Sie die Rechnungskorrektur {number} über {total}.\n\n"
            "Mit freundlichen Grüßen\n{seller}\n",
        ),
        MailKind.WITHDRAWAL: MailText(
            "Rechnung {withdrawn} wurde storniert",
            "Guten Tag,\n\n"
            "die Rechnung {withdrawn} war nicht richtig und wurde storniert: Sie brauchen sie nicht zu bezahlen. "
            "Anbei erhalten Sie die Rechnungskorrektur {number}, die die Rechnung vollständig aufhebt.\n\n"
            "Mit freundlichen Grüßen\n{seller}\n",
        ),
    },
    document={
        MailKind.INVOICE: "Rechnung",
        MailKind.NOTHING_TO_PAY: "Rechnung",
        MailKind.CREDIT_NOTE: "Rechnungskorrektur",
        MailKind.WITHDRAWAL: "Rechnungskorrektur",
    },
)
