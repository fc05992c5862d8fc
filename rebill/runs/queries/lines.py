"""The lines of drafts: their charges, as people have edited them."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol

from django.db.models import BigIntegerField, Count, F, QuerySet, Sum, Value

from rebill.access.acting import Acting, Permission, require
from rebill.charges.models import Charge
from rebill.kit.bulk import Numbers, read_all
from rebill.rules.money import amount_minor, digits_of
from rebill.runs.models import Draft, DraftState, LineEdit

# Drafts that are neither issued nor thrown away.
CURRENT = (DraftState.OPEN, DraftState.HELD, DraftState.APPROVED)


class DraftLine(NamedTuple):
    """One line of a draft. Quantities are integers of 10⁻⁸, the unit price of 10⁻⁶, the amount of the minor unit."""

    charge_id: int
    draft_id: int
    buyer_id: int
    kind: str
    product_id: int | None
    description: str
    starts_on: date | None
    ends_before: date | None
    quantity_e8: int
    prorated_e8: int
    price_e6: int
    currency: str
    amount_minor: int
    rate_class: str
    supply: str
    ledger_account: str
    summary_group: int
    cost_centre: str
    reference: str
    corrects_id: int | None
    dimensions: dict[str, str]
    gross_minor: int | None
    gross_rate_e6: int | None
    edited: bool

    @property
    def supplied_on(self) -> date | None:
        """The day whose VAT rate counts."""
        return last_day(self.starts_on, self.ends_before)

    @property
    def line_count(self) -> int:
        """A line is one line."""
        return 1


def lines_of(*, seller_id: int, draft_ids: Collection[int]) -> dict[int, list[DraftLine]]:
    """The lines of these drafts, in the order they stand on the document: by group, then as they were told."""
    found: dict[int, list[DraftLine]] = defaultdict(list)
    if not draft_ids:
        return found
    asked = Numbers(draft_ids)
    edits = {
        charge_id: edit
        for charge_id, *edit in read_all(
            LineEdit.objects.filter(draft_id__among=asked).order_by("charge"),
            "charge_id", "description", "starts_on", "ends_before", "charge__edited_quantity", "charge__edited_price",
            "rate_class", "ledger_account",
        )
    }  # fmt: skip
    rows = read_all(
        Charge.objects.filter(seller_id=seller_id, claim__among=asked).order_by("claim", "summary_group", "id"),
        "id", "claim", "buyer_id", "kind", "product_id", "description", "starts_on", "ends_before", "quantity",
        "prorated_quantity", "unit_price", "currency", "amount", "rate_class", "supply", "ledger_account",
        "summary_group", "cost_centre", "reference", "corrects_id", "dimensions", "gross_amount", "gross_rate",
    )  # fmt: skip
    for row in rows:
        line = DraftLine._make((*row, False))
        found[line.draft_id].append(_edited(line, *edits[line.charge_id]) if line.charge_id in edits else line)
    return found


class TaxedSum(NamedTuple):
    """Lines of one draft that are taxed alike, summed up: what tax needs to know of them."""

    rate_class: str
    supply: str
    supplied_on: date | None
    amount_minor: int
    line_count: int
    gross_minor: int | None
    gross_rate_e6: int | None


def sums_of(*, seller_id: int, draft_ids: Collection[int]) -> dict[int, list[TaxedSum]]:
    """The lines of these drafts summed by what decides their tax: far fewer rows than lines.

    Drafts with edited lines are read line by line, because an edit changes what a line comes to.
    """
    found: dict[int, list[TaxedSum]] = defaultdict(list)
    edited = set(
        LineEdit.objects.filter(draft_id__among=Numbers(draft_ids)).values_list("draft_id", flat=True).distinct()
    )
    rows = (
        Charge.objects.filter(
            seller_id=seller_id, claim__among=Numbers([each for each in draft_ids if each not in edited])
        )
        .order_by()
        .values("claim", "rate_class", "supply", "starts_on", "ends_before", "gross_rate")
        .annotate(total=Sum("amount"), lines=Count("id"), asked=Sum("gross_amount"))
    )
    for claim, rate_class, supply, starts_on, ends_before, *sums in read_all(
        rows, "claim", "rate_class", "supply", "starts_on", "ends_before", "total", "lines", "asked", "gross_rate"
    ):
        found[claim].append(TaxedSum(rate_class, supply, last_day(starts_on, ends_before), *sums))
    for draft_id, lines_of_draft in lines_of(seller_id=seller_id, draft_ids=edited).items():
        found[draft_id] = [
            TaxedSum(
                line.rate_class,
                line.supply,
                line.supplied_on,
                line.amount_minor,
                1,
                line.gross_minor,
                line.gross_rate_e6,
            )
            for line in lines_of_draft
        ]
    return found


class Owed(Protocol):
    """Something that is owed and will be one line: what tax needs to know of it."""

    @property
    def rate_class(self) -> str: ...

    @property
    def supply(self) -> str: ...

    @property
    def starts_on(self) -> date | None: ...

    @property
    def ends_before(self) -> date | None: ...

    @property
    def amount_minor(self) -> int: ...

    @property
    def gross_minor(self) -> int | None: ...

    @property
    def gross_rate_e6(self) -> int | None: ...


def summed_up(owed: Iterable[Owed]) -> list[TaxedSum]:
    """What will be the lines of one draft, summed as `sums_of` would read them back."""
    sums: dict[tuple[str, str, date | None, date | None, int | None], tuple[int, int, int]] = {}
    for each in owed:
        key = (each.rate_class, each.supply, each.starts_on, each.ends_before, each.gross_rate_e6)
        amount, lines, asked = sums.get(key, (0, 0, 0))
        sums[key] = (amount + each.amount_minor, lines + 1, asked + (each.gross_minor or 0))
    return [
        TaxedSum(
            rate_class, supply, last_day(starts_on, ends_before), amount, lines, None if rate is None else asked, rate
        )
        for (rate_class, supply, starts_on, ends_before, rate), (amount, lines, asked) in sums.items()
    ]


@lru_cache(maxsize=1024)
def last_day(starts_on: date | None, ends_before: date | None) -> date | None:
    """The last day of a line's period, whose VAT rate counts; the day itself for a line without a period."""
    if starts_on is None or ends_before is None or ends_before <= starts_on:
        return starts_on
    return date.fromordinal(ends_before.toordinal() - 1)


