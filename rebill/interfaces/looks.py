"""A seller's look as it would be after a change, to be tried on samples before it is used."""

from rebill.invoices.documents.contract import Logo, Look, Template
from rebill.invoices.documents.pdf.template_files import read_template
from rebill.invoices.queries.documents import look_of
from rebill.invoices.queries.freezing import seller_content
from rebill.parties.commands.look import LookChanges
from rebill.parties.models import Seller


def changed_look(seller: Seller, changes: LookChanges) -> Look:
    """The look in force with these changes, as documents take it."""
    current = look_of(seller_content(seller), seller.language)
    logo: Logo | None = current.logo
    if "logo" in changes:
        given = changes["logo"]
        logo = None if given is None else Logo(given.content, given.media_type)
    template: Template | None = current.template
    if "template" in changes:
        own = changes["template"]
        template = None if own is None else read_template(own.content)
    return Look(
        accent=changes.get("accent_colour", current.accent),
        ink=changes.get("ink_colour", current.ink),
        font=changes.get("font", current.font),
        logo=logo,
        footer=current.footer,
        template=template,
    )
