"""English, as written in Europe."""

from rebill.delivery.languages.wording import MailKind, MailText, MailWording

ENGLISH = MailWording(
    locale="en_GB",
    texts={
        MailKind.INVOICE: MailText(
            "Invoice {number} from {seller}",
            "Hello,\n\n"
            "Attached is invoice {number} for {total}. The amount is due on {due_on}.\n\n"
            "Kind regards,\n{seller}\n",
        ),
        MailKind.NOTHING_TO_PAY: MailText(
            "Invoice {number} from {seller}",
            "Hello,\n\nAttached is invoice {number}. There is nothing to pay.\n\nKind regards,\n{seller}\n",
        ),
        MailKind.CREDIT_NOTE: MailText(
            "Credit note {number} from {seller}",
            "Hello,\n\nAttached is credit note {number} for {total}.\n\nKind regards,\n{seller}\n",
        ),
        MailKind.WITHDRAWAL: MailText(
            "Invoice {withdrawn} is withdrawn",
            "Hello,\n\n"
            "Invoice {withdrawn} was wrong and is withdrawn: you do not need to pay it. "
            "Attached is credit note {number}, which credits the invoice in full.\n\n"
            "Kind regards,\n{seller}\n",
        ),
    },
    document={
        MailKind.INVOICE: "Invoice",
        MailKind.NOTHING_TO_PAY: "Invoice",
        MailKind.CREDIT_NOTE: "Credit note",
        MailKind.WITHDRAWAL: "Credit note",
    },
)
