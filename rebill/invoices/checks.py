"""What must always be true of issued documents; each check returns what is not. Nothing is mended here."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import (
    Aggregate,
    BigIntegerField,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    Window,
)
from django.db.models.functions import Coalesce, Lag
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from rebill.access.acting import Acting, Permission, require
from rebill.charges.models import Charge
from rebill.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceTax
from rebill.invoices.queries.documents import not_made
from rebill.invoices.queries.revenue import revenue_by_month, revenue_counted
from rebill.kit.bulk import read_rows
from rebill.kit.errors import Problem
from rebill.kit.events import subject_type_of
from rebill.kit.models import Event, Sequence
from rebill.parties.models import NumberSeries
from rebill.rules.money import amount_minor, digits_of
from rebill.rules.tax import Included
from rebill.runs.models import Draft, DraftState

FROZEN = gettext_noop(
    "An issued document is never changed: restore its rows from a backup, and find out who changed them."
)
REPORT = gettext_noop("Report it: no command writes it so.")


def check_invoices(*, acting: Acting) -> list[Problem]:
    """Every document comes to what its lines and its VAT come to; VAT stands once per category and rate, computed over
    the sum of its lines (EN 16931 BR-CO-10, BR-CO-17); and every line is its quantity times its price."""
    require(acting, Permission.READ)
    return [*_wrong_totals(acting), *_wrong_taxes(acting), *_wrong_lines(acting), *_wrong_revenue(acting)]


def _wrong_revenue(acting: Acting) -> Iterator[Problem]:
    """Months whose revenue is not what their lines come to."""
    kept = set(revenue_by_month(acting=acting, since=date.min))
    for month in sorted({each.month for each in kept ^ set(revenue_counted(acting=acting))}):
        yield Problem(
            what="revenue.differs",
            where=f"{month:%Y-%m}",
            why=_("The revenue of the month is not what the lines of its documents come to."),
            remedy=_(REPORT),
        )


def check_billing(*, acting: Acting) -> list[Problem]:
    """Every issued draft has its one document, which bills the draft's charges, all of them and no others, to the
    customer who owes them."""
    require(acting, Permission.READ)
    return [*_drafts_without_document(acting), *_strange_documents(acting), *_strange_lines(acting), *_unbilled(acting)]


def check_credits(*, acting: Acting) -> list[Problem]:
    """Credit notes take back of an invoice of the same customer, never more of a line than it was, and with the last
    cent of the lines the last cent of the VAT."""
    require(acting, Permission.READ)
    return [*_misplaced_credits(acting), *_lines_overcredited(acting), *_documents_overcredited(acting)]


def check_numbers(*, acting: Acting) -> list[Problem]:
    """The numbers of every series follow each other without a gap, up to the next one that will be given.

    A jump that somebody ordered, by letting a series go on at a number, is no gap.
    """
    require(acting, Permission.READ)
    ordered = _ordered_starts(acting)
    return [*_gaps(acting, ordered), *_lost_ends(acting, ordered)]


def check_documents(*, acting: Acting) -> list[Problem]:
    """Every issued document has its PDF."""
    require(acting, Permission.READ)
    number = Invoice.objects.filter(not_made("pdf"), seller_id=acting.seller_id).count()
    if not number:
        return []
    why = _("Their PDF is not made yet, so they are not sent.")
    remedy = _("Issue again: it makes every PDF that is missing.")
    return [
        Problem(
            "document.not_made",
            ngettext("%(number)s document", "%(number)s documents", number) % {"number": number},
            why,
            remedy,
            blocking=False,
        )
    ]


def _total(rows: QuerySet[Any], owner: str, column: str, combine: type[Aggregate] = Sum) -> Coalesce:
    """What a column of the owner's rows comes to; zero where there are none."""
    summed = rows.order_by().values(owner).annotate(total=combine(column)).values("total")
    return Coalesce(Subquery(summed), Value(0), output_field=BigIntegerField())


