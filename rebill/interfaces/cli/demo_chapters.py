"""How the demo's month is told on a terminal, chapter by chapter, and what to try when it is over."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from django.db.models import Sum
from rich.text import Text

from rebill.interfaces.cli.acting import Session
from rebill.interfaces.cli.drafts.showing import print_draft
from rebill.interfaces.cli.figures import amount, percent
from rebill.interfaces.cli.run_summary import print_run
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_facts, print_line, print_title, short
from rebill.interfaces.demo.carrier import compare_carrier
from rebill.interfaces.demo.cast import BODYSHOP, BUILDERS, CAFE, DENTISTS, NAMED, NAUTA, SALON
from rebill.interfaces.demo.chain import open_dealers
from rebill.interfaces.demo.dealers import FIRST as DEALER
from rebill.interfaces.demo.dealers import MOVES_ON_DAY, ORDERED_ABOVE, RESELLERS
from rebill.interfaces.demo.month import (
    approve_ready,
    cancel_late,
    export_month,
    issue_month,
    lay_out_copies,
    mend_drafts,
    prepare_month,
    prepare_next_month,
    send_documents,
    withdraw_wrong,
)
from rebill.interfaces.demo.moving_in import bill_trial_months, bring_files, move_in
from rebill.interfaces.demo.outcome import glances_of, sent_of
from rebill.interfaces.demo.partner import EMAIL
from rebill.interfaces.demo.purchases import take_purchases
from rebill.interfaces.demo.stage import Stage
from rebill.interfaces.demo.tabs import open_tabs
from rebill.invoices.queries.invoices import find_invoices
from rebill.parties.queries import customer_by_number, seller_of
from rebill.rules.money import Money
from rebill.rules.review import WarningCode
from rebill.runs.models import Run
from rebill.runs.queries.drafts import run_totals
from rebill.runs.queries.preview import preview_draft
from rebill.runs.queries.warnings import WARNING_TEXTS

_BARS = "▁▂▃▄▅▆▇"


def tell_moving_in(session: Session, stage: Stage, shown: bool) -> None:
    """The partner's files, and six months on trial."""
    is_new = shown and not stage.diary.is_done("moved")
    if is_new:
        _title("1", "It brings its own files, and tries rebill for six months beside its former system")
    bring_files(stage)
    bill_trial_months(stage)
    move_in(stage)
    if is_new:
        lines = stage.diary.figures["imported"]
        print_line(
            f"{lines['customers']:,} customers, {lines['products']:,} products, {lines['prices']:,} prices and "
            f"{lines['subscriptions']:,} subscriptions came from spreadsheets;"
        )
        print_line(f"{sent_of(stage).trial_invoices:,} invoices were issued on trial and sent by the former system.")


def tell_drafts(session: Session, stage: Stage, shown: bool) -> None:
    """The run, and what the clerk does with it."""
    is_new = shown and not stage.diary.is_done("approved")
    if is_new:
        _title("2", f"{_moment(stage.days.prepared_at)}: drafts stand ready")
    run = prepare_month(stage)
    if is_new and not stage.diary.is_done("mended"):
        taken = stage.diary.figures["month_of_calls"]["taken"]
        print_line(f"{taken:,} calls of the month before came from the switch and stand on the drafts, by customer.")
        print_run(session, run)
        _print_glances(stage, run)
    if is_new:
        _title("3", f"{_moment(stage.days.reviewed_at)}: the clerk looks at them")
    mend_drafts(stage)
    approve_ready(stage)
    if is_new:
        figures = stage.diary.figures
        print_columns(
            [short(""), short(""), Column("")],
            [
                (str(BODYSHOP), NAMED[BODYSHOP].name, "gets an e-mail address, and is ready"),
                (str(CAFE), NAMED[CAFE].name, "gets a line more: an engineer's hour and a half"),
                (str(BUILDERS), NAMED[BUILDERS].name, "is held back: it wants to give a purchase number first"),
            ],
        )
        left = figures["to_check"] - 1
        print_line(
            f"Then all {figures['approved']:,} that are ready are approved in one go; {left} wait to be looked at."
        )


def tell_sending(session: Session, stage: Stage, shown: bool) -> None:
    """Numbers, PDFs, mails, letters and the file for the bookkeeping."""
    is_new = shown and not stage.diary.is_done("exported")
    if is_new:
        _title("4", f"{_moment(stage.days.issued_at)}: numbers, PDFs, mails")
    issue_month(stage)
    send_documents(stage)
    export = export_month(stage)
    if is_new:
        sent = sent_of(stage)
        gross = _gross(stage)
        print_line(f"{sent.issued:,} invoices, {sent.first_number} to {sent.last_number}, € {amount(gross)} with VAT.")
        print_line(f"{sent.mails:,} mails were accepted; {sent.letters:,} letters stand in one PDF, in postal order.")
        if sent.failed:
            print_line(f"{sent.failed:,} could not be sent, or it is not known: `rebill deliver` lists them.")
        print_line(
            f"{stage.days.exported_at:%H:%M}: {export.rows:,} rows for the bookkeeping, {_mailed(export.mailed_to)}."
        )


