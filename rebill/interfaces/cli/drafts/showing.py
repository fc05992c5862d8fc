"""A draft on the screen and for programs: lines, VAT, warnings, and how it compares with earlier months."""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from rich.text import Text

from rebill.interfaces.cli import output
from rebill.interfaces.cli.figures import NOTHING, amount, day, difference, exact, month, number, percent, period, price
from rebill.interfaces.cli.tables import (
    Column,
    figure,
    print_columns,
    print_facts,
    print_indented,
    print_note,
    print_title,
    short,
)
from rebill.rules.money import Money
from rebill.rules.reconcile import ChargeKind
from rebill.rules.tax import TaxLine
from rebill.runs.models import Draft, DraftState
from rebill.runs.queries.shown import ShownDraft, ShownLine, ShownWarning

# What is said of a line's kind beside its text; of a usual month nothing is said.
KINDS = {
    ChargeKind.SETUP: gettext_noop("setup"),
    ChargeKind.PERPETUAL: gettext_noop("one-off"),
    ChargeKind.PERIODICFIRST: gettext_noop("first period"),
    ChargeKind.PERIODICCORRECTION: gettext_noop("correction"),
    ChargeKind.CREDIT: gettext_noop("credit"),
}

STATUS_STYLES = {
    gettext_noop("ready"): "green",
    gettext_noop("to check"): "yellow",
    gettext_noop("cannot be sent"): "red",
    gettext_noop("held back"): "dim",
    gettext_noop("approved"): "blue",
    gettext_noop("issued"): "",
    gettext_noop("thrown away"): "dim",
    gettext_noop("empty"): "dim",
}


def status_of(state: str, *, warned: bool, blocked: bool, lines: int) -> str:
    """Where a draft stands, in a word or two."""
    if state != DraftState.OPEN:
        return {
            DraftState.HELD: "held back",
            DraftState.APPROVED: "approved",
            DraftState.ISSUED: "issued",
            DraftState.DISCARDED: "thrown away",
        }[DraftState(state)]
    if blocked:
        return "cannot be sent"
    if warned:
        return "to check"
    return "ready" if lines else "empty"


def styled_status(status: str) -> Text:
    """The status in its colour."""
    return Text(_(status), style=STATUS_STYLES[status])


def print_draft(shown: ShownDraft, draft: Draft | None = None) -> None:
    """The whole draft; without a `draft` it is one that was only looked at ahead."""
    customer = shown.customer
    who = f"{customer.number or '(no number)'} {customer.name}"
    if draft is None:
        print_title(_("%(who)s: what would be billed on %(day)s") % {"who": who, "day": day(shown.billed_on)})
    else:
        status = status_of(
            draft.state,
            warned=bool(shown.warnings),
            blocked=any(each.blocking for each in shown.warnings),
            lines=len(shown.lines),
        )
        print_title(
            Text.assemble(_("Draft %(draft)s: ") % {"draft": draft.pk}, output.plain(who), "  ", styled_status(status))
        )
        print_facts(
            (
                (_("Run"), f"{month(draft.billed_on)}, {day(draft.billed_on)}"),
                (_("Cost centre"), draft.cost_centre),
                (_("Held because"), draft.hold_reason),
                (_("Text above"), draft.intro),
                (_("Text below"), draft.closing),
            )
        )
    _print_lines(shown)
    _print_sums(shown)
    print_warnings(shown.warnings)


def print_warnings(warnings: tuple[ShownWarning, ...]) -> None:
    """Why the draft needs a look, and what mends it."""
    for warning in warnings:
        word, style = _severity(warning)
        print_title(Text.assemble((f"{word}: {warning.title}", style), (f"  {warning.code}", "dim")))
        print_indented(Text.assemble(output.plain(warning.why), " ", output.plain(warning.remedy)))


def _severity(warning: ShownWarning) -> tuple[str, str]:
    if warning.accepted:
        return _("Accepted"), "dim"
    return (_("Cannot be sent"), "red") if warning.blocking else (_("Look once"), "yellow")


def _print_lines(shown: ShownDraft) -> None:
    print_columns(
        [
            short(_("Line")),
            Column(_("What")),
            short(_("Period")),
            figure(_("Quantity")),
            figure(_("Price")),
            figure(_("VAT")),
            figure(_("%(currency)s, excl.") % {"currency": shown.currency}),
        ],
        [
            (
                Text(str(each.charge_id or NOTHING), style="dim"),
                _line_text(each),
                period(each.line.starts_on, each.line.ends_before),
                number(Decimal(each.line.prorated_e8).scaleb(-8)),
                price(Decimal(each.line.price_e6).scaleb(-6)),
                f"{number(Decimal(each.tax.rate_e6).scaleb(-6))}%" if each.tax else "?",
                amount(Money(each.line.amount_minor, shown.currency)),
            )
            for each in shown.lines
        ],
    )


