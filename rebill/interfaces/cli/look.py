"""`rebill look`: how the seller's documents and mails look; tried on samples before it is used."""

from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption, begin_session
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.looks import changed_look
from rebill.invoices.documents.pdf.look_check import check_look
from rebill.kit.errors import Invalid
from rebill.parties.commands import change_look
from rebill.parties.commands.look import FileGiven, LookChanges

MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}

LogoOption = Annotated[Path | None, typer.Option("--logo", help="An SVG, PNG or JPEG file.", exists=True)]
TemplateOption = Annotated[
    Path | None, typer.Option("--template", help="An own template: invoice.typ, or a ZIP with it.", exists=True)
]
TextOption = Annotated[
    list[str] | None,
    typer.Option(
        "--text", metavar="LANGUAGE.NAME=TEXT", help="intro, closing, footer, mail_subject or mail_body in a language."
    ),
]


class TextUnclear(Invalid):
    """A text was not given as LANGUAGE.NAME=TEXT."""


class LogoUnknown(Invalid):
    """The logo's file is of another kind."""


def look_command(
    logo: LogoOption = None,
    template: TemplateOption = None,
    accent: Annotated[str | None, typer.Option("--accent", metavar="#RRGGBB", help="The accent colour.")] = None,
    ink: Annotated[str | None, typer.Option("--ink", metavar="#RRGGBB", help="The colour of the text.")] = None,
    font: Annotated[str | None, typer.Option("--font", help="The font of documents.")] = None,
    sender_name: Annotated[str | None, typer.Option("--sender-name", help="Who mails come from.")] = None,
    sender_email: Annotated[str | None, typer.Option("--sender-email", help="The address mails come from.")] = None,
    reply_to: Annotated[str | None, typer.Option("--reply-to", help="Where answers go.")] = None,
    texts: TextOption = None,
    builtin: Annotated[bool, typer.Option("--builtin", help="Go back to the built-in template.")] = False,
    sample: Annotated[Path | None, typer.Option("--sample", help="Write a sample invoice (PDF) here.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try it on samples, change nothing.")] = False,
    seller: SellerOption = None,
    user: UserOption = None,
) -> int:
    """Change how documents and mails look; without options only a sample of the look in use is made."""
    prepare_database()
    session = begin_session(seller=seller, user=user)
    changes = LookChanges()
    if logo is not None:
        changes["logo"] = FileGiven(logo.read_bytes(), _media_type(logo))
    if template is not None:
        changes["template"] = FileGiven(template.read_bytes(), _template_type(template))
    elif builtin:
        changes["template"] = None
    for name, value in (
        ("accent_colour", accent), ("ink_colour", ink), ("font", font), ("sender_name", sender_name),
        ("sender_email", sender_email), ("reply_to", reply_to),
    ):  # fmt: skip
        if value is not None:
            changes[name] = value  # type: ignore[literal-required]
    if texts:
        changes["texts"] = _texts(texts)
    pdf = check_look(changed_look(session.seller, changes))
    if sample is not None:
        sample.write_bytes(pdf)
        output.screen().print(_("A sample stands in %(sample)s.") % {"sample": sample})
    if changes and not dry_run:
        change_look(acting=session.acting, now=session.now, **changes)
        output.screen().print(_("The look was tried on four samples and is in use from now on."))
    return DONE


def _texts(given: list[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for each in given:
        place, equals, text = each.partition("=")
        language, dot, name = place.partition(".")
        if not equals or not dot:
            raise TextUnclear(
                _("%(each)r is not written as LANGUAGE.NAME=TEXT, such as nl.footer=Dank.") % {"each": each}
            )
        found.setdefault(language, {})[name] = text
    return found


def _media_type(path: Path) -> str:
    try:
        return MEDIA_TYPES[path.suffix.lower()]
    except KeyError:
        raise LogoUnknown(_("%(name)s is no SVG, PNG or JPEG file.") % {"name": path.name}) from None


def _template_type(path: Path) -> str:
    return "application/zip" if path.suffix.lower() == ".zip" else "text/plain"
