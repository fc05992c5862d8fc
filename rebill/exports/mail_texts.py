"""What the mail with an export says to the seller's own bookkeeping, in the seller's language."""

from datetime import date

from babel.dates import format_date

_TEXTS: dict[str, tuple[str, str]] = {
    "nl": (
        "Facturatie-export {month} van {seller}",
        "Goedendag,\n\nHierbij de gecombineerde export van {month}. Aantal regels: {rows}.\n",
    ),
    "de": (
        "Abrechnungsexport {month} von {seller}",
        "Guten Tag,\n\nanbei der kombinierte Export für {month}. Anzahl Zeilen: {rows}.\n",
    ),
    "fi": (
        "Laskutusvienti {month}, {seller}",
        "Hei,\n\nohessa on yhdistetty vienti ajalta {month}. Rivejä: {rows}.\n",
    ),
    "en": (
        "Billing export {month} of {seller}",
        "Hello,\n\nAttached is the combined export of {month}. Rows: {rows}.\n",
    ),
}


def export_mail(*, language: str, month: date, seller: str, rows: int) -> tuple[str, str]:
    """Subject and body, in English where the seller's language is not ours."""
    spoken = language if language in _TEXTS else "en"
    words = {"month": format_date(month, "LLLL yyyy", locale=spoken), "seller": seller, "rows": str(rows)}
    subject, body = _TEXTS[spoken]
    return subject.format(**words), body.format(**words)
