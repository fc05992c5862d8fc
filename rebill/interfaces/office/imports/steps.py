"""The four steps of an import as the wizard shows them on top of each page."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

TITLES = ("file", "columns", "check", "import")


@dataclass(frozen=True, slots=True)
class Step:
    """A step with what is known of it; `state` is done, now or empty."""

    title: str
    words: str
    state: str


def steps(at: str, *, file: str = "", columns: str = "", check: str = "", done: str = "") -> list[Step]:
    """All steps, those before `at` done; the words beside each are what the caller knows of it."""
    words = (file, columns, check, done or _("nothing changed so far"))
    titles = (_("File"), _("Columns"), _("Check"), _("Import"))
    here = TITLES.index(at)
    return [
        Step(title, said, "done" if position < here else "now" if position == here else "")
        for position, (title, said) in enumerate(zip(titles, words, strict=True))
    ]
