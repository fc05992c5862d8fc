"""Revenue by month and summary group: the columns of the chart, and the tables that say the same in numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rebill.catalogue.models import SummaryGroup
from rebill.catalogue.queries.groups import group_title
from rebill.interfaces import formats
from rebill.interfaces.office.page import OfficeRequest
from rebill.invoices.queries.revenue import GroupRevenue, revenue_by_month
from rebill.rules.money import Money, digits_of, split_minor
from rebill.rules.periods import add_months
from rebill.runs.models import Run
from rebill.runs.queries.lines import group_nets, sampled_group_nets
from rebill.runs.queries.standing import Standing

# From the darkest, what comes every month, to the lightest; one order, always.
ORDER = (
    SummaryGroup.RECURRING,
    SummaryGroup.CALLS,
    SummaryGroup.SERVICE_NUMBERS,
    SummaryGroup.HARDWARE,
    SummaryGroup.ONE_OFF,
)
MONTHS = 12
# Of more drafts only so many are looked at for a chart, and the rest is taken to part alike.
PARTED_DRAFTS_MAX = 10_000
SAMPLED_DRAFTS = 2_000
STEPS = 5


@dataclass(frozen=True, slots=True)
class Month:
    """One month: what is issued by group, and what is still draft."""

    day: date
    issued: dict[int, int]
    drafts: dict[int, int]

    def of_group(self, group: int) -> int:
        return self.issued.get(group, 0) + self.drafts.get(group, 0)

    @property
    def issued_minor(self) -> int:
        return sum(self.issued.values())

    @property
    def draft_minor(self) -> int:
        return sum(self.drafts.values())

    @property
    def total_minor(self) -> int:
        return self.issued_minor + self.draft_minor


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle of the chart, with what it says when it is pointed at."""

    kind: str
    x: Decimal
    y: Decimal
    width: int
    height: Decimal
    title: str
    is_draft: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A text of the chart."""

    x: Decimal
    y: Decimal
    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing of some months, in units of its own size."""

    width: int
    height: int
    left: int
    lines: tuple[Label, ...]
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the table beside the chart."""

    title: str
    kind: str
    now: Money
    before: Money


@dataclass(frozen=True, slots=True)
class RevenueShown:
    """Everything the panel shows."""

    months: tuple[Month, ...]
    now: Month
    before: Month
    groups: tuple[Group, ...]
    rows: tuple[tuple[Month, tuple[Money, ...], Money], ...]
    wide: Chart
    narrow: Chart
    total: Money
    total_before: Money
    draft: Money
    is_shared: bool
    in_thousands: bool


def revenue_shown(request: OfficeRequest, run: Run | None, standing: Standing) -> RevenueShown | None:
    """The last twelve months up to this one, or to that of the run; None while nothing was ever billed."""
    currency = request.seller.currency
    last = max(request.today.replace(day=1), run.billed_on.replace(day=1) if run else date.min)
    since = add_months(last, 1 - MONTHS)
    found = revenue_by_month(acting=request.acting, since=since)
    drafts = _drafts(request, run, standing)
    months = _months(found, since, drafts, run, currency)
    if not any(each.total_minor for each in months):
        return None
    present = [group for group in ORDER if any(each.of_group(group) for each in months)]
    unit = 1000 if max(each.total_minor for each in months) >= 10_000 * 10 ** digits_of(currency) else 1
    now, before = months[-1], months[-2]
    return RevenueShown(
        months=months,
        now=now,
        before=before,
        groups=tuple(
            Group(
                group_title(group, formats.language()),
                _kind(group),
                Money(now.of_group(group), currency),
                Money(before.of_group(group), currency),
            )
            for group in present
        ),
        rows=tuple(
            (
                each,
                tuple(Money(each.of_group(group), currency) for group in present),
                Money(each.total_minor, currency),
            )
            for each in months
        ),
        wide=_chart(months, currency, unit, width=790, height=236, left=40),
        narrow=_chart(months[-6:], currency, unit, width=358, height=220, left=34),
        total=Money(now.total_minor, currency),
        total_before=Money(before.total_minor, currency),
        draft=Money(now.draft_minor, currency),
        is_shared=standing.count("all") > PARTED_DRAFTS_MAX and bool(drafts),
        in_thousands=unit == 1000,
    )


def _drafts(request: OfficeRequest, run: Run | None, standing: Standing) -> dict[int, int]:
    """What is still draft in the present run, by group: counted, or shared out as a part of very many drafts parts."""
    if run is None:
        return {}
    currency = request.seller.currency
    current = standing.net("all", currency) - standing.net("issued", currency)
    if not current:
        return {}
    if standing.count("all") > PARTED_DRAFTS_MAX:
        return _shared(request, run, current, standing.count("all"))
    nets = group_nets(acting=request.acting, run_id=run.pk)
    return {group: net for (each, group), net in nets.items() if each == currency}


def _shared(request: OfficeRequest, run: Run, current: int, drafts: int) -> dict[int, int]:
    sampled = sampled_group_nets(acting=request.acting, run_id=run.pk, every=max(1, drafts // SAMPLED_DRAFTS))
    weights = {group: net for (each, group), net in sorted(sampled.items()) if each == request.seller.currency}
    owed = {group: net for group, net in weights.items() if net > 0} or {int(SummaryGroup.RECURRING): 1}
    return dict(zip(owed, split_minor(current, list(owed.values())), strict=True))


def _months(
    found: Sequence[GroupRevenue], since: date, drafts: Mapping[int, int], run: Run | None, currency: str
) -> tuple[Month, ...]:
    issued: dict[date, dict[int, int]] = {}
    for each in found:
        if each.currency == currency:
            issued.setdefault(each.month, {})[each.summary_group] = each.net_minor
    months = [add_months(since, number) for number in range(MONTHS)]
    of_run = run.billed_on.replace(day=1) if run else None
    return tuple(Month(day, issued.get(day, {}), dict(drafts) if day == of_run else {}) for day in months)


def _kind(group: int) -> str:
    return f"c{ORDER.index(SummaryGroup(group)) + 1}"


def _chart(months: Sequence[Month], currency: str, unit: int, *, width: int, height: int, left: int) -> Chart:
    base, top = height - 22, 20
    highest = _round_up(max(each.total_minor for each in months))
    scale = Decimal(base - top) / Decimal(highest)
    place = Decimal(width - left) / len(months)
    bar_width = min(40, int(place) - 12)
    bars: list[Bar] = []
    labels: list[Label] = []
    for number, each in enumerate(months):
        x = left + place * number + (place - bar_width) / 2
        y = Decimal(base)
        for drafts, of_part in ((False, each.issued), (True, each.drafts)):
            for group in ORDER:
                net = max(of_part.get(group, 0), 0)
                rise = max(net * scale - 1, Decimal(0))
                if rise:
                    words = f"{formats.month(each.day)}, {group_title(group, formats.language())}: "
                    title = words + formats.money(Money(net, currency))
                    y -= rise + 1
                    bars.append(Bar(_kind(group), _tenth(x), _tenth(y), bar_width, _tenth(rise), title, drafts))
        kind = "now" if number == len(months) - 1 else ""
        middle = _tenth(x + Decimal(bar_width) / 2)
        if each.total_minor:
            labels.append(Label(middle, _tenth(y - 5), _figure(each.total_minor, currency, unit), kind or "tot"))
        labels.append(Label(middle, Decimal(height - 5), formats.short_month(each.day), kind))
    ticks = [highest * step // STEPS for step in range(STEPS + 1)]
    lines = tuple(
        Label(Decimal(left), _tenth(base - tick * scale), _figure(tick, currency, unit, decimals=0)) for tick in ticks
    )
    return Chart(width, height, left, lines, tuple(bars), tuple(labels))


def _figure(minor: int, currency: str, unit: int, decimals: int | None = None) -> str:
    value = Decimal(minor).scaleb(-digits_of(currency)) / unit
    places = (1 if unit > 1 else 0) if decimals is None else decimals
    return formats.number(round(value, places), decimals=places)


def _round_up(minor: int) -> int:
    """The next number above that five steps part evenly: 2.1 million becomes 2.5."""
    step: int = 10 ** max(len(str(max(minor, 1))) - 2, 0) * STEPS
    return max(-(-minor // step) * step, STEPS)


def _tenth(value: Decimal) -> Decimal:
    return round(value, 1)
