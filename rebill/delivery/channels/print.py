"""Letters on paper: one PDF of many letters, to be printed or handed to a letter shop."""

from collections.abc import Sequence
from io import BytesIO

import pikepdf

from rebill.delivery.contract import Bound, Sheets


class PrintBinder:
    """Binds PDF letters one after the other; a letter that cannot be read is named and left out."""

    name = "print"
    media_type = "application/pdf"

    def bind(self, letters: Sequence[Sheets]) -> Bound:
        unreadable: dict[int, str] = {}
        with pikepdf.new() as bound:
            for letter in letters:
                try:
                    with pikepdf.open(BytesIO(letter.content)) as pages:
                        bound.pages.extend(pages.pages)
                except pikepdf.PdfError as error:
                    unreadable[letter.key] = f"Its PDF cannot be read: {error}"
            content = BytesIO()
            bound.save(content, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        return Bound(content.getvalue(), len(letters) - len(unreadable), unreadable)


PRINT = PrintBinder()