def _wrong_totals(acting: Acting) -> Iterator[Problem]:
    mine = {"invoice": OuterRef("pk")}
    rows = Invoice.objects.filter(seller_id=acting.seller_id).annotate(
        lines_net=_total(InvoiceLine.objects.filter(**mine), "invoice", "net_amount"),
        taxes_base=_total(InvoiceTax.objects.filter(**mine), "invoice", "base_amount"),
        taxes_sum=_total(InvoiceTax.objects.filter(**mine), "invoice", "tax_amount"),
    )
    wrong = (
        ~Q(net_amount=F("lines_net"))
        | ~Q(net_amount=F("taxes_base"))
        | ~Q(tax_amount=F("taxes_sum"))
        | ~Q(gross_amount=F("net_amount") + F("tax_amount"))
    )
    why = _("Its totals are not the sums of its lines and its VAT.")
    for number in rows.filter(wrong).order_by("id").values_list("number", flat=True).iterator():
        yield Problem("invoice.total_differs", _("invoice %(number)s") % {"number": number}, why, _(FROZEN))


def _wrong_taxes(acting: Acting) -> Iterator[Problem]:
    lines = InvoiceLine.objects.filter(
        invoice=OuterRef("invoice"), tax_category=OuterRef("category"), tax_rate=OuterRef("rate")
    )
    taxes = InvoiceTax.objects.filter(invoice__seller_id=acting.seller_id).order_by("id")
    other_base = taxes.annotate(lines_net=_total(lines, "invoice", "net_amount")).exclude(base_amount=F("lines_net"))
    for number, category, rate in other_base.values_list("invoice__number", "category", "rate").iterator():
        why = _("The VAT of category %(category)s at %(rate)s%% is not over the sum of its lines.") % {
            "category": category,
            "rate": f"{rate.normalize():f}",
        }
        yield Problem("invoice.tax_base_differs", _("invoice %(number)s") % {"number": number}, why, _(FROZEN))
    # The last credit note of an invoice takes the remainder of its VAT, so only what is no credit is computed anew.
    asked = lines.filter(gross_amount__isnull=False)
    computed = taxes.filter(invoice__credits__isnull=True).annotate(
        asked_net=_total(asked, "invoice", "net_amount"), asked_gross=_total(asked, "invoice", "gross_amount")
    )
    for number, category, rate, base, tax, net, gross in read_rows(
        computed, "invoice__number", "category", "rate", "base_amount", "tax_amount", "asked_net", "asked_gross"
    ):
        if Included(net, gross - net).tax_over(base, rate) != tax:
            why = _("The VAT of category %(category)s is not its rate of its base.") % {"category": category}
            yield Problem("invoice.tax_differs", _("invoice %(number)s") % {"number": number}, why, _(FROZEN))


def _wrong_lines(acting: Acting) -> Iterator[Problem]:
    lines = InvoiceLine.objects.filter(invoice__seller_id=acting.seller_id).order_by("id")
    for number, position, prorated, price, currency, net in read_rows(
        lines, "invoice__number", "position", "prorated_quantity", "unit_price", "currency", "net_amount"
    ):
        if amount_minor(prorated, price, digits_of(currency)) != net:
            why = _("Its amount is not its quantity times its price.")
            yield Problem(
                "invoice_line.amount_differs",
                _("invoice %(number)s, line %(position)s") % {"number": number, "position": position},
                why,
                _(FROZEN),
            )


def _drafts_without_document(acting: Acting) -> Iterator[Problem]:
    documents = Invoice.objects.filter(draft=OuterRef("pk"), seller_id=OuterRef("seller_id"))
    issued = Draft.objects.filter(seller_id=acting.seller_id, state=DraftState.ISSUED)
    for draft_id in issued.filter(~Exists(documents)).order_by("id").values_list("id", flat=True).iterator():
        why = _("It counts as issued, and no document was issued for it.")
        yield Problem("draft.without_document", _("draft %(draft)s") % {"draft": draft_id}, why, _(REPORT))


def _strange_documents(acting: Acting) -> Iterator[Problem]:
    rows = Invoice.objects.filter(seller_id=acting.seller_id, draft__isnull=False).annotate(
        lines_count=_total(InvoiceLine.objects.filter(invoice=OuterRef("pk")), "invoice", "id", Count)
    )
    drafts = Draft.objects.filter(
        id=OuterRef("draft"),
        seller_id=OuterRef("seller_id"),
        customer_id=OuterRef("customer_id"),
        currency=OuterRef("currency"),
        state=DraftState.ISSUED,
        net_amount=OuterRef("net_amount"),
        line_count=OuterRef("lines_count"),
    )
    why = _("Its draft is not issued, or was approved with another customer, currency, amount or number of lines.")
    for number in rows.filter(~Exists(drafts)).order_by("id").values_list("number", flat=True).iterator():
        yield Problem("invoice.draft_differs", _("invoice %(number)s") % {"number": number}, why, _(FROZEN))


