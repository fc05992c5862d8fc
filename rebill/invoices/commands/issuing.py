"""Issuing: approved drafts become numbered, taxed and frozen documents, a chunk at a time."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count, takewhile
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.queries.price_book import ProductFacts, product_facts
from rebill.catalogue.queries.tax_desk import TaxDecision, TaxDesk
from rebill.catalogue.vat.texts import exemption_text
from rebill.invoices.commands.freezing import freeze_seller
from rebill.invoices.commands.numbering import Numbered, number_documents, payment_reference
from rebill.invoices.commands.writing import write_documents
from rebill.invoices.models import Invoice, InvoiceKind
from rebill.invoices.queries.freezing import FrozenCustomer, frozen_customers
from rebill.invoices.queries.invoices import numbers_of_charges
from rebill.kit.bulk import Numbers, learn_sizes, read_all, reserve_ids
from rebill.kit.errors import Conflict
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.kit.parallel import do_each, piece_size
from rebill.kit.states import move_rows
from rebill.parties.models import Seller, SeriesPurpose
from rebill.parties.queries import seller_of
from rebill.rules.terms import due_day
from rebill.runs.commands import review_drafts
from rebill.runs.commands.moving import move_drafts
from rebill.runs.commands.tallying import tally_moved
from rebill.runs.models import DRAFT_MOVES, Draft, DraftState
from rebill.runs.queries.customers import DraftCustomer
from rebill.runs.queries.lines import DraftLine, lines_of
from rebill.runs.queries.taxing import TaxedTotals, gross_asked, taxed_totals

CHUNK = 1000
# Clocks of several machines differ by seconds, never by this much.
CLOCK_TOLERANCE = timedelta(hours=1)


class ClockBehind(Conflict):
    """It is earlier than when the newest document was issued: the clock was set back."""


@dataclass(slots=True)
class Issued:
    """What issuing came to: documents issued, and drafts that went back to review because they could not be."""

    documents: int = 0
    returned: int = 0


class _Draft(NamedTuple):
    id: int
    customer_id: int
    currency: str
    cost_centre: str
    billed_on: date
    invoice_on: date | None
    due_on: date | None
    intro: str
    closing: str
    own_texts: bool
    net_minor: int
    gross_minor: int
    line_count: int

    def stands(self, taxed: TaxedTotals, customer: DraftCustomer) -> bool:
        """Whether it is still what was approved: the same lines and totals, taxable, for a customer it can go to."""
        approved = (self.net_minor, self.gross_minor, self.line_count)
        reachable = customer.has_address and (customer.has_email or not customer.needs_email)
        same = approved == (taxed.net_minor, taxed.gross_minor, taxed.line_count)
        return same and reachable and bool(taxed.line_count) and not taxed.unrated


def issue_invoices(
    *,
    acting: Acting,
    today: date,
    now: datetime,
    run_id: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> Issued:
    """Issues every approved draft of the seller (of one run, if given): numbers without gaps, VAT once per category and
    rate, everything frozen.

    A draft that is no longer what was approved, because its customer moved, lost its VAT id or cannot be reached, goes
    back to review. May be stopped anywhere and repeated; several may work at once. Dates are the run's invoice date or
    `today`. Refuses when it is earlier than when the newest document was issued: the clock was set back.
    """
    require(acting, Permission.ISSUE)
    seller = seller_of(acting)
    _check_clock(seller, now)
    frozen_id = freeze_seller(seller=seller)
    products = product_facts(seller.id)
    approved = Draft.objects.filter(seller_id=acting.seller_id, state=DraftState.APPROVED)
    if run_id is not None:
        approved = approved.filter(run_id=run_id)
    size = piece_size(approved.count(), at_most=CHUNK)
    issued = Issued()

    def issue_next(_: int) -> tuple[int, int]:
        with transaction.atomic():
            drafts = _take_approved(approved, size)
            return len(drafts), _issue_chunk(acting, seller, drafts, products, frozen_id, today, now) if drafts else 0

    # Each piece takes what no other has taken; when one finds nothing, all is taken.
    emptied: list[int] = []
    for taken, documents in do_each(issue_next, takewhile(lambda _: not emptied, count())):
        if not taken:
            emptied.append(taken)
        issued.documents += documents
        issued.returned += taken - documents
        if taken and progress is not None:
            progress(issued.documents)
    learn_sizes(issued.documents)
    return issued


def _check_clock(seller: Seller, now: datetime) -> None:
    newest = (
        Invoice.objects.filter(seller_id=seller.id)
        .order_by("-issued_on", "-id")
        .values_list("number", "issued_at")
        .first()
    )
    if newest is not None and newest[1] > now + CLOCK_TOLERANCE:
        raise ClockBehind(
            _(
                "%(number)s was issued at %(moment)s UTC, and it is %(now)s UTC now. Set the clock "
                "right, then issue again."
            )
            % {"number": newest[0], "moment": f"{newest[1]:%d-%m-%Y %H:%M}", "now": f"{now:%d-%m-%Y %H:%M}"}
        )


def _take_approved(approved: QuerySet[Draft], size: int) -> list[_Draft]:
    """The next of these drafts that nobody else is issuing, locked until the end of the transaction."""
    found = read_all(
        approved.order_by("id").select_for_update(skip_locked=True, of=("self",))[:size],
        "id", "customer_id", "currency", "cost_centre", "billed_on", "run__invoice_on", "run__due_on", "intro",
        "closing", "own_texts",
        "net_amount", "gross_amount", "line_count",
    )  # fmt: skip
    return list(map(_Draft._make, found))


def _issue_chunk(
    acting: Acting,
    seller: Seller,
    drafts: Sequence[_Draft],
    products: Mapping[int, ProductFacts],
    frozen_id: int,
    today: date,
    now: datetime,
) -> int:
    lines = lines_of(seller_id=seller.id, draft_ids=[draft.id for draft in drafts])
    customers = frozen_customers(seller=seller, customer_ids={draft.customer_id for draft in drafts})
    desk = TaxDesk(seller)
    fit: list[tuple[_Draft, TaxedTotals]] = []
    unfit: list[int] = []
    for draft in drafts:
        customer = customers[draft.customer_id].draft_view
        taxed = taxed_totals(desk, customer, lines.get(draft.id, []), default_on=draft.billed_on)
        if draft.stands(taxed, customer):
            fit.append((draft, taxed))
        else:
            unfit.append(draft.id)
    if unfit:
        _return_to_review(acting, unfit, now)
    ids = reserve_ids(Invoice, len(fit))
    corrected = {line.corrects_id for draft, _ in fit for line in lines[draft.id] if line.corrects_id is not None}
    page = _Page(seller, products, frozen_id, now, numbers_of_charges(corrected))
    for invoice_id, (draft, taxed) in zip(ids, fit, strict=True):
        page.add_lines(invoice_id, draft.currency, taxed, lines[draft.id], customers[draft.customer_id].language)
    # As late as can be: from here to the end of the transaction nobody else gets a number of these series.
    numbers = number_documents(
        seller_id=seller.id, asked=[(_purpose(taxed), draft.invoice_on or today) for draft, taxed in fit]
    )
    for invoice_id, (draft, taxed), numbered in zip(ids, fit, numbers, strict=True):
        frozen = customers[draft.customer_id]
        page.add_invoice(invoice_id, draft, taxed, numbered, frozen, lines[draft.id], draft.invoice_on or today)
    write_documents(invoices=page.invoices, lines=page.lines, taxes=page.taxes)
    issued = Numbers([draft.id for draft, _ in fit])
    tally_moved(draft_ids=[draft.id for draft, _ in fit], to=DraftState.ISSUED)
    move_rows(Draft.objects.filter(id__among=issued), to=DraftState.ISSUED, moves=DRAFT_MOVES)
    subject_type = subject_type_of(Invoice)
    record_events(
        EventRow(seller.id, subject_type, invoice_id, "issued", acting.user_id, now, {"number": numbered.number})
        for invoice_id, numbered in zip(ids, numbers, strict=True)
    )
    return len(fit)


def _return_to_review(acting: Acting, draft_ids: Sequence[int], now: datetime) -> None:
    """A draft that is not what was approved any more goes back to the open ones, with its warnings."""
    drafts = Draft.objects.filter(id__among=draft_ids)
    move_drafts(
        acting=acting, drafts=drafts, to=DraftState.OPEN, verb="returned_to_review", now=now,
        approved_by=None, approved_at=None, first_approved_by=None,
    )  # fmt: skip
    review_drafts(acting=acting, drafts=drafts)


def _purpose(taxed: TaxedTotals) -> SeriesPurpose:
    return SeriesPurpose.CREDIT_NOTE if taxed.gross_minor < 0 else SeriesPurpose.INVOICE


class _Page:
    """Collects the rows of a chunk of documents."""

    def __init__(
        self,
        seller: Seller,
        products: Mapping[int, ProductFacts],
        frozen_id: int,
        now: datetime,
        corrected: Mapping[int, str],
    ) -> None:
        self.seller = seller
        self.corrected = corrected
        self.products = products
        self.frozen_id = frozen_id
        self.now = now
        self.invoices: list[tuple[Any, ...]] = []
        self.lines: list[tuple[Any, ...]] = []
        self.taxes: list[tuple[Any, ...]] = []
        self._texts: dict[tuple[str, str], str] = {}

    def add_lines(
        self, invoice_id: int, currency: str, taxed: TaxedTotals, lines: Sequence[DraftLine], language: str
    ) -> None:
        """Adds the lines and the VAT of one document."""
        for position, (line, decision) in enumerate(zip(lines, taxed.decisions, strict=True), start=1):
            if decision is not None:
                self.lines.append(self._line(invoice_id, position, line, decision, language))
        self._add_taxes(invoice_id, currency, taxed, language)

    def add_invoice(
        self,
        invoice_id: int,
        draft: _Draft,
        taxed: TaxedTotals,
        numbered: Numbered,
        customer: FrozenCustomer,
        lines: Sequence[DraftLine],
        issued_on: date,
    ) -> None:
        """Adds the document itself."""
        is_invoice = taxed.gross_minor >= 0
        starts = [line.starts_on for line in lines if line.starts_on is not None]
        ends = [line.ends_before for line in lines if line.ends_before is not None]
        self.invoices.append(
            (
                invoice_id,
                self.seller.id,
                draft.customer_id,
                (InvoiceKind.INVOICE if is_invoice else InvoiceKind.CREDIT_NOTE).value,
                numbered.number,
                numbered.sequence_key,
                numbered.sequence_number,
                draft.id,
                None,
                False,
                "",
                issued_on,
                self.now,
                due_day(issued_on=issued_on, days=customer.payment_term_days, entered=draft.due_on),
                min(starts, default=None),
                max(ends, default=None),
                draft.currency,
                customer.language,
                taxed.totals.net_minor,
                taxed.totals.tax_minor,
                taxed.totals.gross_minor,
                payment_reference(numbered.number, self.seller.country) if is_invoice else "",
                customer.content["name"],
                customer.content["number"],
                customer.content,
                self.frozen_id,
                draft.intro,
                draft.closing,
                draft.own_texts,
                customer.reference,
                draft.cost_centre,
            )
        )

    def _line(
        self, invoice_id: int, position: int, line: DraftLine, decision: TaxDecision, language: str
    ) -> tuple[Any, ...]:
        product = None if line.product_id is None else self.products[line.product_id]
        return (
            invoice_id, position, line.charge_id, None, line.kind, product.code if product else "",
            line.description or (product.name(language) if product else ""), line.summary_group, line.starts_on,
            line.ends_before, line.quantity_e8, line.prorated_e8, product.unit if product else "", line.price_e6,
            line.currency, line.amount_minor, decision.code, decision.rate_e6, line.ledger_account,
            line.cost_centre, line.reference,
            "" if line.corrects_id is None else self.corrected.get(line.corrects_id, ""),
            line.dimensions, gross_asked(line, decision),
        )  # fmt: skip

    def _add_taxes(self, invoice_id: int, currency: str, taxed: TaxedTotals, language: str) -> None:
        reasons: dict[tuple[str, int], TaxDecision] = {}
        for decision in taxed.decisions:
            if decision is not None:
                reasons.setdefault((decision.code, decision.rate_e6), decision)
        for tax in taxed.totals.tax_lines:
            decision = reasons[tax.category.value, tax.rate_e6]
            self.taxes.append(
                (
                    invoice_id,
                    tax.category.value,
                    tax.rate_e6,
                    currency,
                    tax.base_minor,
                    tax.tax_minor,
                    self._text(decision, language),
                    decision.exemption_code,
                )
            )

    def _text(self, decision: TaxDecision, language: str) -> str:
        if decision.rate_e6:
            return ""
        key = (decision.reason, language)
        if key not in self._texts:
            self._texts[key] = exemption_text(decision.reason, language, seller_country=self.seller.country)
        return self._texts[key]