def tell_next_week(session: Session, stage: Stage, shown: bool) -> None:
    """A cancellation that comes late, and an invoice that was wrong."""
    is_new = shown and not stage.diary.is_done("end")
    if is_new:
        _title("5", f"A week later, {_day(stage.days.next_week)}: two things turn out to be wrong")
    cancel_late(stage)
    if is_new:
        salon = customer_by_number(stage.acting, str(SALON))
        print_line(
            f"{NAMED[SALON].name} had cancelled its web hosting in the middle of last month. The clerk enters the day, "
            "and the next run will correct both months by itself:"
        )
        preview = preview_draft(acting=stage.acting, customer_id=salon.pk, billed_on=stage.days.next_month)
        for draft in preview.drafts:
            print_draft(draft)
    invoice, note = withdraw_wrong(stage)
    lay_out_copies(stage, export_month(stage))
    if is_new:
        print_line("")
        print_line(
            f"Invoice {invoice.number} of {NAMED[DENTISTS].name} bills two seats of the practice next door. It is "
            f"withdrawn: credit note {note.number} takes it back and was mailed, and the next run bills its lines anew."
        )


def tell_dealers(session: Session, stage: Stage, shown: bool) -> None:
    """The dealers, one below another, what they sell to whom, and what every level bills."""
    is_new = shown and not stage.diary.is_done("dealers")
    if is_new:
        _title("6", "Customers become dealers, and sell what they buy under their own names")
    open_dealers(stage)
    if is_new:
        dealers = stage.diary.figures["dealers"]
        print_columns(
            [
                Column("Dealer"),
                short("Buys from"),
                figure("Customers"),
                figure("Billed, EUR"),
                figure("Bills"),
                figure("Keeps"),
            ],
            [
                (each["name"], each["above"], str(each["customers"]), each["bought"], each["sold"], each["earned"])
                for each in dealers
            ],
        )
        print_line(
            f"Each has its own users, look, numbers and prices. Waterkant placed {len(ORDERED_ABOVE)} orders for "
            "customers of theirs, one of them two levels down; every level billed it. Purchases (EK), sales (VK) and "
            "margins of each stand in files."
        )
        day = _day(stage.days.month.replace(day=MOVES_ON_DAY))
        print_line(
            f"One customer moves from {dealers[0]['name']} to {dealers[-1]['name']} on {day}: each bills its days."
        )


def tell_purchases(session: Session, stage: Stage, shown: bool) -> None:
    """Suppliers' invoices: by which door each came, and what becomes of it."""
    is_new = shown and not stage.diary.is_done("carrier")
    if is_new:
        _title("7", "Suppliers' invoices are passed on")
    take_purchases(stage)
    compare_carrier(stage)
    if not is_new:
        return
    bought = stage.diary.figures["purchases"]
    licences, package, credit, housing, goods = bought["invoices"]
    print_columns(
        [Column("Invoice"), Column("Supplier"), figure("Rows"), figure("To fix"), Column("")],
        [
            (each["number"], each["supplier"], f"{each['rows']:,}", f"{each['to_fix']:,}", told)
            for each, told in (
                (licences, f"an e-invoice (UBL): {bought['drafts']} drafts"),
                (package, f"by mail (Finvoice): {bought['lines']} lines for the next run"),
                (credit, f"its commission: € {bought['set_off']} set off"),
                (housing, "a PDF with the invoice inside (Factur-X): ready to be billed"),
                (goods, "a table: waits for the clerk"),
            )
        ],
    )
    owed = bought["owed"][package["supplier"]]
    print_line(
        "Whom a row is for is read from it, and its price comes from the customer's price group. "
        f"{package['supplier']} is owed € {owed} after its commission."
    )
    carrier = stage.diary.figures["carrier"]
    print_line(
        f"Transvox bills the calls of last month, {carrier['number']}: {carrier['same']} of {carrier['destinations']} "
        f"destinations agree with ours, the others differ by € {carrier['asks_more']}. `rebill compare-invoice` says "
        "which."
    )


def tell_next_month(session: Session, stage: Stage, shown: bool) -> None:
    """The drafts of the next run, for whoever opens the office."""
    is_new = shown and not stage.diary.is_done("next")
    if is_new:
        _title("8", f"The drafts of {stage.days.next_month:%B} stand ready in the office")
    run = prepare_next_month(stage)
    if is_new:
        totals = run_totals(acting=stage.acting, run=run, currency="EUR")
        calls = stage.diary.figures["calls"]
        print_line(
            f"{calls['taken']:,} calls of the first week came from the switch; {calls['unpriced']:,} of them have no "
            "price yet: `rebill rate` says which."
        )
        print_line(f"{totals.ready:,} of {totals.drafts:,} drafts can go out. {totals.to_check:,} need a look first.")


