"""Tries a seller's look before it is used, on samples of every kind of document."""

import re
from dataclasses import replace

from rebill.invoices.documents.contract import Look, Template
from rebill.invoices.documents.pdf.fonts import check_font
from rebill.invoices.documents.pdf.logos import BadLogo, check_logo_file
from rebill.invoices.documents.pdf.many import render_many
from rebill.invoices.documents.pdf.sample import samples
from rebill.invoices.documents.pdf.template_files import BadTemplate
from rebill.rules.errors import Invalid, Problem
from rebill.rules.errors import said as _

SECONDS_MAX = 20.0
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class BadColour(Invalid):
    """A colour is not written as #rrggbb."""


def check_look(look: Look) -> bytes:
    """Refuse a look that would not print: its colours, font, logo and template. Returns a sample, to be looked at.

    Logo and template are tried in a process of their own, so one that never ends or takes all memory does no harm.
    """
    check_values(look)
    if look.logo is not None:
        _try(replace(look, template=None), BadLogo, "The logo cannot be drawn: ")
    return _try(look, BadTemplate, "")


def check_values(look: Look) -> None:
    """Refuse colours, a font or a logo that are none, without drawing anything."""
    for name, colour in (("accent", look.accent), ("ink", look.ink)):
        if not _COLOUR.fullmatch(colour):
            raise BadColour(_("The %(name)s colour %(colour)r is not written as #rrggbb.", name=name, colour=colour))
    if look.template is None or not _brings_fonts(look.template):
        check_font(look.font)
    if look.logo is not None:
        check_logo_file(look.logo)


def _brings_fonts(template: Template) -> bool:
    return any(name.lower().endswith((".ttf", ".otf")) for name, _ in template.files)


def _try(look: Look, refusal: type[Invalid], before: str) -> bytes:
    """The first sample as PDF, when all of them can be made."""
    documents = []
    for _position, outcome in render_many(enumerate(samples(look)), workers=1, seconds_max=SECONDS_MAX):
        if isinstance(outcome, Problem):
            raise refusal(f"{before}{outcome.why}")
        documents.append(outcome)
    return documents[0]
