"""Lago's scenarios against our rules: periods, proration, upgrades, terminations, fixed charges, tiers and credits."""

import copy
import json
import re
from typing import Any

from tests.paths import CORPORA, needs_corpora
from tests.scenarios import lago, lago_pricing
from tests.scenarios.outcomes import PASSES, Outcome, Verdict, assert_shares_hold

FOLDER = CORPORA / "6_scenarios" / "lago"
# What a file is about, where that is no part of these rules: a better reason than the first name that is not known.
SUBJECTS = {
    "commitments.json": "minimum commitments",
    "coupons_breakdown.json": "coupons",
    "current_usage.json": lago.USAGE,
    "customer_usage.json": lago.USAGE,
    "daily_usages.json": lago.USAGE,
    "dunning.json": "dunning comes later",
    "fees.json": lago.USAGE,
    "lifetime_usages.json": lago.USAGE,
    "pay_in_advance_charges.json": lago.USAGE,
    "recurring_graduated_prorated_cross_period.json": lago.USAGE,
    "regenerate_advance_charges.json": lago.USAGE,
    "wallets.json": "prepaid credits",
}

pytestmark = needs_corpora("6_scenarios", "lago")


def cases() -> dict[str, list[dict[str, Any]]]:
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def replayed(name: str, case: dict[str, Any]) -> Outcome:
    if name == "charge_models.json":
        return lago_pricing.replay(case)
    outcome = lago.replay(case)
    if outcome.verdict is Verdict.SKIPPED and name in SUBJECTS:
        return Outcome(case["id"], Verdict.SKIPPED, SUBJECTS[name])
    return outcome


def a_cent_more(case: dict[str, Any]) -> dict[str, Any] | None:
    """The case with its first amount a cent higher; None where no amount is written as a plain number."""
    wrong = copy.deepcopy(case)
    for step in wrong["steps"]:
        amount = re.match(r"(\d[\d_]*)(\)|$)", step.get("value", "").strip())
        if amount and step["what"].endswith(("amount_cents", ".amount")) and step["matcher"] == "eq":
            step["value"] = str(int(amount[1].replace("_", "")) + 1)
            return wrong
    return None


def test_subscriptions_are_billed_as_lago_bills_them():
    outcomes = {name: [replayed(name, case) for case in listed] for name, listed in cases().items()}

    assert_shares_hold("lago", outcomes)


def test_a_case_that_is_a_cent_off_is_noticed():
    listed = [(name, case) for name, cases_of_file in cases().items() for case in cases_of_file]
    whole = [(name, case) for name, case in listed if replayed(name, case).verdict is Verdict.ROWS]

    wrong = [(name, wrong) for name, case in whole if (wrong := a_cent_more(case))]

    assert len(wrong) > 20
    assert [case["id"] for name, case in wrong if replayed(name, case).verdict in PASSES] == []
