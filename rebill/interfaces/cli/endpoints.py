"""`rebill endpoints`: whose an account, a trunk, a number or a range of numbers is."""

from datetime import date
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import day
from rebill.interfaces.cli.options import LimitOption, PageOption, SearchOption, open_session, read_day
from rebill.interfaces.cli.tables import Column, print_columns, print_line, short
from rebill.parties.queries import customer_by_number
from rebill.sources.usage.commands import add_endpoint, end_endpoint
from rebill.sources.usage.models import Endpoint, EndpointKind
from rebill.sources.usage.queries.endpoints import endpoints_of

endpoints_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Say whose accounts, trunks and numbers calls belong to."
)


@endpoints_app.command("list")
def list_endpoints(
    search: SearchOption = "",
    customer: Annotated[str | None, typer.Option("--customer", metavar="NUMBER", help="Of this customer.")] = None,
    limit: LimitOption = 50,
    page: PageOption = 1,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """The endpoints, by kind and number."""
    session = open_session(seller=seller, user=user)
    owner = customer_by_number(session.acting, customer).pk if customer else None
    found = endpoints_of(session.acting, customer_id=owner, search=search)[(page - 1) * limit : page * limit]
    if as_json:
        output.print_json({"endpoints": [_facts(each) for each in found]})
        return DONE
    print_columns(
        [
            short("Id"), short(_("Kind")), short(_("Value")), short(_("Last")), Column(_("Customer")),
            short(_("From")), short(_("Before")),
        ],
        [
            (
                each.pk, each.kind, each.value, each.value_to, f"{each.customer.number} {each.customer.name}",
                day(each.valid_from), day(each.valid_before) if each.valid_before else "",
            )
            for each in found
        ],
    )  # fmt: skip
    return DONE


@endpoints_app.command("add")
def add(
    customer: Annotated[str, typer.Argument(metavar="CUSTOMER", help="The customer's number.", show_default=False)],
    kind: Annotated[EndpointKind, typer.Argument(help="What it is.", show_default=False)],
    value: Annotated[str, typer.Argument(help="The account, trunk or number.", show_default=False)],
    last: Annotated[str, typer.Option("--last", metavar="NUMBER", help="The last number of a range.")] = "",
    first_day: Annotated[
        date | None,
        typer.Option("--from", metavar="DAY", parser=read_day, help="The first day; today if not said."),
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Say that calls of an endpoint are a customer's from a day on."""
    session = open_session(seller=seller, user=user)
    endpoint = add_endpoint(
        acting=session.acting,
        customer_id=customer_by_number(session.acting, customer).pk,
        kind=kind,
        value=value,
        value_to=last,
        valid_from=first_day or session.today,
        now=session.now,
    )
    _show(endpoint, as_json=as_json)
    return DONE


@endpoints_app.command("end")
def end(
    endpoint_id: Annotated[int, typer.Argument(metavar="ID", help="As `list` shows it.", show_default=False)],
    before: Annotated[
        date, typer.Option("--before", metavar="DAY", parser=read_day, help="The first day it is nobody's.")
    ],
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """End an endpoint before a day."""
    session = open_session(seller=seller, user=user)
    endpoint = end_endpoint(acting=session.acting, endpoint_id=endpoint_id, valid_before=before, now=session.now)
    _show(endpoint, as_json=as_json)
    return DONE


def _show(endpoint: Endpoint, *, as_json: bool) -> None:
    if as_json:
        output.print_json(_facts(endpoint))
        return
    print_line(
        f"{endpoint.pk}: {endpoint.kind} {endpoint.value}{'–' if endpoint.value_to else ''}{endpoint.value_to}, "
        f"{endpoint.customer.name}, {day(endpoint.valid_from)} –"
        f"{f' {day(endpoint.valid_before)}' if endpoint.valid_before else ''}"
    )


def _facts(endpoint: Endpoint) -> dict[str, object]:
    return {
        "id": endpoint.pk,
        "customer": endpoint.customer.number,
        "kind": endpoint.kind,
        "value": endpoint.value,
        "value_to": endpoint.value_to,
        "valid_from": endpoint.valid_from.isoformat(),
        "valid_before": endpoint.valid_before and endpoint.valid_before.isoformat(),
    }
