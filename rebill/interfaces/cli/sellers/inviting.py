"""`rebill sellers invite`: a link with which somebody chooses a password for the office."""

from typing import Annotated

import typer
from django.conf import settings
from django.utils.translation import gettext as _

from rebill.access.acting import Role
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import print_line, print_note
from rebill.interfaces.invitations import choosing_path
from rebill.parties.commands import invite_member
from rebill.parties.queries import members_of


def invite(
    email: Annotated[str, typer.Argument(metavar="ADDRESS", help="The person's e-mail address.", show_default=False)],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="The person's name, if new here.")] = "",
    role: Annotated[Role, typer.Option("--role", help="What a new member may do.")] = Role.CLERK,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Show a link with which somebody chooses a password for the office, once, within three days.

    Who does not act for the seller yet is given the role; who does keeps the role and may choose another password.
    Nothing is mailed: pass the link on. The office under `rebill serve` mails invitations itself.
    """
    session = open_session(seller=seller, user=user)
    member = members_of(session.acting).filter(user__email__iexact=email.strip()).first()
    if member is None:
        invited = invite_member(acting=session.acting, email=email, full_name=name, role=role, now=session.now)
    else:
        invited = member.user
    link = f"{settings.REBILL_URL}{choosing_path(invited)}"
    if as_json:
        output.print_json({"email": invited.email, "link": link})
    else:
        print_line(link)
        print_note(
            _("%(email)s chooses a password there, once, within three days, and then signs in with it.")
            % {"email": invited.email}
        )
    return DONE
