"""How an outside case came out, and the shares that must not fall."""

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

SHARES = Path(__file__).with_name("expected_share.json")
REASONS = Path(__file__).with_name("known_differences.json")
# Set to write what was counted instead of comparing with it.
RECORD = "REBILL_RECORD_SHARES"


class OutOfScope(Exception):
    """The case asks for something that is not in our model, or is not transcribed; the words are the reason."""


class Verdict(StrEnum):
    """ROWS: row by row the same. SUMS: the same net amount for the same days. PART: all that concerns our rules is the
    same, and the case asks for more. DIFFERS, SKIPPED: with a reason."""

    ROWS = "rows"
    SUMS = "sums"
    PART = "part"
    DIFFERS = "differs"
    SKIPPED = "skipped"


PASSES = (Verdict.ROWS, Verdict.SUMS, Verdict.PART)


@dataclass(frozen=True)
class Outcome:
    """What became of one case. `why` is the reason of a skip or the first difference that was found."""

    case: str
    verdict: Verdict
    why: str = ""


def share_of(outcomes: Iterable[Outcome]) -> dict[str, object]:
    """The counts of one file as they are kept: how many pass and how, and the reasons of all others."""
    verdicts = Counter(outcome.verdict for outcome in outcomes)
    skipped = Counter(outcome.why for outcome in outcomes if outcome.verdict is Verdict.SKIPPED)
    known = json.loads(REASONS.read_text("utf-8"))
    differs = Counter(
        known.get(outcome.case, "unexplained") for outcome in outcomes if outcome.verdict is Verdict.DIFFERS
    )
    return {
        "cases": sum(verdicts.values()),
        "rows": verdicts[Verdict.ROWS],
        "sums": verdicts[Verdict.SUMS],
        "part": verdicts[Verdict.PART],
        "differs": dict(sorted(differs.items())),
        "skipped": dict(sorted(skipped.items())),
    }


def assert_shares_hold(suite: str, by_file: dict[str, list[Outcome]]) -> None:
    """Fails when a file passes fewer of its cases than it did, or differs for a reason that nobody has written down."""
    counted = {f"{suite}/{name}": share_of(outcomes) for name, outcomes in sorted(by_file.items())}
    expected = json.loads(SHARES.read_text("utf-8")) if SHARES.exists() else {}
    if os.environ.get(RECORD):
        kept = {name: share for name, share in expected.items() if not name.startswith(f"{suite}/")}
        text = json.dumps(dict(sorted((kept | counted).items())), indent=1, ensure_ascii=False)
        SHARES.write_text(text + "\n", "utf-8")
        return
    unexplained = [
        f"{outcome.case}: {outcome.why}"
        for outcomes in by_file.values()
        for outcome in outcomes
        if outcome.verdict is Verdict.DIFFERS and outcome.case not in json.loads(REASONS.read_text("utf-8"))
    ]
    fallen = [
        f"{name} passes {_passed(counted[name])} of {counted[name]['cases']} cases, {_passed(share)} were expected"
        for name, share in expected.items()
        if name in counted and _fell(counted[name], share)
    ]
    if unexplained or fallen:
        pytest.fail("\n".join([*fallen, *unexplained]), pytrace=False)


def _passed(share: dict[str, object]) -> int:
    return sum(int(share[verdict]) for verdict in PASSES)


def _fell(now: dict[str, object], before: dict[str, object]) -> bool:
    """Compared as shares, so that a file with more cases than the one that was counted can be replayed as well."""
    if int(now["cases"]) == int(before["cases"]):
        return _passed(now) < _passed(before)
    return _passed(now) * int(before["cases"]) < _passed(before) * int(now["cases"])
