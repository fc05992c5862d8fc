"""The data-protection terms as they come with rebill: which version holds, and what it says in each language."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files

# The version that is shown and accepted now. A text that was shown is never changed: another text is another version.
CURRENT = "2026-1"
_LANGUAGES = ("en", "nl", "de", "fi")


@dataclass(frozen=True, slots=True)
class TermsText:
    """The terms as somebody reads them; `sha256` proves later which text it was."""

    version: str
    language: str
    text: str

    @property
    def sha256(self) -> str:
        """The fingerprint of the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


def terms_text(language: str) -> TermsText:
    """The terms that hold now, in this language or else in English."""
    spoken = language if language in _LANGUAGES else "en"
    text = files("rebill.sources.tabs.terms").joinpath(f"{CURRENT}.{spoken}.txt").read_text("utf-8")
    return TermsText(CURRENT, spoken, text)