def _edited(
    line: DraftLine,
    description: str,
    starts_on: date | None,
    ends_before: date | None,
    prorated_e8: int | None,
    price_e6: int | None,
    rate_class: str,
    ledger_account: str,
) -> DraftLine:
    """The line as edited: what the edit leaves empty stays the charge's own."""
    edited = line._replace(
        description=description or line.description,
        rate_class=rate_class or line.rate_class,
        ledger_account=ledger_account or line.ledger_account,
        edited=True,
    )
    if starts_on is not None:
        edited = edited._replace(starts_on=starts_on, ends_before=ends_before)
    if prorated_e8 is not None:
        edited = edited._replace(quantity_e8=prorated_e8, prorated_e8=prorated_e8)
    if price_e6 is not None:
        edited = edited._replace(price_e6=price_e6)
    if prorated_e8 is None and price_e6 is None:
        return edited
    amount = amount_minor(edited.prorated_e8, edited.price_e6, digits_of(edited.currency))
    return edited._replace(amount_minor=amount, gross_minor=None, gross_rate_e6=None)


def edit_of(*, acting: Acting, charge_id: int) -> LineEdit | None:
    """What a person changed of the seller's line on its draft, None where nothing was changed."""
    return LineEdit.objects.filter(draft__seller_id=acting.seller_id, charge_id=charge_id).first()


def group_nets(*, acting: Acting, run_id: int) -> dict[tuple[str, int], int]:
    """What the lines of a run's drafts that are not issued yet come to, by currency and summary group; one read and,
    where lines were edited, one more. Every line is looked at."""
    return _group_nets(acting, Draft.objects.filter(run_id=run_id))


def sampled_group_nets(*, acting: Acting, run_id: int, every: int) -> dict[tuple[str, int], int]:
    """The same of one in so many drafts, spread evenly over the run, whose numbers follow each other."""
    # Named first by the index of a run's drafts alone: asked for with their state, all of them would be read.
    named = Draft.objects.filter(run_id=run_id).alias(rest=F("id") % every).filter(rest=0).order_by()
    return _group_nets(acting, Draft.objects.filter(id__in=named.values("id")))


def _group_nets(acting: Acting, drafts: QuerySet[Draft]) -> dict[tuple[str, int], int]:
    require(acting, Permission.READ)
    current = drafts.filter(seller_id=acting.seller_id, state__in=CURRENT).order_by()
    edits = LineEdit.objects.filter(draft__in=current).order_by()
    rows = (
        Charge.objects.filter(
            seller_id=acting.seller_id, claim__in=current.exclude(id__in=edits.values("draft_id")).values("id")
        )
        .order_by()
        .values("currency", "summary_group")
        .annotate(net=Sum("amount"), draft=Value(0, output_field=BigIntegerField()))
        .values_list("currency", "summary_group", "net", "draft")
    )
    nothing = (Value(""), Value(0), Value(0, output_field=BigIntegerField()))
    sums: dict[tuple[str, int], int] = defaultdict(int)
    edited = set()
    for currency, group, net, draft_id in rows.union(edits.values_list(*nothing, "draft_id"), all=True):
        if draft_id:
            edited.add(draft_id)
        else:
            sums[currency, group] += int(net)
    for lines in lines_of(seller_id=acting.seller_id, draft_ids=edited).values():
        for line in lines:
            sums[line.currency, line.summary_group] += line.amount_minor
    return dict(sums)