def _strange_lines(acting: Acting) -> Iterator[Problem]:
    """Lines whose charge is not their customer's (C091), says something else, or is free to be billed again."""
    charge = {"id": OuterRef("charge"), "seller_id": OuterRef("invoice__seller_id")}
    owed = Charge.objects.filter(
        **charge, buyer_id=OuterRef("invoice__customer_id"), currency=OuterRef("invoice__currency")
    )
    lines = InvoiceLine.objects.filter(invoice__seller_id=acting.seller_id, charge__isnull=False).order_by("id")
    why = _("Its charge is owed by another customer, or in another currency.")
    yield from _line_problems(lines.filter(~Exists(owed)), "invoice_line.charge_misplaced", why)

    withdrawals = Invoice.objects.filter(credits=OuterRef("invoice_id"), withdraws=True)
    standing = lines.filter(~Exists(withdrawals), invoice__draft__isnull=False)
    claimed = Charge.objects.filter(**charge, claim=OuterRef("invoice__draft"))
    why = _("Its charge does not count as billed by this document, so it may be billed again.")
    yield from _line_problems(standing.filter(~Exists(claimed)), "invoice_line.charge_open", why)

    told_otherwise = Charge.objects.filter(**charge, edit__isnull=True).exclude(amount=OuterRef("net_amount"))
    why = _("Its charge comes to another amount, and nobody edited the line.")
    yield from _line_problems(standing.filter(Exists(told_otherwise)), "invoice_line.charge_differs", why)


def _unbilled(acting: Acting) -> Iterator[Problem]:
    issued = Draft.objects.filter(id=OuterRef("claim"), state=DraftState.ISSUED)
    lines = InvoiceLine.objects.filter(invoice__draft=OuterRef("claim"), charge=OuterRef("pk"))
    charges = Charge.objects.filter(seller_id=acting.seller_id, claim__isnull=False).order_by("id")
    for charge_id, claim in charges.filter(Exists(issued), ~Exists(lines)).values_list("id", "claim").iterator():
        why = _(
            "It counts as billed by draft %(claim)s, and does not stand on the document that was issued for it."
        ) % {"claim": claim}
        yield Problem("charge.not_on_document", _("charge %(charge_id)s") % {"charge_id": charge_id}, why, _(REPORT))


def _line_problems(lines: QuerySet[InvoiceLine], what: str, why: str) -> Iterator[Problem]:
    for number, position in lines.values_list("invoice__number", "position").iterator():
        yield Problem(
            what, _("invoice %(number)s, line %(position)s") % {"number": number, "position": position}, why, REPORT
        )


def _misplaced_credits(acting: Acting) -> Iterator[Problem]:
    notes = Invoice.objects.filter(seller_id=acting.seller_id, credits__isnull=False).order_by("id")
    wrong = (
        ~Q(credits__seller=F("seller"))
        | ~Q(credits__customer=F("customer"))
        | ~Q(credits__currency=F("currency"))
        | ~Q(credits__kind=InvoiceKind.INVOICE)
        | Q(credits__issued_on__gt=F("issued_on"))
        | Q(withdraws=True) & ~Q(credits__gross_amount=-1 * F("gross_amount"))
    )
    why = _("It credits no invoice of its customer and currency, or withdraws one without taking all of it back.")
    for number in notes.filter(wrong).values_list("number", flat=True).iterator():
        yield Problem("credit_note.misplaced", _("credit note %(number)s") % {"number": number}, why, _(FROZEN))
    lines = InvoiceLine.objects.filter(invoice__seller_id=acting.seller_id, credits__isnull=False).order_by("id")
    strange = lines.exclude(credits__invoice=F("invoice__credits"))
    why = _("It credits a line of another invoice than its document does.")
    yield from _line_problems(strange, "credit_note.line_misplaced", why)


def _lines_overcredited(acting: Acting) -> Iterator[Problem]:
    credited = InvoiceLine.objects.filter(credits=OuterRef("pk"))
    lines = (
        InvoiceLine.objects.filter(Exists(credited), invoice__seller_id=acting.seller_id)
        .annotate(
            net_left=F("net_amount") + _total(credited, "credits", "net_amount"),
            quantity_left=F("prorated_quantity") + _total(credited, "credits", "quantity"),
        )
        .order_by("id")
    )
    why = _("More of it was credited than it was.")
    over = _beyond("net_left", "net_amount") | _beyond("quantity_left", "prorated_quantity")
    yield from _line_problems(lines.filter(over), "invoice_line.credited_too_much", why)


