"""Dutch, for the Netherlands and Belgium."""

from rebill.delivery.languages.wording import MailKind, MailText, MailWording

DUTCH = MailWording(
    locale="nl",
    texts={
        MailKind.INVOICE: MailText(
            "Factuur {number} van {seller}",
            "Goedendag,\n\n"
            "Hierbij ontvangt u factuur {number} van {total}. Wij ontvangen dit bedrag graag uiterlijk {due_on}.\n\n"
            "Met vriendelijke groet,\n{seller}\n",
        ),
        MailKind.NOTHING_TO_PAY: MailText(
            "Factuur {number} van {seller}",
            "Goedendag,\n\n"
            "Hierbij ontvangt u factuur {number}. U hoeft hiervoor niets te betalen.\n\n"
            "Met vriendelijke groet,\n{seller}\n",
        ),
        MailKind.CREDIT_NOTE: MailText(
            "Creditnota {number} van {seller}",
            "Goedendag,\n\nHierbij ontvangt u creditnota {number} van {total}.\n\nMet vriendelijke groet,\n{seller}\n",
        ),
        MailKind.WITHDRAWAL: MailText(
            "Factuur {withdrawn} is ingetrokken",
            "Goedendag,\n\n"
            "Factuur {withdrawn} klopte niet en is ingetrokken: u hoeft deze niet te betalen. "
            "Hierbij ontvangt u creditnota {number}, die de factuur volledig crediteert.\n\n"
            "Met vriendelijke groet,\n{seller}\n",
        ),
    },
    document={
        MailKind.INVOICE: "Factuur",
        MailKind.NOTHING_TO_PAY: "Factuur",
        MailKind.CREDIT_NOTE: "Creditnota",
        MailKind.WITHDRAWAL: "Creditnota",
    },
)
