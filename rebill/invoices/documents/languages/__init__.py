"""The languages that documents can speak; one module each."""

from rebill.invoices.documents.languages.de import GERMAN
from rebill.invoices.documents.languages.en import ENGLISH
from rebill.invoices.documents.languages.fi import FINNISH
from rebill.invoices.documents.languages.nl import DUTCH
from rebill.invoices.documents.languages.wording import Wording
from rebill.rules.errors import Invalid

LANGUAGES = {"nl": DUTCH, "de": GERMAN, "fi": FINNISH, "en": ENGLISH}


def wording_of(language: str) -> Wording:
    """The words of a language; Invalid names the languages there are."""
    try:
        return LANGUAGES[language]
    except KeyError:
        raise Invalid(f"Documents speak {', '.join(sorted(LANGUAGES))}, not {language!r}.") from None
