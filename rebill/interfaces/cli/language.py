"""The language in which the command line speaks of what it found: warnings, what was wrong in a file, what mends it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid


class LanguageUnknown(Invalid):
    """REBILL_LANGUAGE names a language that rebill does not speak."""


@contextmanager
def chosen_language() -> Iterator[None]:
    """Speaks the language that was chosen for the terminal, and English where none was."""
    with translation.override(_said() or settings.LANGUAGE_CODE):
        yield


def speak_as(language: str) -> None:
    """Goes on in the language of the person who acts, unless one was chosen for the terminal."""
    if not _said():
        translation.activate(language)


def _said() -> str:
    """REBILL_LANGUAGE, else the language of the terminal's locale if rebill speaks it; empty where neither says one."""
    spoken = [code for code, _ in settings.LANGUAGES]
    asked = os.environ.get("REBILL_LANGUAGE", "").strip().lower()
    if asked and asked not in spoken:
        raise LanguageUnknown(
            _("REBILL_LANGUAGE is %(asked)r; rebill speaks %(spoken)s.") % {"asked": asked, "spoken": ", ".join(spoken)}
        )
    # The first of these that is set decides, as for every program: C and POSIX stand for no language at all.
    locale = next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")
    of_terminal = locale.partition(".")[0].partition("_")[0].lower()
    return asked or (of_terminal if of_terminal in spoken else "")
