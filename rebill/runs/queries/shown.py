"""A draft as people look at it: its lines in words, its VAT, its warnings, and how it compares with earlier months."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import Product
from rebill.catalogue.queries.tax_desk import TaxDecision, TaxDesk
from rebill.parties.models import Seller
from rebill.parties.queries import seller_of
from rebill.rules.naming import name_in
from rebill.rules.review import WarningCode, average_minor, change_percent
from rebill.rules.sums import DocumentTotals
from rebill.runs.models import Draft
from rebill.runs.queries.customers import DraftCustomer, draft_customers, earlier_nets
from rebill.runs.queries.drafts import draft_of
from rebill.runs.queries.lines import DraftLine, lines_of
from rebill.runs.queries.taxing import TaxedTotals, taxed_totals
from rebill.runs.queries.warnings import WARNING_TEXTS, remedy_of, why_of


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it will be printed. `charge_id` is empty for a line that is not told yet."""

    position: int
    charge_id: int | None
    product_code: str
    text: str
    unit: str
    line: DraftLine
    tax: TaxDecision | None


@dataclass(frozen=True, slots=True)
class ShownWarning:
    """A warning in the reader's language: why, and what mends it; `accepted` if somebody took responsibility for it."""

    code: str
    subject: str
    blocking: bool
    accepted: bool
    title: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ShownDraft:
    """What a draft comes to and how it compares. Amounts are integers of the currency's minor unit, without VAT.

    `previous_minor` is the customer's last invoiced total, `average_minor` that of the last six months; None where
    there is none.
    """

    customer: DraftCustomer
    billed_on: date
    currency: str
    cost_centre: str
    lines: tuple[ShownLine, ...]
    totals: DocumentTotals
    warnings: tuple[ShownWarning, ...]
    previous_minor: int | None
    average_minor: int | None

    @property
    def average_percent(self) -> int | None:
        """By how many percent it differs from the average."""
        return change_percent(self.totals.net_minor, self.average_minor)


def draft_shown(*, acting: Acting, draft_id: int) -> tuple[Draft, ShownDraft]:
    """The seller's draft with everything a page shows of it; the number of reads does not depend on its lines."""
    require(acting, Permission.READ)
    seller = seller_of(acting)
    draft = draft_of(acting=acting, draft_id=draft_id)
    customer = draft_customers(seller=seller, customer_ids=[draft.customer_id])[draft.customer_id]
    lines = lines_of(seller_id=seller.pk, draft_ids=[draft.pk]).get(draft.pk, [])
    taxed = taxed_totals(TaxDesk(seller), customer, lines, default_on=draft.billed_on)
    earlier = earlier_nets(customer_ids=[customer.id], billed_on=draft.billed_on)
    stored = draft.warnings.order_by("id").values_list("code", "subject", "blocking", "details")
    shown = show_draft(
        customer=customer,
        billed_on=draft.billed_on,
        currency=draft.currency,
        cost_centre=draft.cost_centre,
        lines=shown_lines(seller, draft.customer.language or seller.language, lines, taxed),
        taxed=taxed,
        warnings=[show_warning(*row, accepted=row[0] in draft.accepted) for row in stored],
        nets=earlier.get((customer.id, draft.currency), ()),
    )
    return draft, shown


def show_draft(
    *,
    customer: DraftCustomer,
    billed_on: date,
    currency: str,
    cost_centre: str,
    lines: tuple[ShownLine, ...],
    taxed: TaxedTotals,
    warnings: Sequence[ShownWarning],
    nets: Sequence[int],
) -> ShownDraft:
    """One draft put together; `nets` are the customer's totals of earlier runs, oldest first."""
    return ShownDraft(
        customer=customer,
        billed_on=billed_on,
        currency=currency,
        cost_centre=cost_centre,
        lines=lines,
        totals=taxed.totals,
        warnings=tuple(warnings),
        previous_minor=nets[-1] if nets else None,
        average_minor=average_minor(nets),
    )


def shown_lines(seller: Seller, language: str, lines: Sequence[DraftLine], taxed: TaxedTotals) -> tuple[ShownLine, ...]:
    """The lines in words: their own text, else the product's name in the language; one read."""
    products = _products(seller, {line.product_id for line in lines if line.product_id is not None})
    shown = []
    for position, line, decision in zip(count(1), lines, taxed.decisions, strict=False):
        product = products.get(line.product_id or 0)
        name = "" if product is None else name_in(product.names, language, seller.language)
        shown.append(
            ShownLine(
                position=position,
                charge_id=line.charge_id or None,
                product_code=product.code if product else "",
                text=line.description or name or (product.code if product else ""),
                unit=product.unit if product else "",
                line=line,
                tax=decision,
            )
        )
    return tuple(shown)


def show_warning(
    code: str, subject: str, blocking: bool, details: Mapping[str, str], *, accepted: bool = False
) -> ShownWarning:
    """A warning in the reader's language."""
    return ShownWarning(
        code=code,
        subject=subject,
        blocking=blocking,
        accepted=accepted,
        title=str(WARNING_TEXTS[WarningCode(code)].title),
        why=why_of(code, subject, details),
        remedy=remedy_of(code),
    )


def _products(seller: Seller, product_ids: Collection[int]) -> dict[int, Product]:
    return Product.objects.filter(seller_id=seller.pk).in_bulk(list(product_ids)) if product_ids else {}
