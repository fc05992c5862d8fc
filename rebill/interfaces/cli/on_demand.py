"""The commands of `rebill`: what each is for, and where it stands. One is imported only when it is asked for."""

import gc
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, cast

import django
import typer
from django.apps import apps
from typer.core import TyperGroup


@dataclass(frozen=True)
class Place:
    """Where a command or a group of commands stands below this package, and its line in `rebill --help`."""

    module: str
    attribute: str
    brief: str


# Every command by hand, in the order of a seller's month.
COMMANDS = {
    "demo": Place("demo", "demo_command", "Load an invented partner and run its month."),
    "sellers": Place("sellers", "sellers_app", "Look at sellers, make them, and set their terms."),
    "look": Place("look", "look_command", "Change how documents and mails look."),
    "import": Place("importing", "import_command", "Import customers, products, calls, purchase invoices."),
    "resale": Place("resale", "resale_app", "Resell products of the wholesaler above, at your own prices."),
    "rates": Place("rates", "rates_app", "Look at rate decks, take new rates over."),
    "peak-times": Place("peak_times", "peak_times_app", "Say which times are peak, and which decks know them."),
    "bundles": Place("bundles", "bundles_app", "Say what calls have free in a month."),
    "switches": Place("switches", "switches_app", "Look at switches, and say how their call files are written."),
    "endpoints": Place("endpoints", "endpoints_app", "Say whose accounts, trunks and numbers calls belong to."),
    "customers": Place("customers", "customers_app", "Erase people who ask to be forgotten."),
    "subscriptions": Place(
        "subscriptions", "subscriptions_app", "Look at subscriptions, start and change them from any day on."
    ),
    "lines": Place("lines", "lines_app", "Add one-off lines and credits for the next run."),
    "tabs": Place("tabs", "tabs_app", "Keep on-account tabs, and bill what is bought on them."),
    "till": Place("till", "till_command", "Sell on tabs as tills would, to try it out."),
    "rate": Place("rate", "rate_command", "Price the calls of a month."),
    "usage": Place("usage", "usage_command", "Show what a customer's calls come to."),
    "compare": Place("compare", "compare_command", "Compare a supplier's call records with ours."),
    "compare-invoice": Place(
        "compare_invoice", "compare_invoice_command", "Compare a supplier's invoice of calls with ours."
    ),
    "purchases": Place(
        "purchases.keeping", "purchases_app", "Purchase invoices: whom their rows are for, and at which price."
    ),
    "rebill": Place("purchases.rebilling", "rebill_command", "Pass a purchase invoice on to customers."),
    "prepare": Place("prepare", "prepare_command", "Make the drafts of a run, or look ahead."),
    "drafts": Place("drafts", "drafts_app", "Look at drafts, mend them, and decide about them."),
    "issue": Place("issue", "issue_command", "Number and freeze approved drafts, make their PDFs."),
    "deliver": Place("deliver", "deliver_command", "Send what is issued, each document once."),
    "invoices": Place("invoices", "invoices_app", "Look at issued documents, credit and withdraw them."),
    "export": Place(
        "exports", "exports_app", "Make the combined export of a month, its lines, its margins, or a specification."
    ),
    "check": Place("check", "check_command", "Compare the books with themselves."),
    "serve": Place("serve", "serve_command", "Serve the office and the API."),
    "worker": Place("worker", "worker_command", "Keep the timetable running."),
}


class OnDemand(TyperGroup):
    """All commands by their names. To import all of rebill takes seconds, and help is to come at once."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.commands = cast(Any, Commands())

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.brief) for name, place in COMMANDS.items()])


class Commands(Mapping[str, Any]):
    """The commands as typer runs them, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = _made(name, COMMANDS[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def know_tables() -> None:
    """Tells Django its settings and tables. What has tables cannot be imported before, nor is anything translated."""
    if not apps.ready:
        django.setup()


def _made(name: str, place: Place) -> Any:
    know_tables()
    found = getattr(import_module(f"rebill.interfaces.cli.{place.module}"), place.attribute)
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
    alone = typer.Typer(rich_markup_mode=None)
    if isinstance(found, typer.Typer):
        alone.add_typer(found, name=name)
    else:
        alone.command(name, short_help=place.brief)(found)
    return typer.main.get_group(alone).commands[name]
