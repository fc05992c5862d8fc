"""What stands in place of the PDFs of the trial months: one page that says who printed and sent them."""

from datetime import date
from io import BytesIO

import pikepdf

_A4 = (595, 842)
_LINES = (
    "Waterkant Groep B.V.",
    "",
    "This month was billed in rebill on trial, beside the former system.",
    "The former system printed and sent the invoice; rebill holds its lines, VAT and total.",
    "From {month} on rebill prints and sends.",
)


def trial_notice(month: date) -> bytes:
    """The page, the same bytes for the same month."""
    words = [line.format(month=f"{month:%B %Y}") for line in _LINES]
    shown = "\n".join(f"({line}) Tj T*" for line in words)
    page = f"BT /F1 11 Tf 16 TL 72 720 Td\n{shown}\nET".encode("ascii")
    with pikepdf.new() as pdf:
        pdf.add_blank_page(page_size=_A4)
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        pdf.pages[0].Contents = pdf.make_stream(page)
        content = BytesIO()
        pdf.save(content, deterministic_id=True)
    return content.getvalue()
