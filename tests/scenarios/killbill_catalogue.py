"""Kill Bill's catalogues as its tests write them: plans with phases, prices by version, rules of change."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.scenarios.outcomes import OutOfScope

MONTHS = {
    "MONTHLY": 1, "BIMESTRIAL": 2, "QUARTERLY": 3, "TRIANNUAL": 4, "BIANNUAL": 6, "ANNUAL": 12, "SESQUIENNIAL": 18,
    "BIENNIAL": 24, "TRIENNIAL": 36,
}  # fmt: skip
USAGE_ONLY = "NO_BILLING_PERIOD"


@dataclass(frozen=True)
class Phase:
    """A stretch of a plan. `recurring` is None where nothing recurs, as in most trials."""

    kind: str
    unit: str
    count: int
    fixed: Decimal | None
    period: str
    recurring: Decimal | None

    @property
    def months(self) -> int:
        if self.period not in MONTHS:
            raise OutOfScope(f"{self.period.lower().replace('_', ' ')} periods: ours are whole months")
        return MONTHS[self.period]


@dataclass(frozen=True)
class Plan:
    """A plan in one version of the catalogue. `for_existing_on`: from then on its prices count for older customers."""

    name: str
    product: str
    category: str
    in_arrears: bool
    phases: tuple[Phase, ...]
    for_existing_on: date | None

    @property
    def period(self) -> str:
        return next((phase.period for phase in reversed(self.phases) if phase.period), USAGE_ONLY)


@dataclass(frozen=True)
class Version:
    """One file of a catalogue. `lists` are plans by price list, `additions` what can be added to a product."""

    effective_on: date
    plans: dict[str, Plan]
    lists: dict[str, tuple[str, ...]]
    additions: dict[str, frozenset[str]]
    rules: dict[str, tuple[dict[str, str], ...]]

    def rule(self, name: str, answer: str, default: str, **words: str) -> str:
        """The answer of the first case that fits. A case names only what it asks for."""
        for case in self.rules.get(name, ()):
            if all(words.get(key) == value for key, value in case.items() if key != answer):
                return case[answer]
        return default


@dataclass(frozen=True)
class Catalogue:
    """All versions, oldest first."""

    versions: tuple[Version, ...]

    def at(self, day: date) -> Version:
        return next((each for each in reversed(self.versions) if each.effective_on <= day), self.versions[0])

    def named(self, name: str, day: date) -> Plan:
        for version in [self.at(day), *reversed(self.versions)]:
            if name in version.plans:
                return version.plans[name]
        raise OutOfScope("a plan that its catalogue does not have")

    def found(self, product: str, period: str, price_list: str, day: date) -> Plan:
        version = self.at(day)
        for name in version.lists.get(price_list, ()):
            plan = version.plans.get(name)
            if plan and plan.product == product and period in {plan.period, *(phase.period for phase in plan.phases)}:
                return plan
        raise OutOfScope("a plan that its catalogue does not have")

    def price_on(self, plan: Plan, phase: int, since: date, day: date) -> Decimal:
        """What the phase costs on the day for somebody who has had the plan since then."""
        price = plan.phases[phase].recurring
        for version in self.versions:
            newer = version.plans.get(plan.name)
            if newer is None or version.effective_on <= since or phase >= len(newer.phases):
                continue
            if newer.for_existing_on is not None and newer.for_existing_on <= day:
                price = newer.phases[phase].recurring
        return price or Decimal(0)


def read_catalogue(folder: Path) -> Catalogue:
    if not folder.is_dir():
        raise OutOfScope("a catalogue that is not in the corpus")
    versions = [_version(ET.parse(path).getroot()) for path in sorted(folder.glob("*.xml"))]
    return Catalogue(tuple(sorted(versions, key=lambda each: each.effective_on)))


def _version(root: ET.Element) -> Version:
    categories = {each.get("name", ""): each.findtext("category", "") for each in root.iterfind("products/product")}
    mode = root.findtext("recurringBillingMode", "")
    plans = [_plan(each, categories, mode) for each in root.iterfind("plans/plan")]
    lists = {}
    for price_list in root.find("priceLists") or ():
        name = price_list.get("name", "DEFAULT")
        lists[name] = tuple((each.text or "").strip() for each in price_list.iterfind("plans/plan"))
    rules = {}
    for kind in root.find("rules") or ():
        rules[kind.tag] = tuple({word.tag: (word.text or "").strip() for word in case} for case in kind)
    by_name = {plan.name: plan for plan in plans}
    return Version(_day(root.findtext("effectiveDate", "")), by_name, lists, _additions(root), rules)


def _additions(root: ET.Element) -> dict[str, frozenset[str]]:
    """What can be taken beside a product; what it includes need not be."""
    return {
        each.get("name", ""): frozenset(other.text or "" for other in each.iterfind("available/addonProduct"))
        for each in root.iterfind("products/product")
    }


def _plan(element: ET.Element, categories: dict[str, str], mode: str) -> Plan:
    product = element.findtext("product", "").strip()
    phases = [*element.iterfind("initialPhases/phase"), *element.iterfind("finalPhase")]
    existing = element.findtext("effectiveDateForExistingSubscriptions")
    return Plan(
        name=element.get("name", ""),
        product=product,
        category=categories.get(product, ""),
        in_arrears=(element.findtext("recurringBillingMode") or mode).strip() == "IN_ARREAR",
        phases=tuple(_phase(each) for each in phases),
        for_existing_on=_day(existing) if existing else None,
    )


def _phase(element: ET.Element) -> Phase:
    recurring, fixed = element.find("recurring"), element.find("fixed")
    return Phase(
        kind=element.get("type", ""),
        unit=element.findtext("duration/unit", "UNLIMITED").strip(),
        count=int(element.findtext("duration/number") or 0),
        fixed=None if fixed is None else _price(fixed.find("fixedPrice")),
        period="" if recurring is None else recurring.findtext("billingPeriod", "").strip(),
        recurring=None if recurring is None else _price(recurring.find("recurringPrice")),
    )


def _price(element: ET.Element | None) -> Decimal:
    """The price in dollars, the currency of the tests' accounts; a price that is left out is nothing."""
    prices = {} if element is None else {each.findtext("currency"): each.findtext("value") for each in element}
    return Decimal((prices.get("USD") or next(iter(prices.values()), None) or "0").strip())


def _day(text: str) -> date:
    year, month, day = (int(part) for part in re.findall(r"\d+", text)[:3])
    return date(year, month, day)
