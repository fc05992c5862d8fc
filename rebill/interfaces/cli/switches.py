"""`rebill switches`: where call files come from, and how they are written."""

import json
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import Column, print_columns, print_line, print_note, short
from rebill.sources.usage.commands import keep_switch
from rebill.sources.usage.dialects import dialect_names
from rebill.sources.usage.queries.records import switches_of

switches_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at switches, and say how their call files are written."
)


@switches_app.command("list")
def list_switches(seller: SellerOption = None, user: UserOption = None, as_json: output.JsonOption = False) -> int:
    """The switches of the seller, and the dialects there are."""
    session = open_session(seller=seller, user=user)
    found = list(switches_of(session.acting))
    if as_json:
        facts = [{"code": each.code, "dialect": each.dialect, "settings": each.settings} for each in found]
        output.print_json({"switches": facts, "dialects": list(dialect_names())})
        return DONE
    print_columns(
        [short(_("Switch")), short(_("Dialect")), Column(_("Settings"))],
        [(each.code, each.dialect, json.dumps(each.settings, ensure_ascii=False)) for each in found],
    )
    print_note(_("Dialects: %(names)s") % {"names": ", ".join(dialect_names())})
    return DONE


@switches_app.command("set")
def set_switch(
    code: Annotated[str, typer.Argument(metavar="SWITCH", help="A short name of your own.", show_default=False)],
    dialect: Annotated[str, typer.Option("--dialect", metavar="NAME", help="How its files are written.")],
    settings: Annotated[
        str, typer.Option("--settings", metavar="JSON", help="What of it is otherwise at this switch.")
    ] = "{}",
    supplier: Annotated[
        bool, typer.Option("--supplier", help="A supplier wrote its files: compared with ours, never billed.")
    ] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Add a switch, or change how its files are read from now on."""
    try:
        said = json.loads(settings)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise typer.BadParameter(_("It is no JSON object."), param_hint="--settings")
    session = open_session(seller=seller, user=user)
    switch = keep_switch(
        acting=session.acting, code=code, dialect=dialect, settings=said, compared=supplier, now=session.now
    )
    if as_json:
        output.print_json({"code": switch.code, "dialect": switch.dialect, "settings": switch.settings})
    else:
        print_line(_("%(code)s is read as %(dialect)s.") % {"code": switch.code, "dialect": switch.dialect})
    return DONE
