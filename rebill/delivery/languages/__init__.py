"""The languages in which mails are written; one module each."""

from rebill.delivery.languages.de import GERMAN
from rebill.delivery.languages.en import ENGLISH
from rebill.delivery.languages.fi import FINNISH
from rebill.delivery.languages.nl import DUTCH
from rebill.delivery.languages.wording import MailKind, MailText, MailWording

LANGUAGES: dict[str, MailWording] = {"nl": DUTCH, "de": GERMAN, "fi": FINNISH, "en": ENGLISH}

__all__ = ["LANGUAGES", "MailKind", "MailText", "MailWording"]
