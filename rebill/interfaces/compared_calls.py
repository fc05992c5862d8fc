"""What differs between a supplier's records or invoice of calls and ours, as rows of a file, and why nothing fits."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebill.exports.specifications.tables import amount_of
from rebill.kit.imports.spreadsheet import OutCell
from rebill.rules.comparing import CallSums
from rebill.sources.usage.queries.comparing import Comparison
from rebill.sources.usage.queries.invoiced import InvoiceComparison
from rebill.sources.usage.queries.specification import moment_of

# So many names stand in a sentence; the table has all.
_NAMED_MAX = 10
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


def unmatched_words(found: InvoiceComparison) -> list[str]:
    """Why what the invoice names cannot meet calls of ours, one sentence a reason, with what mends it."""
    said, deck = [], found.invoice.deck
    if deck is not None and found.sells_nothing:
        said.append(
            _(
                "No rate deck is bought by %(deck)s, so none of our calls is compared. Enter %(deck)s as “Bought by” at"
                " the rate deck that sells these calls."
            )
            % {"deck": deck.name}
        )
    if not found.unnamed:
        return said
    shown = "; ".join(found.unnamed[:_NAMED_MAX]) + ("; …" if len(found.unnamed) > _NAMED_MAX else "")
    number = len(found.unnamed)
    if deck is None:
        words = ngettext(
            "No rate deck in %(currency)s has this destination: %(names)s. Give its prefix on the line, or name it as"
            " the deck does.",
            "No rate deck in %(currency)s has these destinations: %(names)s. Give their prefixes on the lines, or name"
            " them as the deck does.",
            number,
        )
        return [*said, words % {"currency": found.invoice.currency, "names": shown}]
    words = ngettext(
        "%(deck)s has no destination with this name: %(names)s. Give its prefix on the line, or name it as the deck"
        " does.",
        "%(deck)s has no destinations with these names: %(names)s. Give their prefixes on the lines, or name them as"
        " the deck does.",
        number,
    )
    return [*said, words % {"deck": deck.name, "names": shown}]


def _side(sums: CallSums | None) -> tuple[OutCell, OutCell, OutCell]:
    return (None, None, None) if sums is None else (sums.calls, sums.seconds, amount_of(sums.amount_e6))
