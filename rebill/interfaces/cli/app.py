"""The commands of `rebill`, and how each of them ends."""

import sys
import traceback
from pathlib import Path
from typing import Any

import typer
from django.conf import settings
from django.db import DatabaseError
from django.db.utils import OperationalError
from django.utils.translation import gettext as _
from typer.core import TyperGroup
from typer.exceptions import TyperException

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import read_clock
from rebill.interfaces.cli.bundles import bundles_app
from rebill.interfaces.cli.check import check_command
from rebill.interfaces.cli.compare import compare_command
from rebill.interfaces.cli.compare_invoice import compare_invoice_command
from rebill.interfaces.cli.customers import customers_app
from rebill.interfaces.cli.deliver import deliver_command
from rebill.interfaces.cli.demo import demo_command
from rebill.interfaces.cli.drafts import drafts_app
from rebill.interfaces.cli.endpoints import endpoints_app
from rebill.interfaces.cli.exit_codes import DONE, FAULT, PARTLY, REFUSED
from rebill.interfaces.cli.exports import exports_app
from rebill.interfaces.cli.importing import import_command
from rebill.interfaces.cli.invoices import invoices_app
from rebill.interfaces.cli.issue import issue_command
from rebill.interfaces.cli.language import chosen_language
from rebill.interfaces.cli.lines import lines_app
from rebill.interfaces.cli.look import look_command
from rebill.interfaces.cli.peak_times import peak_times_app
from rebill.interfaces.cli.prepare import prepare_command
from rebill.interfaces.cli.purchases.keeping import purchases_app
from rebill.interfaces.cli.purchases.rebilling import rebill_command
from rebill.interfaces.cli.rate import rate_command
from rebill.interfaces.cli.rates import rates_app
from rebill.interfaces.cli.resale import resale_app
from rebill.interfaces.cli.sellers import sellers_app
from rebill.interfaces.cli.serve import serve_command
from rebill.interfaces.cli.subscriptions import subscriptions_app
from rebill.interfaces.cli.switches import switches_app
from rebill.interfaces.cli.tabs import tabs_app
from rebill.interfaces.cli.till import till_command
from rebill.interfaces.cli.usage import usage_command
from rebill.interfaces.cli.worker import worker_command
from rebill.kit.errors import Refused, reason_of


class InOrder(TyperGroup):
    """The commands in the order in which they stand below, groups and single ones alike."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(self.commands, key=ORDER.index)


app = typer.Typer(
    name="rebill",
    cls=InOrder,
    help="Billing for partners: from subscriptions and hand-added lines to invoices that are sent and exported.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


# Every command by hand, in the order of a seller's month.
app.command("demo", short_help="Load an invented partner and run its month.")(demo_command)
app.add_typer(sellers_app, name="sellers")
app.command("look", short_help="Change how documents and mails look.")(look_command)
app.command("import", short_help="Import customers, products, calls, purchase invoices.")(import_command)
app.add_typer(resale_app, name="resale")
app.add_typer(rates_app, name="rates")
app.add_typer(peak_times_app, name="peak-times")
app.add_typer(bundles_app, name="bundles")
app.add_typer(switches_app, name="switches")
app.add_typer(endpoints_app, name="endpoints")
app.add_typer(customers_app, name="customers")
app.add_typer(subscriptions_app, name="subscriptions")
app.add_typer(lines_app, name="lines")
app.add_typer(tabs_app, name="tabs")
app.command("till", short_help="Sell on tabs as tills would, to try it out.")(till_command)
app.command("rate", short_help="Price the calls of a month.")(rate_command)
app.command("usage", short_help="Show what a customer's calls come to.")(usage_command)
app.command("compare", short_help="Compare a supplier's call records with ours.")(compare_command)
app.command("compare-invoice", short_help="Compare a supplier's invoice of calls with ours.")(compare_invoice_command)
app.add_typer(purchases_app, name="purchases")
app.command("rebill", short_help="Pass a purchase invoice on to customers.")(rebill_command)
app.command("prepare", short_help="Make the drafts of a run, or look ahead.")(prepare_command)
app.add_typer(drafts_app, name="drafts")
app.command("issue", short_help="Number and freeze approved drafts, make their PDFs.")(issue_command)
app.command("deliver", short_help="Send what is issued, each document once.")(deliver_command)
app.add_typer(invoices_app, name="invoices")
app.add_typer(exports_app, name="export")
app.command("check", short_help="Compare the books with themselves.")(check_command)
app.command("serve", short_help="Serve the office and the API.")(serve_command)
app.command("worker", short_help="Keep the timetable running.")(worker_command)
ORDER = (
    "demo", "sellers", "look", "import", "resale", "rates", "peak-times", "bundles", "switches", "endpoints",
    "customers", "subscriptions", "lines", "tabs", "till", "rate", "usage", "compare", "compare-invoice", "purchases",
    "rebill", "prepare", "drafts", "issue", "deliver", "invoices", "export", "check", "serve", "worker",
)  # fmt: skip


def main() -> None:
    """Runs the command that was typed and leaves with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of the command; what went wrong is told in one line, never as a stack trace."""
    try:
        with chosen_language():
            return _run(arguments)
    except Refused as refusal:
        output.refuse(reason_of(refusal))
        return REFUSED


def _run(arguments: list[str]) -> int:
    """The same, in the language that was chosen."""
    try:
        code = app(args=arguments, prog_name="rebill", standalone_mode=False)
    except Refused as refusal:
        output.refuse(reason_of(refusal))
        return REFUSED
    except TyperException as error:
        words = error.format_message().replace("Value error, ", "").rstrip(".")
        output.refuse(f"{words}. {_('`rebill --help` shows what can be said.')}")
        return REFUSED
    except (typer.Abort, KeyboardInterrupt):
        output.aside().print(_("Stopped. What was done before stays; the same command goes on from there."))
        return PARTLY
    except BrokenPipeError:
        return DONE
    except Exception as error:  # noqa: BLE001 - the last one to catch it keeps the trace for whoever mends it
        return _tell_fault(error)
    return code if isinstance(code, int) else DONE


def _tell_fault(error: Exception) -> int:
    if settings.DEBUG:
        raise error
    if isinstance(error, OperationalError):
        reason = str(error).strip() or _("no reason given")
        output.refuse(_("The database cannot be used: %(reason)s.") % {"reason": reason})
        return REFUSED
    kind = _("Something went wrong that should not")
    if isinstance(error, DatabaseError):
        kind = _("The database failed")
    kept = _keep_trace(error)
    output.aside().print(output.plain(f"{kind}: {type(error).__name__}: {error}"))
    output.aside().print(output.plain(f"{kept} {_('Set REBILL_DEBUG=1 to see it here.')}"))
    return FAULT


def _keep_trace(error: Exception) -> str:
    path = Path(settings.REBILL_DATA) / "errors.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"\n{read_clock().isoformat()}\n{''.join(traceback.format_exception(error))}")
    except OSError:
        return _("The trace could not be written.")
    return _("The trace stands in %(path)s.") % {"path": path}
