"""Kill Bill's integration tests against our rules: periods, changes, pauses, cancellations and repairs."""

import copy
import json
from decimal import Decimal
from typing import Any

from tests.paths import CORPORA, needs_corpora
from tests.scenarios.killbill import replay
from tests.scenarios.outcomes import PASSES, assert_shares_hold

FOLDER = CORPORA / "6_scenarios" / "killbill"
CATALOGUES = CORPORA / "6_scenarios" / "killbill_catalogs" / "catalogs"

pytestmark = [needs_corpora("6_scenarios", "killbill"), needs_corpora("6_scenarios", "killbill_catalogs")]


def cases() -> dict[str, list[dict[str, Any]]]:
    return {path.name: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def a_cent_more(case: dict[str, Any]) -> dict[str, Any] | None:
    """The case with its last recurring amount a cent higher; None where nothing recurring is expected."""
    wrong = copy.deepcopy(case)
    items = [item for step in wrong["steps"] for item in step.get("items", []) if item["type"] == "RECURRING"]
    items = [item for item in items if Decimal(item["amount"]) and item["start"] != item["end"]]
    if not items:
        return None
    items[-1]["amount"] = str(Decimal(items[-1]["amount"]) + Decimal("0.01"))
    return wrong


def test_subscriptions_are_billed_as_kill_bill_bills_them():
    outcomes = {name: [replay(case, CATALOGUES) for case in listed] for name, listed in cases().items()}

    assert_shares_hold("killbill", outcomes)


def test_a_case_that_is_a_cent_off_is_noticed():
    listed = [case for cases_of_file in cases().values() for case in cases_of_file]
    passing = [case for case in listed if replay(case, CATALOGUES).verdict in PASSES]

    wrong = [wrong for case in passing if (wrong := a_cent_more(case))]

    assert len(wrong) > 50
    assert [case["id"] for case in wrong if replay(case, CATALOGUES).verdict in PASSES] == []
