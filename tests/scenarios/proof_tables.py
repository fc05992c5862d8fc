"""The counted tables of `docs/explanation/proof.md`, from the shares that are kept beside the replays."""

import json
from collections import Counter
from collections.abc import Iterator

from tests.scenarios.outcomes import SHARES

SUITES = {"oca_contract": "OCA contract", "killbill": "Kill Bill", "lago": "Lago"}


def shares(suite: str) -> list[dict]:
    kept = json.loads(SHARES.read_text("utf-8"))
    return [share for name, share in kept.items() if name.startswith(f"{suite}/")]


def counted_rows() -> Iterator[str]:
    """One row a suite: how many cases there are, and what becomes of them."""
    for suite, title in SUITES.items():
        counts: Counter[str] = Counter()
        for share in shares(suite):
            counts.update({word: share[word] for word in ("cases", "rows", "sums", "part")})
            counts.update({word: sum(share[word].values()) for word in ("differs", "skipped")})
        words = ("cases", "rows", "sums", "part", "differs", "skipped")
        yield f"| {title} | {' | '.join(str(counts[word]) for word in words)} |"


def reason_rows(word: str) -> Iterator[str]:
    """One row a reason, the most frequent first: `differs` or `skipped`."""
    reasons: Counter[tuple[str, str]] = Counter()
    for suite, title in SUITES.items():
        for share in shares(suite):
            reasons.update({(title, reason): count for reason, count in share[word].items()})
    for (title, reason), count in sorted(
        reasons.items(), key=lambda each: (list(SUITES.values()).index(each[0][0]), -each[1], each[0][1])
    ):
        yield f"| {title} | {reason} | {count} |"
