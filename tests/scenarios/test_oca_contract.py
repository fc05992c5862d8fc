"""OCA's contract module against our periods: when a line is billed next, and for which days."""

import json

from tests.paths import CORPORA, needs_corpora
from tests.scenarios.oca import replay
from tests.scenarios.outcomes import assert_shares_hold

FOLDER = CORPORA / "6_scenarios" / "oca_contract"


@needs_corpora("6_scenarios", "oca_contract", "cases.json")
def test_periods_and_next_dates_are_those_of_oca_contract():
    cases = json.loads((FOLDER / "cases.json").read_text("utf-8"))

    assert_shares_hold("oca_contract", {"cases.json": [replay(case) for case in cases]})
