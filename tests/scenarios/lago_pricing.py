"""Replays Lago's charge models through our price models: units in, an amount and its tiers out."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rebill.rules.pricing import Price, PricedPart, PriceModel, price_parts
from tests.scenarios.books import E6, E8
from tests.scenarios.lago_factories import Stub, scaled, tiers_of
from tests.scenarios.lago_values import of_number
from tests.scenarios.outcomes import Outcome, OutOfScope, Verdict
from tests.scenarios.ruby import Arguments, evaluate

MODELS = {"GraduatedService": "graduated", "VolumeService": "volume", "PackageService": "package"}
MODELS |= {"StandardService": "standard"}


def replay(case: dict[str, Any]) -> Outcome:
    priced = Priced(case["setup"], MODELS.get(case["title"][0].removeprefix("ChargeModels::"), ""))
    try:
        if not priced.model:
            raise OutOfScope("usage that is priced by its value, its events or its days")
        for text in case["before"]:
            evaluate(text, priced)
        differences = [found for step in case["steps"] if "what" in step for found in priced.differences(step)]
    except OutOfScope as reason:
        return Outcome(case["id"], Verdict.SKIPPED, str(reason))
    if differences:
        return Outcome(case["id"], Verdict.DIFFERS, differences[0])
    if not priced.compared:
        return Outcome(case["id"], Verdict.SKIPPED, "expects neither amounts nor days")
    return Outcome(case["id"], Verdict.ROWS)


@dataclass
class Priced:
    """The scope of a case, and what was priced in it."""

    setup: dict[str, str]
    model: str
    charge: dict[str, Any] = field(default_factory=dict)
    said: dict[str, Any] = field(default_factory=dict)
    compared: int = 0

    # --- our side ------------------------------------------------------------------------------------------------

    def price(self) -> Price:
        properties = self.name("charge", Arguments([], {}))["properties"]
        if self.model == "standard":
            return Price(PriceModel.PER_UNIT, scaled(properties["amount"], E6), None)
        if self.model == "package":
            return Price(
                PriceModel.PACKAGE,
                scaled(properties["amount"], E6),
                None,
                package_size_e8=scaled(properties["package_size"], E8),
                free_e8=scaled(properties["free_units"], E8),
            )
        return Price(PriceModel(self.model), 0, None, tiers=tiers_of(properties[f"{self.model}_ranges"]))

    def parts(self) -> tuple[PricedPart, ...]:
        return price_parts(self.price(), scaled(self.units(), E8), None)

    def units(self) -> Decimal:
        # A volume is reckoned from what there was at the end, its price from the days it was there.
        return Decimal(self.said["aggregation"])

    def amount(self) -> Decimal:
        return sum((_amount(part) for part in self.parts()), Decimal(0))

    def unit_amount(self) -> Decimal:
        units = Decimal(self.said.get("full_units_number") or self.units())
        if self.model == "package":
            units -= Decimal(self.price().free_e8) / E8
        return self.amount() / units if units else Decimal(0)

    def details(self) -> list[dict[str, Decimal]]:
        """Per tier the units, what they cost and the flat fee."""
        tiers: dict[int, dict[str, Decimal]] = {}
        for part in self.parts():
            tier = tiers.setdefault(part.part // 2, dict.fromkeys(TIER_WORDS, Decimal(0)))
            if part.part % 2:
                tier["flat_unit_amount"] = _amount(part)
            else:
                tier["per_unit_total_amount"] = _amount(part)
                tier["units"] = Decimal(part.quantity_e8) / E8
        return [tiers[number] for number in sorted(tiers)]

    # --- their side ----------------------------------------------------------------------------------------------

    def differences(self, step: dict[str, Any]) -> list[str]:
        what, expected = step["what"], evaluate(step["value"], self)
        if step["matcher"] != "eq":
            return []
        if what.endswith(".amount_details"):
            return self._detail_differences(expected)
        found = evaluate(what, self)
        self.compared += 1
        return [] if found == expected else [f"{what}: {found}, {expected} expected"]

    def _detail_differences(self, expected: dict[str, Any]) -> list[str]:
        tiers = expected.get("graduated_ranges") or ([expected] if self.model == "volume" and expected else [])
        if not tiers:
            return []
        wanted = [{word: Decimal(str(tier[word])) for word in TIER_WORDS if word in tier} for tier in tiers]
        found = [{word: ours[word] for word in theirs} for ours, theirs in zip(self.details(), wanted, strict=False)]
        self.compared += 1
        return [] if found == wanted else [f"tiers: {found}, {wanted} expected"]

    def assign(self, name: str, value: Any) -> Any:
        self.said[name] = value
        return value

    def name(self, name: str, given: Arguments) -> Any:
        if name.startswith("apply_"):
            return self
        if name == "create":
            self.charge = {**given.words, "kind": given.values[0]}
            return self.charge
        if name == "charge":
            return self.charge or evaluate(self.setup["charge"], self)
        if name in self.setup and name != "aggregation_result":
            return evaluate(self.setup[name], self)
        if name in ("aggregation_result", "BillableMetrics::Aggregations::BaseService::Result"):
            return Stub(name, {})
        if name in ("allow", "receive"):
            raise OutOfScope("usage that is priced by its value, its events or its days")
        raise OutOfScope("names that are not transcribed")

    def method(self, target: Any, name: str, given: Arguments) -> Any:
        if isinstance(target, Stub) and name.endswith("="):
            return self.assign(name[:-1], given.values[0])
        if target is self and name in ("amount", "unit_amount"):
            return getattr(self, name)()
        if isinstance(target, dict):
            return self._of_table(target, name, given)
        if isinstance(target, Decimal):
            return of_number(target, name, given)
        raise OutOfScope("questions that have no counterpart in ours")

    def _of_table(self, target: dict[str, Any], name: str, given: Arguments) -> Any:
        if name == "[]=":
            target[given.values[0]] = given.values[1]
        elif name == "update!":
            raise OutOfScope("usage that is priced by its value, its events or its days")
        return target.get(given.values[0] if name.startswith("[]") else name)


TIER_WORDS = ("flat_unit_amount", "per_unit_total_amount", "units")


def _amount(part: PricedPart) -> Decimal:
    return Decimal(part.quantity_e8 * part.price_e6) / (E8 * E6)
