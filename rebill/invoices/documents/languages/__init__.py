"""The languages that documents can speak; one module each."""

from rebill.invoices.documents.languages.de import GERMAN
from rebill.invoices.documents.languages.en import ENGLISH
from rebill.invoices.documents.languages.fi import FINNISH
from rebill.invoices.documents.languages.nl import DUTCH
from rebill.invoices.documents.languages.wording import Wording
from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _

LANGUAGES = {"nl": DUTCH, "de": GERMAN, "fi": FINNISH, "en": ENGLISH}


def wording_of(language: str) -> Wording:
    """The words of a language; Invalid names the languages there are."""
    try:
        return LANGUAGES[language]
    except KeyError:
        raise Invalid(
            _(
                "Documents speak %(languages)s, not %(language)r.",
                languages=", ".join(sorted(LANGUAGES)),
                language=language,
            )
        ) from None
