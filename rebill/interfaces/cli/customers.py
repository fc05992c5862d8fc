"""`rebill customers`: erasing a person who asks to be forgotten."""

from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.options import YesOption, open_session
from rebill.interfaces.cli.tables import print_line
from rebill.parties.queries import customer_by_number
from rebill.runs.commands import erase_customer

customers_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Erase people who ask to be forgotten.")


@customers_app.callback()
def group() -> None:
    """Erase people who ask to be forgotten."""


@customers_app.command("erase")
def erase(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The customer's number.", show_default=False)],
    yes: YesOption = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Erase a person: name, addresses and contacts go, documents stay. Refused while anything is open."""
    session = open_session(seller=seller, user=user)
    customer = customer_by_number(session.acting, number)
    question = _("Erase %(name)s for good?") % {"name": customer.name}
    if not yes and not as_json and not typer.confirm(question, err=True):
        return DONE
    erased = erase_customer(acting=session.acting, customer_id=customer.pk, today=session.today, now=session.now)
    if as_json:
        output.print_json({"customer": number, "erased": erased})
    elif erased:
        print_line(_("Erased. Orders and documents stay as the law asks."))
    else:
        print_line(_("Erased before: nothing was left to forget."))
    return DONE