def tell_tabs(session: Session, stage: Stage, shown: bool) -> None:
    """The canteen, where customers buy on name."""
    is_new = shown and not stage.diary.is_done("tabs")
    if is_new:
        _title("9", "In the canteen customers buy on name")
    open_tabs(stage)
    if is_new:
        tabs = stage.diary.figures["tabs"]
        print_line(
            f"{tabs['orders']:,} orders were sold on {tabs['tabs']:,} tabs; {tabs['people']} people may buy on two of "
            f"them, or see them. Tab {tabs['over_limit']} is over its limit: the till was off line."
        )
        print_line(
            f"Two tabs were billed at once, {' and '.join(tabs['billed'])}. The second was withdrawn by "
            f"{tabs['credit_note']}: exactly its orders are open on the tab again."
        )
        print_line(
            f"A lunch is reserved on tab {tabs['reserved']}, and an order on {tabs['given_back']} was given back."
        )


CHAPTERS = (
    tell_moving_in,
    tell_drafts,
    tell_sending,
    tell_next_week,
    tell_dealers,
    tell_purchases,
    tell_next_month,
    tell_tabs,
)


def tell_office(stage: Stage, *, place: str) -> None:
    """Where the office is, and how to get in."""
    print_title("The office")
    portal = f"{place.rstrip('/')}/p/{seller_of(stage.acting).slug}/"
    facts = [("Open", place), ("E-mail", EMAIL), ("Password", stage.diary.figures["password"]), ("Portal", portal)]
    owners = ", ".join(f"{dealer.owner[0]}@{dealer.slug}.example" for dealer in RESELLERS)
    print_facts([*facts, ("Dealers", f"{owners}  (the same password)")])


def tell_end(stage: Stage, *, home: Path, command: str) -> None:
    """Where everything lies, and commands that work from here."""
    near = _near(home)
    print_title("Where it lies")
    nauta = find_invoices(acting=stage.acting).filter(customer__number=str(NAUTA), issued_on=stage.days.month).get()
    print_facts(
        [
            ("PDFs", f"{near}/demo/invoices  (some to open; every PDF is kept in {near}/files under its hash)"),
            ("Mails", f"{near}/mail  (.eml, any mail program opens them)"),
            ("Letters", f"{near}/demo/letters"),
            ("Export", f"{near}/demo/exports"),
            ("Its own files", f"{near}/demo/files"),
        ]
    )
    print_title("What to try next")
    month, following = stage.days.month.isoformat(), stage.days.next_month.isoformat()
    print_columns(
        [short(""), Column("")],
        [
            (Text(f"{command} {typed}", style="cyan"), why)
            for typed, why in (
                (f"drafts list --run {month} --tab to_check", "the 36 that still need a look"),
                (f"import prices {near}/demo/files/prijs-teams.csv", "the price that nine of them lack"),
                (f"prepare --on {month}", "… and they are ready"),
                (f"drafts approve --run {month} --tab ready", "approve them"),
                ("issue", "number them, make their PDFs"),
                ("deliver", "send them"),
                (f"invoices show {nauta.number}", "one invoice, with what happened to it"),
                (f"prepare --customer {NAUTA} --preview --on {following}", "what this customer gets next"),
                (f"export {month[:7]} --kind xlsx", "the combined export as a workbook"),
                (f"export margins {month[:7]} --seller {DEALER}", "what the dealer earns, customer by customer"),
                (f"prepare --chain --on {following}", "the drafts of all, from the top down"),
                ("check", "everything adds up"),
            )
        ],
    )


def _print_glances(stage: Stage, run: Run) -> None:
    print_columns(
        [
            short(""),
            short("Some of them"),
            short("6 months"),
            figure("vs average"),
            short(""),
            figure("EUR, excl. VAT"),
        ],
        [
            (
                glance.number,
                glance.name,
                Text.assemble(
                    (_bars(glance.nets[:-1], glance.nets), "dim"), (_bars(glance.nets[-1:], glance.nets), "bold")
                ),
                percent(glance.percent),
                Text(
                    ", ".join(str(WARNING_TEXTS[WarningCode(code)].title) for code in glance.warnings), style="yellow"
                ),
                amount(Money(glance.nets[-1], "EUR")),
            )
            for glance in glances_of(stage, run)
        ],
        title=" ",
    )


def _bars(shown: Sequence[int], of: Sequence[int]) -> str:
    """Amounts as bars, the highest of all in full."""
    highest = max(*of, 1)
    return "".join(_BARS[max(0, net) * (len(_BARS) - 1) // highest] for net in shown)


def _title(number: str, text: str) -> None:
    print_title(Text.assemble((f"{number}  ", "cyan"), text))


def _moment(moment: datetime) -> str:
    return f"{_day(moment.date())}, {moment:%H:%M}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _gross(stage: Stage) -> Money:
    month = find_invoices(acting=stage.acting).filter(issued_on=stage.days.month, currency="EUR")
    return Money(month.aggregate(total=Sum("gross_amount"))["total"] or 0, "EUR")


def _mailed(addresses: list[str]) -> str:
    return f"mailed to {', '.join(addresses)}" if addresses else "not mailed"


def _near(folder: Path) -> str:
    """The folder as it is named from here."""
    try:
        return str(folder.relative_to(Path.cwd()))
    except ValueError:
        return str(folder)
