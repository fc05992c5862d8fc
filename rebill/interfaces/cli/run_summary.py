"""What a run came to: drafts, amounts, the difference to the run before, and what must be looked at."""

from django.utils.translation import gettext as _
from rich.text import Text

from rebill.interfaces.cli.acting import Session
from rebill.interfaces.cli.figures import MINUS, amount, amount_of, day, difference, exact, month, share
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, print_title, short
from rebill.rules.money import Money
from rebill.rules.review import WarningCode
from rebill.runs.models import Run, RunKind
from rebill.runs.queries.drafts import RunTotals, WarningGroup, currencies_of, run_totals, warning_groups
from rebill.runs.queries.warnings import WARNING_TEXTS, remedy_of


def print_run(session: Session, run: Run) -> None:
    """The run in one screen, with what to do next."""
    totals = _totals(session, run)
    own = totals[0]
    words = _("%(seller)s: %(month)s run of %(day)s")
    if run.kind != RunKind.PERIODIC:
        words = _("%(seller)s: %(month)s manual invoice of %(day)s")
    print_title(words % {"seller": session.seller.name, "day": day(run.billed_on), "month": month(run.billed_on)})
    against = _("Against %(day)s") % {"day": day(own.previous_on)} if own.previous_on else ""
    print_columns(
        [short(""), figure(""), short(""), figure(against), figure("")],
        [
            (_("Drafts"), f"{own.drafts:,}", "", _more(own.drafts, own.previous_drafts), ""),
            *((_("Amount, excl. VAT"), *_amounts(each)) for each in totals),
        ],
    )
    _print_standing(own)
    _print_warnings(session, run, own.currency)
    _print_next(own)


def run_facts(session: Session, run: Run) -> dict[str, object]:
    """The same for programs."""
    totals = _totals(session, run)
    own = totals[0]
    return {
        "run": run.billed_on.isoformat(),
        "kind": run.kind,
        "invoice_date": run.invoice_on.isoformat() if run.invoice_on else None,
        "drafts": own.drafts,
        "ready": own.ready,
        "to_check": own.to_check,
        "blocked": own.blocked,
        "held": own.held,
        "approved": own.approved,
        "issued": own.issued,
        "previous_run": own.previous_on.isoformat() if own.previous_on else None,
        "previous_drafts": own.previous_drafts,
        "amounts": [_amount_facts(each) for each in totals],
        "warnings": [_group_facts(group) for group in warning_groups(acting=session.acting, run=run)],
    }


def _totals(session: Session, run: Run) -> list[RunTotals]:
    """The totals in the seller's own currency first, then in the others that occur."""
    own = session.seller.currency
    others = [each for each in currencies_of(acting=session.acting, run=run) if each != own]
    return [run_totals(acting=session.acting, run=run, currency=currency) for currency in (own, *others)]


def _more(number: int, before: int | None) -> str:
    return "" if before is None else f"{number - before:+,}".replace("-", MINUS)


def _amounts(totals: RunTotals) -> tuple[str, str, str, str]:
    """The amount, its currency, and how much more or less it is than in the run before."""
    before = totals.previous_net_minor
    change = 0 if before is None else totals.net_minor - before
    return (
        amount(Money(totals.net_minor, totals.currency)),
        totals.currency,
        "" if before is None else difference(Money(change, totals.currency)),
        "" if before is None else share(change, before),
    )


def _print_standing(totals: RunTotals) -> None:
    """How many drafts stand where, each with its colour."""
    parts = [
        (totals.ready, _("ready"), "green", totals.ready_net_minor),
        (totals.to_check, _("to check"), "yellow", totals.to_check_net_minor),
        (totals.held, _("held back"), "dim", None),
        (totals.approved, _("approved"), "blue", None),
        (totals.issued, _("issued"), "", None),
    ]
    line = Text()
    for number, word, style, net in parts:
        if not number and net is None:
            continue
        line.append("   " if line else "")
        line.append(f"{number:,} {word}", style=f"bold {style}" if style else "bold")
        if net is not None and number:
            line.append(f" · {amount(Money(net, totals.currency))}", style="dim")
    print_title("")
    print_line(line)


def _print_warnings(session: Session, run: Run, currency: str) -> None:
    groups = warning_groups(acting=session.acting, run=run)
    if not groups:
        return
    rows = []
    for group in groups:
        texts = WARNING_TEXTS[WarningCode(group.code)]
        rows.append(
            (
                f"{group.drafts:,}",
                Text.assemble((str(texts.title), "bold"), "\n", (remedy_of(group.code), "dim")),
                Text(_("cannot be sent"), style="red") if group.blocking else Text(_("look once"), style="yellow"),
                amount_of(Money(group.net_minor, group.currency), currency),
                Text(group.code, style="dim"),
            )
        )
    print_columns(
        [
            figure(_("Drafts")),
            Column(_("Warning, and what mends it")),
            short(_("Severity")),
            figure(_("Amount")),
            short(_("Code")),
        ],
        rows,
        title=_("To check: they stay behind when you approve the rest"),
    )


def _print_next(totals: RunTotals) -> None:
    steps = []
    if totals.to_check:
        steps.append("`rebill drafts list --tab to_check`")
    if totals.ready:
        steps.append("`rebill drafts approve --tab ready`")
    if totals.approved:
        steps.append("`rebill issue`")
    if steps:
        print_note(_("Next: %(steps)s.") % {"steps": ", ".join(steps)}, apart=True)


def _amount_facts(totals: RunTotals) -> dict[str, object]:
    def text(minor: int | None) -> str | None:
        return None if minor is None else exact(Money(minor, totals.currency))

    return {
        "currency": totals.currency,
        "net": text(totals.net_minor),
        "gross": text(totals.gross_minor),
        "ready_net": text(totals.ready_net_minor),
        "to_check_net": text(totals.to_check_net_minor),
        "previous_net": text(totals.previous_net_minor),
    }


def _group_facts(group: WarningGroup) -> dict[str, object]:
    texts = WARNING_TEXTS[WarningCode(group.code)]
    return {
        "code": group.code,
        "title": str(texts.title),
        "remedy": remedy_of(group.code),
        "blocking": group.blocking,
        "drafts": group.drafts,
        "net": exact(Money(group.net_minor, group.currency)),
        "currency": group.currency,
    }
