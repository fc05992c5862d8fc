"""The calls that differ between a supplier's records and ours, as rows of a file."""

from collections.abc import Iterator, Sequence

from rebill.exports.specifications.tables import amount_of
from rebill.kit.imports.spreadsheet import OutCell
from rebill.sources.usage.queries.comparing import Comparison
from rebill.sources.usage.queries.specification import moment_of

_HEADINGS = ("finding", "began_at", "caller", "called", "ours_s", "theirs_s", "buy", "reason")


def difference_rows(found: Comparison, zone: str) -> Iterator[Sequence[OutCell]]:
    """The headings, and then each call that is not the same on both sides."""
    yield _HEADINGS
    for each in found.differing():
        yield (
            each.finding.value,
            moment_of(each.start_s, zone).replace(tzinfo=None),
            each.caller,
            each.called,
            each.ours_s,
            each.theirs_s,
            None if each.buy_e6 is None else amount_of(each.buy_e6),
            each.reason,
        )
