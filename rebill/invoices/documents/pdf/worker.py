"""A process of its own that renders documents one after the other: `python -m ...worker <descriptor> <form>`.

`form` is pdf, or png for a picture of the first page. It gets lists of contents and answers each content with one
message: a mark, then the bytes or the reason against them. A template by a stranger runs here and not in the process of
the caller, which can put an end to this one.
"""

import resource
import sys
from multiprocessing.connection import Connection

from rebill.invoices.documents.contract import DocumentContent
from rebill.invoices.documents.pdf.press import press_for
from rebill.rules.errors import Invalid

DONE = b"+"
REFUSED = b"-"
PDF, PICTURE = "pdf", "png"
_MEMORY_MAX_BYTES = 2 * 2**30


def answer(content: DocumentContent, form: str) -> bytes:
    try:
        press = press_for(content.look.logo, content.look.template)
        return DONE + (press.picture(content) if form == PICTURE else press.print(content))
    except Invalid as refusal:
        return REFUSED + str(refusal).encode()
    # A document that breaks our own code must not stop those behind it.
    except Exception as error:  # noqa: BLE001
        return REFUSED + f"{type(error).__name__}: {error}".encode()


def serve(connection: Connection, form: str) -> None:
    """Answer until the caller hangs up."""
    while True:
        try:
            contents = connection.recv()
        except EOFError:
            return
        for content in contents:
            connection.send_bytes(answer(content, form))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MAX_BYTES, _MEMORY_MAX_BYTES))
    serve(Connection(int(sys.argv[1])), sys.argv[2])