def _line_text(shown: ShownLine) -> Text:
    """The text as it will be printed, with what makes the line special."""
    line = shown.line
    kind = KINDS.get(ChargeKind(line.kind), "")
    marks = [_(kind) if kind else "", _("edited") if line.edited else ""]
    remarks = ", ".join(mark for mark in marks if mark)
    text = output.plain(shown.text)
    if remarks:
        text.append(f" ({remarks})", style="dim")
    if line.reference:
        text.append("\n").append_text(output.plain(line.reference)).stylize("dim", len(text) - len(line.reference))
    return text


def _print_sums(shown: ShownDraft) -> None:
    def money(minor: int) -> str:
        return amount(Money(minor, shown.currency))

    rows: list[tuple[object, str]] = [(_("Total excl. VAT"), money(shown.totals.net_minor))]
    rows += [(_tax_words(tax, shown.currency), money(tax.tax_minor)) for tax in shown.totals.tax_lines]
    rows.append((Text(_("Total"), style="bold"), money(shown.totals.gross_minor)))
    print_title("")
    print_columns([Column(""), figure(shown.currency)], rows)
    if shown.previous_minor is None:
        print_note(_("The customer's first invoice, or the first in six months."))
        return
    change = Money(shown.totals.net_minor - shown.previous_minor, shown.currency)
    print_note(
        _("Last invoice %(money)s (%(difference)s), average of six months %(money_2)s (%(percent)s), without VAT.")
        % {
            "money": money(shown.previous_minor),
            "difference": difference(change),
            "money_2": money(shown.average_minor or 0),
            "percent": percent(shown.average_percent),
        }
    )


def _tax_words(tax: TaxLine, currency: str) -> str:
    rate = number(Decimal(tax.rate_e6).scaleb(-6))
    base = amount(Money(tax.base_minor, currency))
    return _("VAT %(rate)s%% (%(category)s) of %(base)s") % {"rate": rate, "category": tax.category.value, "base": base}


# --- for programs ---------------------------------------------------------------------------------------------------


def draft_facts(draft: Draft | None, shown: ShownDraft) -> dict[str, object]:
    """Everything of the draft; amounts, quantities and prices as exact texts."""

    def text(minor: int | None) -> str | None:
        return None if minor is None else exact(Money(minor, shown.currency))

    return {
        "draft": draft.pk if draft else None,
        "state": draft.state if draft else None,
        "run": shown.billed_on.isoformat(),
        "customer": {"number": shown.customer.number or "", "name": shown.customer.name},
        "currency": shown.currency,
        "cost_centre": shown.cost_centre,
        "net": text(shown.totals.net_minor),
        "tax": text(shown.totals.tax_minor),
        "gross": text(shown.totals.gross_minor),
        "previous_net": text(shown.previous_minor),
        "average_net": text(shown.average_minor),
        "average_percent": shown.average_percent,
        "hold_reason": draft.hold_reason if draft else "",
        "intro": draft.intro if draft else "",
        "closing": draft.closing if draft else "",
        "lines": [_line_facts(each, shown.currency) for each in shown.lines],
        "taxes": [
            {
                "category": tax.category.value,
                "rate": exact(Decimal(tax.rate_e6).scaleb(-6)),
                "base": text(tax.base_minor),
                "tax": text(tax.tax_minor),
            }
            for tax in shown.totals.tax_lines
        ],
        "warnings": [
            {
                "code": warning.code,
                "blocking": warning.blocking,
                "accepted": warning.accepted,
                "subject": warning.subject,
                "title": warning.title,
                "why": warning.why,
                "remedy": warning.remedy,
            }
            for warning in shown.warnings
        ],
    }


def _line_facts(shown: ShownLine, currency: str) -> dict[str, object]:
    line = shown.line
    return {
        "charge": shown.charge_id,
        "kind": line.kind,
        "product": shown.product_code,
        "text": shown.text,
        "starts_on": line.starts_on.isoformat() if line.starts_on else None,
        "ends_before": line.ends_before.isoformat() if line.ends_before else None,
        "quantity": exact(Decimal(line.quantity_e8).scaleb(-8)),
        "prorated_quantity": exact(Decimal(line.prorated_e8).scaleb(-8)),
        "unit": shown.unit,
        "unit_price": exact(Decimal(line.price_e6).scaleb(-6)),
        "net": exact(Money(line.amount_minor, currency)),
        "tax_category": shown.tax.category.value if shown.tax else None,
        "tax_rate": exact(Decimal(shown.tax.rate_e6).scaleb(-6)) if shown.tax else None,
        "ledger_account": line.ledger_account,
        "cost_centre": line.cost_centre,
        "dimensions": line.dimensions,
        "reference": line.reference,
        "corrects": line.corrects_id,
        "edited": line.edited,
    }
