"""Whether a mail that a page promises reaches anybody: until a mail server is named, mails become files."""

from django.conf import settings
from django.utils.translation import gettext as _

from rebill.delivery.channels.email import folder
from rebill.interfaces.office.dialogs import Effect

_AS_FILES = f"{folder.__name__}.{folder.EmailBackend.__name__}"


def words_of_no_server() -> str:
    """What becomes of mails instead, and which settings change that; empty once a server is named."""
    if settings.EMAIL_BACKEND != _AS_FILES:
        return ""
    return _(
        "No mail server is named yet: mails are written as files into the folder “mail” of the data folder, and reach "
        "nobody. REBILL_EMAIL_BACKEND and REBILL_EMAIL_HOST name one."
    )


def no_server() -> tuple[Effect, ...]:
    """The same in a dialog that promises a mail."""
    words = words_of_no_server()
    return (Effect("warn", words),) if words else ()