def _documents_overcredited(acting: Acting) -> Iterator[Problem]:
    """Only of documents whose lines all have one sign: where charges and credits are mixed, crediting the charges alone
    takes back more than the document came to, and rightly so."""
    notes = Invoice.objects.filter(credits=OuterRef("pk"))
    lines = InvoiceLine.objects.filter(invoice=OuterRef("pk"))
    rows = (
        Invoice.objects.filter(Exists(notes), seller_id=acting.seller_id)
        .annotate(
            least=_total(lines, "invoice", "net_amount", Min),
            most=_total(lines, "invoice", "net_amount", Max),
            net_left=F("net_amount") + _total(notes, "credits", "net_amount"),
            gross_left=F("gross_amount") + _total(notes, "credits", "gross_amount"),
        )
        .filter(Q(least__gte=0) | Q(most__lte=0))
    )
    over = _beyond("gross_left", "gross_amount") | Q(net_left=0) & ~Q(gross_left=0)
    why = _("Its credit notes take back more than it came to, or all of it without all of its VAT.")
    for number in rows.filter(over).order_by("id").values_list("number", flat=True).iterator():
        yield Problem("invoice.credited_too_much", _("invoice %(number)s") % {"number": number}, why, _(FROZEN))


def _beyond(left: str, whole: str) -> Q:
    """Whether what is left of something lies outside of nothing and all of it."""
    below, above = {f"{left}__lt": 0}, {f"{left}__gt": 0}
    return Q(**{f"{whole}__gte": 0}) & (Q(**below) | Q(**{f"{left}__gt": F(whole)})) | Q(**{f"{whole}__lt": 0}) & (
        Q(**above) | Q(**{f"{left}__lt": F(whole)})
    )


def _ordered_starts(acting: Acting) -> set[int]:
    """The numbers at which somebody let a series of the seller begin or go on, as the event log kept them."""
    events = Event.objects.filter(seller_id=acting.seller_id, subject_type=subject_type_of(NumberSeries))
    changes = [details.get("first_number") for details in events.order_by("id").values_list("details", flat=True)]
    return {1, *(change[1] for change in changes if change)}


def _gaps(acting: Acting, ordered: set[int]) -> Iterator[Problem]:
    before = Window(Lag("sequence_number"), partition_by=F("sequence_key"), order_by=F("sequence_number").asc())
    rows = Invoice.objects.filter(seller_id=acting.seller_id).annotate(before=before)
    jumps = rows.filter(Q(before__isnull=True) | ~Q(sequence_number=F("before") + 1))
    for key, number, earlier, printed in jumps.order_by("sequence_key", "sequence_number").values_list(
        "sequence_key", "sequence_number", "before", "number"
    ):
        if number not in ordered:
            missing = {"first": (earlier or 0) + 1, "last": number - 1}
            why = _("The numbers %(first)s to %(last)s before it are missing.") % missing
            yield Problem(
                "number.missing",
                _("series %(key)s, invoice %(printed)s") % {"key": key, "printed": printed},
                why,
                _(FROZEN),
            )


def _lost_ends(acting: Acting, ordered: set[int]) -> Iterator[Problem]:
    last = dict(
        Invoice.objects.filter(seller_id=acting.seller_id)
        .order_by()
        .values_list("sequence_key")
        .annotate(last=Max("sequence_number"))
    )
    sequences = Sequence.objects.filter(key__startswith=f"{acting.seller_id}:").order_by("key")
    upcoming = dict(sequences.values_list("key", "next_number"))
    for key in sorted({*last, *upcoming}):
        next_number, newest = upcoming.get(key, 1), last.get(key, 0)
        if next_number <= newest:
            why = _("It would give %(next_number)s next, and numbers up to %(newest)s were given.") % {
                "next_number": next_number,
                "newest": newest,
            }
            remedy = _("Let the series go on after the newest number.")
            yield Problem("number.given_twice", _("series %(key)s") % {"key": key}, why, remedy)
        elif next_number > newest + 1 and next_number not in ordered:
            why = _("The numbers %(newest)s to %(next_number)s were given, and no document has them.") % {
                "newest": newest + 1,
                "next_number": next_number - 1,
            }
            yield Problem("number.missing", _("series %(key)s") % {"key": key}, why, _(FROZEN))
