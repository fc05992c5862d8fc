"""The dialog before something that cannot be taken back: the question with its number, and what will happen.

The link to it is an ordinary address. With scripts its answer opens over the page, in the one `<dialog>` that every
page has; without them it is a page of its own.
"""

from dataclasses import dataclass, field

from django.http import HttpResponse
from django.shortcuts import render

from rebill.interfaces.office.page import OfficeRequest


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that will happen. `icon` is a glyph of rebill.css: check, right, back, x, clock, warn …

    `address` is the page on which it can be settled first, where it stands in the way.
    """

    icon: str
    text: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Dialog:
    """`question` ends with a question mark and has the number in it; `verb` is the button, never “OK”. Without a verb
    the dialog says why it cannot be done, and nothing is posted.

    `action` is posted with `fields`; `back` is where “Cancel” leads without scripts. `hurts` marks what hurts somebody.
    `form` names a template with further fields, shown under the effects; it gets the view's own context.
    """

    question: str
    effects: tuple[Effect, ...]
    verb: str
    action: str
    back: str
    fields: dict[str, str] = field(default_factory=dict)
    hurts: bool = False
    form: str = ""


def show_dialog(request: OfficeRequest, dialog: Dialog, *, status: int = 200, **context: object) -> HttpResponse:
    """The dialog, as the piece that is put into the page's `<dialog>` or as a page."""
    template = "office/parts/dialog.html" if request.htmx.target == "dialog" else "office/dialog.html"
    return render(request, template, {"dialog": dialog, **context}, status=status)
