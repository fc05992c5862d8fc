"""`rebill rates`: decks of what calls cost, and imported rates that wait beside them."""

import typer

from rebill.interfaces.cli.rates.deciding import drop, roll_back, take
from rebill.interfaces.cli.rates.exceptions import end_exception, exceptions, set_exception
from rebill.interfaces.cli.rates.plans import link, links, unlink
from rebill.interfaces.cli.rates.showing import create, decks, show, waiting

rates_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Look at rate decks, take new rates over.")

rates_app.command("decks")(decks)
rates_app.command("create")(create)
rates_app.command("show")(show)
rates_app.command("waiting")(waiting)
rates_app.command("take")(take)
rates_app.command("drop")(drop)
rates_app.command("roll-back")(roll_back)
rates_app.command("links")(links)
rates_app.command("link")(link)
rates_app.command("unlink")(unlink)
rates_app.command("exceptions")(exceptions)
rates_app.command("set-exception")(set_exception)
rates_app.command("end-exception")(end_exception)
