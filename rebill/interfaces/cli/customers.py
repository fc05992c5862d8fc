"""`rebill customers`: erasing a person who asks to be forgotten."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.options import Asked, YesOption, asked, with_options_of
from rebill.parties.queries import customer_by_number
from rebill.runs.commands import erase_customer

customers_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Erase people who ask to be forgotten.")


@customers_app.callback()
def group() -> None:
    """Erase people who ask to be forgotten."""


@customers_app.command("erase")
@with_options_of(asked)
def erase(
    ask: Asked,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The customer's number.", show_default=False)],
    yes: YesOption = False,
) -> int:
    """Erase a person: name, addresses and contacts go, documents stay. Refused while anything is open."""
    session = ask.session
    customer = customer_by_number(session.acting, number)
    question = _("Erase %(name)s for good?") % {"name": customer.name}
    if not yes and not ask.as_json and not typer.confirm(question, err=True):
        return DONE
    erased = erase_customer(acting=session.acting, customer_id=customer.pk, today=session.today, now=session.now)
    return ask.tell(
        {"customer": number, "erased": erased},
        _("Erased. Orders and documents stay as the law asks.")
        if erased
        else _("Erased before: nothing was left to forget."),
    )
