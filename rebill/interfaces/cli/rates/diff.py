"""What imported rates would change, as a table and as facts."""

from decimal import Decimal

from django.utils.translation import gettext as _

from rebill.catalogue.models import RateChange, RateImport, RateImportRow
from rebill.catalogue.queries.rate_imports import ImportCounts, count_import_rows, margin_of, rows_of_import
from rebill.interfaces.cli.figures import NOTHING, day, exact, month
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_line, print_note, short
from rebill.sources.usage.queries.minutes import DeckUse, effect_of_change, effect_of_import

SHOWN = 50


def change_words() -> dict[str, str]:
    """The kinds of changes in words."""
    return {
        RateChange.UP: _("dearer"),
        RateChange.DOWN: _("cheaper"),
        RateChange.OTHER: _("other terms"),
        RateChange.NEW: _("new"),
        RateChange.GONE: _("gone"),
    }


def counts_words(counts: ImportCounts) -> str:
    """How many changes of each kind there are, in one line."""
    return _(
        "%(up)s dearer, %(down)s cheaper, %(other)s with other terms, %(new)s new, %(gone)s gone; "
        "%(low)s with a margin below 10%%."
    ) % {
        "up": f"{counts.up:,}",
        "down": f"{counts.down:,}",
        "other": f"{counts.other:,}",
        "new": f"{counts.new:,}",
        "gone": f"{counts.gone:,}",
        "low": f"{counts.low:,}",
    }


def print_diff(
    rate_import: RateImport, use: DeckUse | None, *, tab: str = "", limit: int = SHOWN, page: int = 1
) -> None:
    """The rows of the import, as many as fit on a page, their counts, and the effect where the month is rated."""
    found = rows_of_import(rate_import, tab)
    rows = list(found[(page - 1) * limit : page * limit])
    words = change_words()
    print_columns(
        [
            short(_("Prefix")),
            Column(_("Destination")),
            short(_("Change")),
            figure(_("Now")),
            figure(_("Then")),
            figure(_("Margin")),
            figure(_("Sell for")),
            *([] if use is None else [figure(_("Minutes")), figure(_("Effect"))]),
            short(_("From")),
        ],
        [
            (
                row.prefix,
                row.destination,
                words[row.change],
                rate(row.minute_now),
                rate(row.minute_new),
                share(margin_of(row, rate_import)),
                rate(row.sell_new),
                *_use_cells(row, use),
                day(row.starts_on),
            )
            for row in rows
        ],
    )
    more = found.count() - (page - 1) * limit - len(rows)
    if more > 0:
        print_note(_("… and %(result)s more.") % {"result": f"{more:,}"})
    print_line(counts_words(count_import_rows(rate_import)))
    if use is not None:
        words_of_effect = _(
            "At the calls of %(month)s: %(effect)s %(currency)s. Minutes and effects are of that month."
        )
        effect = amount_e6(effect_of_import(rate_import, use), signed=True)
        print_note(
            words_of_effect % {"month": month(use.month), "effect": effect, "currency": rate_import.deck.currency}
        )


def _use_cells(row: RateImportRow, use: DeckUse | None) -> list[str]:
    if use is None:
        return []
    effect = effect_of_change(row, use)
    return [minutes(row.prefix, use), NOTHING if effect is None else amount_e6(effect, signed=True)]


def minutes(prefix: str, use: DeckUse) -> str:
    """Whole minutes of the month with the prefix."""
    made = use.by_prefix.get(prefix)
    return NOTHING if made is None else f"{made.seconds // 60:,}"


def amount_e6(value: int, *, signed: bool = False) -> str:
    """An amount of 10⁻⁶ with two decimals, for looking at; with a plus where it is more."""
    return f"{Decimal(value).scaleb(-6):{'+' if signed and value > 0 else ''},.2f}"


def rate(value: Decimal | None) -> str:
    """A price of a minute with four decimals, and more where it has them."""
    if value is None:
        return NOTHING
    text = f"{value:.6f}"
    return text[:-2] if text.endswith("00") else text


def share(margin_e6: int | None) -> str:
    """A margin in percent with one decimal."""
    return NOTHING if margin_e6 is None else f"{Decimal(margin_e6) / 10_000:.1f}%"


def import_facts(rate_import: RateImport, use: DeckUse | None) -> dict[str, object]:
    """The import and all its rows, for programs."""
    counts = count_import_rows(rate_import)
    return {
        "import": rate_import.pk,
        "deck": rate_import.deck.code,
        "sell_deck": rate_import.sell_deck.code if rate_import.sell_deck else None,
        "from": rate_import.starts_on,
        "state": rate_import.state,
        "file": rate_import.file_name,
        "lines": rate_import.lines,
        "unchanged": rate_import.unchanged,
        "up": counts.up,
        "down": counts.down,
        "other": counts.other,
        "new": counts.new,
        "gone": counts.gone,
        "margin_low": counts.low,
        "below_cost": counts.below_cost,
        "month": None if use is None else use.month,
        "effect": None if use is None else exact(Decimal(effect_of_import(rate_import, use)).scaleb(-6)),
        "rows": [_row_facts(row, rate_import, use) for row in rows_of_import(rate_import)],
    }


def _row_facts(row: RateImportRow, rate_import: RateImport, use: DeckUse | None) -> dict[str, object]:
    margin = margin_of(row, rate_import)
    made = None if use is None else use.by_prefix.get(row.prefix)
    effect = None if use is None else effect_of_change(row, use)
    return {
        "prefix": row.prefix,
        "destination": row.destination,
        "change": row.change,
        "from": row.starts_on,
        "minute_now": _exact(row.minute_now),
        "minute_then": _exact(row.minute_new),
        "setup_now": _exact(row.setup_now),
        "setup_then": _exact(row.setup_new),
        "other_side": _exact(row.counterpart),
        "sell_for": _exact(row.sell_new),
        "margin": None if margin is None else exact(Decimal(margin).scaleb(-6)),
        "chosen": row.chosen,
        "seconds": None if made is None else made.seconds,
        "effect": None if effect is None else exact(Decimal(effect).scaleb(-6)),
    }


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else exact(value)
