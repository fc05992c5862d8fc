"""What Lago's factories and requests make, with the values they have where a scenario says nothing."""

from decimal import Decimal
from typing import Any

from rebill.rules.pricing import Price, PriceModel, Tier
from tests.scenarios.books import E6, E8
from tests.scenarios.lago_records import AddOn, Customer, FixedCharge, Plan, Tax
from tests.scenarios.lago_world import World
from tests.scenarios.outcomes import OutOfScope
from tests.scenarios.ruby import Arguments

MODELS = {"standard": PriceModel.PER_UNIT, "graduated": PriceModel.GRADUATED, "volume": PriceModel.VOLUME}
TRAITS = {"monthly": {"interval": "monthly"}, "yearly": {"interval": "yearly"}}
# What a subscription is not billed by: made, and never asked for an amount.
STUBS = {
    "organization", "add_on_stub", "billable_metric", "billing_entity", "payment_method", "stripe_provider",
    "stripe_customer", "wallet", "recurring_billable_metric", "feature",
}  # fmt: skip


class Stub:
    """A thing that only has a name here."""

    def __init__(self, name: str, words: dict[str, Any]) -> None:
        self.name, self.words = name, words


def make(world: World, arguments: Arguments) -> Any:
    """`create(:plan, :monthly, amount_cents: 100)`."""
    name, *traits = arguments.values
    words: dict[str, Any] = {}
    for trait in traits:
        words |= trait if isinstance(trait, dict) else TRAITS.get(trait, {trait: True})
    words |= arguments.words
    maker = _MAKERS.get(name)
    if maker is not None:
        return maker(world, words)
    if name.endswith("charge") or name == "charge_filter":
        if isinstance(words.get("plan"), Plan):
            words["plan"].has_usage = True
        return Stub(name, words)
    if name in STUBS or name.endswith("metric"):
        return Stub(name, words)
    raise OutOfScope(_REASONS.get(name, "things that have no counterpart in ours"))


_REASONS = {
    "commitment": "minimum commitments",
    "coupon": "coupons",
    "coupon_plan": "coupons",
    "wallet": "prepaid credits",
    "usage_threshold": "progressive billing of usage",
}


def make_plan(world: World, words: dict[str, Any]) -> Plan:
    plan = Plan(
        code=str(words.get("code") or f"plan{len(world.plans)}"),
        interval=str(words.get("interval", "monthly")),
        amount_cents=Decimal(words.get("amount_cents", 100)),
        pay_in_advance=bool(words.get("pay_in_advance", False)),
        trial_period=int(words.get("trial_period") or 0),
        fixed_monthly=bool(words.get("bill_fixed_charges_monthly", False)),
    )
    plan.taxes = [tax for tax in world.taxes if tax.code in words.get("tax_codes", ())]
    plan.has_usage = bool(words.get("charges"))
    world.plans.append(plan)
    return plan


def make_fixed_charge(world: World, words: dict[str, Any]) -> FixedCharge:
    properties = words.get("properties", {"amount": "10"})
    charge = FixedCharge(
        plan=words["plan"],
        add_on=words.get("add_on") or AddOn(),
        units=Decimal(words.get("units", 1)),
        price=price_of(str(words.get("charge_model", "standard")), properties),
        pay_in_advance=bool(words.get("pay_in_advance", False)),
        prorated=bool(words.get("prorated", False)),
    )
    charge.plan.fixed_charges.append(charge)
    return charge


def price_of(model: str, properties: dict[str, Any]) -> Price:
    """A charge model of Lago as a price of ours. Its ranges include both ends; ours end where the next begins."""
    if model not in MODELS:
        raise OutOfScope(f"{model.replace('_', ' ')} charges")
    if model == "standard":
        return Price(PriceModel.PER_UNIT, scaled(properties["amount"], E6), None)
    return Price(MODELS[model], 0, None, tiers=tiers_of(properties[f"{model}_ranges"]))


def tiers_of(ranges: list[dict[str, Any]]) -> tuple[Tier, ...]:
    return tuple(
        Tier(
            None if each["to_value"] is None else scaled(each["to_value"], E8),
            scaled(each["per_unit_amount"], E6),
            scaled(each["flat_amount"], E6),
        )
        for each in ranges
    )


def scaled(value: Any, scale: int) -> int:
    return int(Decimal(str(value)) * scale)


def make_tax(world: World, words: dict[str, Any]) -> Tax:
    is_general = any(words.get(word) for word in ("applied_to_billing_entity", "applied_to_organization"))
    tax = Tax(str(words.get("code") or f"tax{len(world.taxes)}"), Decimal(words.get("rate", 20)), is_general)
    world.taxes.append(tax)
    return tax


def make_customer(world: World, words: dict[str, Any]) -> Customer:
    external_id = str(words.get("external_id") or f"customer{len(world.customers)}")
    known = next((each for each in world.customers if each.external_id == external_id), None)
    if known is None:
        known = Customer(external_id, str(words.get("timezone") or "UTC"))
        known.entity = words.get("billing_entity")
        world.customers.append(known)
    return known


def _apply_entity_tax(world: World, words: dict[str, Any]) -> None:
    words["tax"].is_general = True
    words["tax"].entity = words.get("billing_entity")


def _apply_customer_tax(world: World, words: dict[str, Any]) -> None:
    words["customer"].taxes.append(words["tax"])


def _apply_plan_tax(world: World, words: dict[str, Any]) -> None:
    words["plan"].taxes.append(words["tax"])


_MAKERS = {
    "plan": make_plan,
    "fixed_charge": make_fixed_charge,
    "tax": make_tax,
    "customer": make_customer,
    "add_on": lambda world, words: AddOn(int(words.get("amount_cents", 200))),
    "billing_entity_applied_tax": _apply_entity_tax,
    "customer_applied_tax": _apply_customer_tax,
    "plan_applied_tax": _apply_plan_tax,
}
