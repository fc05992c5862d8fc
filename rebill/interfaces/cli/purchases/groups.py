"""Price groups on the command line: all of them on a day, and one with its factors and customers."""

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.interfaces.cli import output
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import day, exact
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line
from rebill.sources.supplier_invoices.queries.pricing import (
    factors_of_group,
    group_members,
    listed_price_groups,
    price_group_of,
)


def list_groups(acting: Acting, on: date, *, as_json: bool) -> int:
    """All groups by name, with the factor for all products on the day."""
    found = listed_price_groups(acting, on=on)
    if as_json:
        facts = [
            {"group": each.group.name, "factor": _said(each.factor), "products": each.products,
             "customers": each.members}
            for each in found
        ]  # fmt: skip
        output.print_json({"groups": facts})
        return DONE
    print_columns(
        [Column(_("Price group")), figure(_("Factor")), figure(_("Products")), figure(_("Customers"))],
        [(each.group.name, _shown(each.factor), str(each.products), str(each.members)) for each in found],
    )
    return DONE


def show_price_group(acting: Acting, name: str, *, as_json: bool) -> int:
    """One group: what it multiplies by from when until before when, and who is in it."""
    group = price_group_of(acting, name)
    factors, members = list(factors_of_group(acting, group)), list(group_members(acting, group))
    if as_json:
        said = [
            {"product": each.product.code if each.product else None, "factor": _said(each.factor),
             "valid_from": each.valid_from.isoformat(),
             "valid_before": each.valid_before.isoformat() if each.valid_before else None}
            for each in factors
        ]  # fmt: skip
        customers = [{"number": each.number, "name": each.name} for each in members]
        output.print_json({"group": group.name, "factors": said, "customers": customers})
        return DONE
    print_columns(
        [Column(_("Product")), figure(_("Factor")), Column(_("From")), Column(_("Until before"))],
        [
            (
                each.product.code if each.product else _("all"),
                _shown(each.factor),
                day(each.valid_from),
                day(each.valid_before) if each.valid_before else "",
            )
            for each in factors
        ],
    )
    for each in members:
        print_line(f"{each.number or ''} {each.name}".strip())
    return DONE


def _said(factor: Decimal | None) -> str | None:
    return None if factor is None else f"{factor.normalize():f}"


def _shown(factor: Decimal | None) -> str:
    return "–" if factor is None else exact(factor)
