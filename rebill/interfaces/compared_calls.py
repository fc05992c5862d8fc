"""What differs between a supplier's records or invoice of calls and ours, as rows of a file."""

from collections.abc import Iterator, Sequence

from rebill.exports.specifications.tables import amount_of
from rebill.kit.imports.spreadsheet import OutCell
from rebill.rules.comparing import CallSums
from rebill.sources.usage.queries.comparing import Comparison
from rebill.sources.usage.queries.invoiced import InvoiceComparison
from rebill.sources.usage.queries.specification import moment_of

_HEADINGS = ("finding", "began_at", "caller", "called", "ours_s", "theirs_s", "buy", "reason")
_INVOICE_HEADINGS = (
    "finding", "destination", "ours_calls", "ours_s", "ours_amount", "theirs_calls", "theirs_s", "theirs_amount",
    "difference",
)  # fmt: skip


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


def invoiced_rows(found: InvoiceComparison) -> Iterator[Sequence[OutCell]]:
    """The headings, and then each destination of the invoice or of our calls, the same or not."""
    yield _INVOICE_HEADINGS
    for each in found.rows:
        sides = (*_side(each.ours), *_side(each.theirs))
        yield (each.finding.value, each.destination, *sides, amount_of(each.difference_e6))


def _side(sums: CallSums | None) -> tuple[OutCell, OutCell, OutCell]:
    return (None, None, None) if sums is None else (sums.calls, sums.seconds, amount_of(sums.amount_e6))
