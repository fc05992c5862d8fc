"""The month itself: drafts, mended, approved, issued, sent and exported; and two corrections a week later."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.db.models import QuerySet

from rebill.catalogue.queries import product_by_code
from rebill.charges.models import Charge
from rebill.delivery.commands import Delivered, deliver_queued, make_print_batch
from rebill.delivery.models import Dispatch, DispatchState
from rebill.delivery.queries import pdf_hashes, print_batches_of
from rebill.exports.commands import mail_export, make_combined_export
from rebill.exports.files import file_name
from rebill.exports.layouts import read_layout
from rebill.exports.models import Export
from rebill.exports.queries import export_with_key, timed_key
from rebill.exports.registry import FORMATS
from rebill.interfaces.demo.assortment import HOSTING_M, HOUR
from rebill.interfaces.demo.calls import take_month_of_calls, take_week_of_calls
from rebill.interfaces.demo.cast import BODYSHOP, BUILDERS, CAFE, DENTISTS, NAMED, SALON
from rebill.interfaces.demo.stage import Stage
from rebill.interfaces.demo.taking import bars_by_step
from rebill.invoices.commands import withdraw_invoice
from rebill.invoices.models import Invoice
from rebill.invoices.queries.invoices import find_invoices
from rebill.kit.files import read_file
from rebill.parties.commands import change_customer
from rebill.parties.models import Customer, DeliveryChannel
from rebill.parties.queries import customer_by_number, seller_of
from rebill.pipeline import complete_documents, issue, prepare, prepare_chain
from rebill.rules.periods import add_months
from rebill.runs.commands import add_draft_line, approve_drafts, hold_drafts, review_drafts
from rebill.runs.models import Draft, Run
from rebill.runs.queries.drafts import DraftFilter, find_drafts, periodic_run_on, run_totals, warning_groups
from rebill.sources.oneoff.commands import LineTerms
from rebill.subscriptions.commands import cancel_subscription
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries import subscriptions

_LETTERS_AT_ONCE = 50
_UNSAFE = re.compile(r"[^\w.&-]+")


def prepare_month(stage: Stage) -> Run:
    """The drafts of the month, with the calls of the month before."""
    take_month_of_calls(stage)
    if not stage.diary.is_done("prepared"):
        with stage.diary.step("prepared"):
            with stage.bar("Preparing") as advance:
                prepare(
                    acting=stage.acting,
                    billed_on=stage.days.month,
                    now=stage.days.prepared_at,
                    progress=lambda step, done, total: advance(done, total),
                )
            _note_drafts(stage)
    return periodic_run_on(acting=stage.acting, billed_on=stage.days.month)


def mend_drafts(stage: Stage) -> None:
    """One gets an address, one a line more, one is held back: as many are ready as before."""
    if stage.diary.is_done("mended"):
        return
    with stage.diary.step("mended"):
        acting, now = stage.acting, stage.days.reviewed_at
        bodyshop = _customer(stage, BODYSHOP)
        change_customer(
            acting=acting, customer_id=bodyshop.pk, invoice_emails=[f"{NAMED[BODYSHOP].email}.example"], now=now
        )
        review_drafts(acting=acting, drafts=_drafts(stage, BODYSHOP))
        _add_hours(stage, _drafts(stage, CAFE).get(), now)
        reason = "Wil eerst een inkoopnummer doorgeven"
        hold_drafts(acting=acting, drafts=_drafts(stage, BUILDERS), reason=reason, now=now)


def approve_ready(stage: Stage) -> None:
    """Everything without a warning, in one go."""
    if stage.diary.is_done("approved"):
        return
    with stage.diary.step("approved"):
        run = periodic_run_on(acting=stage.acting, billed_on=stage.days.month)
        ready = find_drafts(acting=stage.acting, wanted=DraftFilter(run_id=run.pk, tab="ready"))
        approve_drafts(acting=stage.acting, drafts=ready, now=stage.days.reviewed_at)
        approved = find_drafts(acting=stage.acting, wanted=DraftFilter(run_id=run.pk, tab="approved"))
        stage.diary.note(approved=approved.count())


def issue_month(stage: Stage) -> None:
    """Numbers, PDFs, and the decision how each is sent."""
    if stage.diary.is_done("issued"):
        return
    with stage.diary.step("issued"), bars_by_step(stage.bar, {"issue": "Numbers", "render": "PDFs"}) as progress:
        issue(acting=stage.acting, today=stage.days.month, now=stage.days.issued_at, progress=progress)


def send_documents(stage: Stage) -> None:
    """Mails to files, letters to one PDF."""
    if stage.diary.is_done("sent"):
        return
    with stage.diary.step("sent") as was_cut_off:
        # An attempt that was cut off is given up when its time has run out: then a person is asked whether it arrived.
        now = stage.days.issued_at + timedelta(hours=1 if was_cut_off else 0)
        _deliver(stage, now)
        make_print_batch(acting=stage.acting, now=now)


def export_month(stage: Stage) -> Export:
    """The combined export, made and mailed as the timetable does it, so that the timetable finds it done."""
    acting, days = stage.acting, stage.days
    key = timed_key(days.month)
    if not stage.diary.is_done("exported"):
        with stage.diary.step("exported"):
            seller = seller_of(acting)
            layout = read_layout(seller.export_layout, FORMATS.get("combined"), language=seller.language)
            made = make_combined_export(acting=acting, month=days.month, layout=layout, now=days.exported_at, key=key)
            if made.mail_started_at is None:
                mail_export(acting=acting, export=made, now=days.exported_at)
    export = export_with_key(acting, key)
    assert export is not None
    return export


def cancel_late(stage: Stage) -> Subscription:
    """A week later: a customer left in the middle of last month, and nobody had entered it."""
    found = subscriptions(acting=stage.acting).get(customer__number=str(SALON), product__code=HOSTING_M)
    if not stage.diary.is_done("cancelled"):
        with stage.diary.step("cancelled"):
            if found.sequence == 0:
                cancel_subscription(
                    acting=stage.acting,
                    subscription=found,
                    last_day=add_months(stage.days.month, -1).replace(day=15),
                    reference="Opzegging per mail",
                    now=stage.days.corrected_at,
                )
    return found


def withdraw_wrong(stage: Stage) -> tuple[Invoice, Invoice]:
    """The wrong invoice, and the credit note that withdraws it and tells the customer."""
    acting, days = stage.acting, stage.days
    invoice = _invoices(stage, DENTISTS).get(kind="invoice", issued_on=days.month)
    if not stage.diary.is_done("withdrawn"):
        with stage.diary.step("withdrawn"):
            if not invoice.credit_notes.exists():
                withdraw_invoice(
                    acting=acting,
                    invoice_id=invoice.pk,
                    reason="Twee werkplekken zijn van de praktijk hiernaast",
                    today=days.next_week,
                    now=days.corrected_at,
                )
            complete_documents(acting=acting, now=days.corrected_at)
            _deliver(stage, days.corrected_at)
    return invoice, invoice.credit_notes.get()


def lay_out_copies(stage: Stage, export: Export) -> dict[str, Path]:
    """Puts into the demo's folder what people want to open at once: some PDFs, the letters, the export, a price."""
    if not stage.diary.is_done("end"):
        with stage.diary.step("end"):
            _write_samples(stage)
            for batch in print_batches_of(stage.acting):
                _write(stage.folder / "letters" / f"letters-{batch.made_at:%Y-%m-%d}-{batch.pk}.pdf", batch.file_id)
            name = file_name(export, slug=seller_of(stage.acting).slug)
            _write(stage.folder / "exports" / name, export.file_id)
            stage.cabinet.write_missing_price(add_months(stage.days.month, -1))
    return {name: stage.folder / name for name in ("files", "invoices", "letters", "exports")}


def prepare_next_month(stage: Stage) -> Run:
    """The drafts of the month after, the dealer's too, which nobody has looked at yet, with the calls made so far."""
    take_week_of_calls(stage)
    if not stage.diary.is_done("next"):
        with stage.diary.step("next"), stage.bar("Preparing the next month") as advance:
            prepare_chain(
                acting=stage.acting,
                billed_on=stage.days.next_month,
                now=stage.days.next_prepared_at,
                progress=lambda step, done, total: advance(done, total),
            )
    return periodic_run_on(acting=stage.acting, billed_on=stage.days.next_month)


def _note_drafts(stage: Stage) -> None:
    run = periodic_run_on(acting=stage.acting, billed_on=stage.days.month)
    totals = run_totals(acting=stage.acting, run=run, currency="EUR")
    stage.diary.note(
        drafts=totals.drafts,
        ready=totals.ready,
        to_check=totals.to_check,
        blocked=totals.blocked,
        against_month_before=totals.drafts - (totals.previous_drafts or 0),
        warnings={group.code: group.drafts for group in warning_groups(acting=stage.acting, run=run)},
    )


# --- pieces ---------------------------------------------------------------------------------------------------------


def _customer(stage: Stage, number: int) -> Customer:
    return customer_by_number(stage.acting, str(number))


def _drafts(stage: Stage, number: int) -> QuerySet[Draft]:
    run = periodic_run_on(acting=stage.acting, billed_on=stage.days.month)
    return Draft.objects.filter(seller_id=stage.acting.seller_id, run=run, customer=_customer(stage, number))


def _invoices(stage: Stage, number: int) -> QuerySet[Invoice]:
    return find_invoices(acting=stage.acting).filter(customer=_customer(stage, number))


def _add_hours(stage: Stage, draft: Draft, now: datetime) -> None:
    """An engineer's hour and a half that was not in the files."""
    if Charge.objects.filter(claim=draft.pk, product__code=HOUR).exists():
        return
    terms = LineTerms(
        quantity=Decimal("1.5"),
        unit_price=Decimal("75.00"),
        supplied_on=stage.days.month - timedelta(days=3),
        reference="Wifi achterzaal",
    )
    product = product_by_code(stage.acting, HOUR)
    add_draft_line(acting=stage.acting, draft_id=draft.pk, terms=terms, product=product, now=now)


def _deliver(stage: Stage, now: datetime) -> Delivered:
    total = Delivered()
    waiting = Dispatch.objects.filter(
        seller_id=stage.acting.seller_id, state=DispatchState.QUEUED, channel=DeliveryChannel.EMAIL
    )
    with stage.bar("Mails") as advance:
        advance(0, waiting.count())
        while (said := deliver_queued(acting=stage.acting, now=now, limit=_LETTERS_AT_ONCE)).attempted:
            total = total + said
            advance(total.attempted)
    return total


def _write_samples(stage: Stage) -> None:
    """The invoices of the customers with a name in the story, and one in each language."""
    this_month = find_invoices(acting=stage.acting).filter(issued_on__gte=stage.days.month)
    named = this_month.filter(customer__number__in=[str(number) for number in NAMED])
    spoken = [this_month.filter(language=language).order_by("id").first() for language in ("nl", "de", "fi", "en")]
    shown = {invoice.pk: invoice for invoice in [*named, *filter(None, spoken)]}
    hashes = pdf_hashes(list(shown))
    for invoice in shown.values():
        if invoice.pk in hashes:
            name = _UNSAFE.sub(" ", f"{invoice.number} {invoice.customer_name}").strip(" .")
            _write(stage.folder / "invoices" / f"{name}.pdf", hashes[invoice.pk])


def _write(path: Path, content_hash: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(read_file(content_hash))
