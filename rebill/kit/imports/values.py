"""Turns one cell into the value a field wants, or refuses it with the reason and how to mend it."""

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from rebill.kit.imports.cells import Cell, FaultyCell, Percentage, cell_text, tidy
from rebill.kit.imports.dates import parse_date as parse_date_text
from rebill.kit.imports.dates import serial_day
from rebill.kit.imports.decimals import parse_decimal as parse_decimal_text
from rebill.kit.imports.options import DateOrder, DecimalMark
from rebill.kit.imports.refusals import CellRefused

# Words for yes and no in Dutch, German, Finnish and English; no word of one language means the opposite in another.
_YES = frozenset(
    {"1", "x", "j", "ja", "waar", "aan", "wahr", "an", "k", "kyllä", "kylla", "tosi", "on", "y", "yes", "true", "t"}
)
_NO = frozenset(
    {"0", "n", "nee", "onwaar", "uit", "nein", "falsch", "aus", "e", "ei", "epätosi", "epatosi", "pois", "no", "false",
     "f", "off"}
)  # fmt: skip

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_INNER_SPACES = re.compile(r"[^\S\n]+")
_LIST_MARKS = re.compile(r"[;,|\n]+")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')
_PROTECTED = re.compile(r"\A'(?=\s*[=+\-@＝＋－＠])")


@dataclass(frozen=True)
class Reading:
    """How the cells of one column are written, as far as the column or a person has decided it."""

    decimal_mark: DecimalMark | None = None
    date_order: DateOrder | None = None
    currency: str | None = None
    dates_from_1904: bool = False


@dataclass(frozen=True)
class Choice:
    """One of the values a field may have, with the words by which people name it in any language."""

    value: str
    words: tuple[str, ...] = ()


def parse_text(cell: Cell, *, length_max: int | None = None) -> str:
    """The text without outer spaces, letters composed. A formula and unprintable characters are refused."""
    text = _text(cell)
    if text.isascii() and text.isprintable():
        text = " ".join(text.split())
    else:
        text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
        text = "\n".join(_INNER_SPACES.sub(" ", line).strip() for line in text.strip().split("\n"))
    if _CONTROL.search(text):
        raise CellRefused(
            why=_("The cell holds unprintable characters."),
            remedy=_("Type the text again, or choose the encoding of the file by hand."),
            value=_CONTROL.sub("\ufffd", text),
        )
    if length_max is not None and len(text) > length_max:
        raise CellRefused(
            why=_("The text has %(length)s characters; %(limit)s fit.") % {"length": len(text), "limit": length_max},
            remedy=_("Shorten it."),
            value=text,
        )
    return text


def parse_decimal(cell: Cell, *, reading: Reading = Reading()) -> Decimal:
    """The exact number; a number cell of a workbook is taken as shown, text by its decimal mark."""
    if isinstance(cell, Decimal):
        return cell
    if isinstance(cell, str):
        return parse_decimal_text(cell.strip(), decimal_mark=reading.decimal_mark, currency=reading.currency)
    raise _other_kind(cell, _("The cell shows “%(text)s”, which is not a number."))


def parse_percent(cell: Cell, *, reading: Reading = Reading()) -> Decimal:
    """Per cent as people say it: 21 for `21`, `21 %` and a cell that the workbook shows as 21 %."""
    if isinstance(cell, Percentage):
        return cell.number
    if isinstance(cell, str):
        return parse_decimal(cell.strip().removesuffix("%").strip(), reading=reading)
    return parse_decimal(cell, reading=reading)


def parse_int(cell: Cell, *, reading: Reading = Reading()) -> int:
    number = parse_decimal(cell, reading=reading)
    if number != number.to_integral_value():
        raise CellRefused(
            why=_("%(number)s is not a whole number.") % {"number": f"{number:f}"},
            remedy=_("Write it without decimals."),
            value=cell_text(cell),
        )
    return int(number)


def parse_date(cell: Cell, *, reading: Reading = Reading()) -> date:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, Decimal):
        return serial_day(cell, from_1904=reading.dates_from_1904)
    if isinstance(cell, str):
        return parse_date_text(cell, date_order=reading.date_order, from_1904=reading.dates_from_1904)
    raise _other_kind(cell, _("The cell shows “%(text)s”, which is not a day."))


def parse_bool(cell: Cell) -> bool:
    """Yes and no in Dutch, German, Finnish and English, 1 and 0, and a cross."""
    if isinstance(cell, bool):
        return cell
    word = tidy(_text(cell)).casefold()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise CellRefused(
        why=_("“%(text)s” means neither yes nor no.") % {"text": word[:60]},
        remedy=_("Write yes or no."),
        value=cell_text(cell),
    )


def parse_choice(cell: Cell, *, choices: Sequence[Choice]) -> str:
    """The value of the choice that the cell names by its value or any of its words, whatever its case and accents."""
    said = tidy(_text(cell)).casefold()
    wanted = folded(said)
    for alike in (lambda word: word.casefold() == said, lambda word: folded(word) == wanted):
        for choice in choices:
            if any(alike(word) for word in (choice.value, *choice.words)):
                return choice.value
    words = [choice.value for choice in choices]
    near = difflib.get_close_matches(wanted, [folded(word) for word in words], n=1)
    meant = next((word for word in words if near and folded(word) == near[0]), None)
    raise CellRefused(
        why=_("“%(text)s” is none of the allowed words.") % {"text": cell_text(cell)[:60]},
        remedy=_("Perhaps %(word)s was meant. Allowed: %(words)s.") % {"word": meant, "words": ", ".join(words)}
        if meant
        else _("Use one of: %(words)s.") % {"words": ", ".join(words)},
        value=cell_text(cell),
    )


def parse_email(cell: Cell) -> str:
    """An address that a mail server may accept; whether it exists is not asked."""
    text = parse_text(cell).removeprefix("mailto:")
    try:
        validate_email(text)
    except ValidationError:
        raise CellRefused(
            why=_("“%(text)s” is not an e-mail address.") % {"text": text[:100]},
            remedy=_("Write one address as name@example.org."),
            value=text,
        ) from None
    return text


def parse_list(cell: Cell, *, parse_one: Callable[[Cell], str] = parse_text) -> tuple[str, ...]:
    """The parts between semicolons, commas, bars and line ends, each once, in their order."""
    parts = (part.strip() for part in _LIST_MARKS.split(_text(cell)))
    return tuple(dict.fromkeys(parse_one(part) for part in parts if part))


def folded(text: str) -> str:
    """The letters and digits alone, without case and accents, for comparing what people type."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if character.isalnum())


def refuse_faulty(cells: Iterable[Cell]) -> None:
    """Refuse if one of the cells could not be read from the workbook at all."""
    for cell in cells:
        if isinstance(cell, FaultyCell):
            raise CellRefused(why=cell.why, remedy=cell.remedy, value=cell.text)


def _text(cell: Cell) -> str:
    """What the cell says. `="007"` is how spreadsheets write a text of digits, and an apostrophe before a formula
    character is how `spreadsheet.neutralise_cell` protects it; any other formula is refused, protected or not."""
    if not isinstance(cell, str):
        refuse_faulty([cell])
        return cell_text(cell)
    text = _PROTECTED.sub("", cell.strip(), count=1) if "'" in cell else cell
    if not text.lstrip().startswith("="):
        return text
    text_formula = _TEXT_FORMULA.fullmatch(text.strip())
    if text_formula is not None:
        return text_formula[1]
    raise CellRefused(
        why=_("The cell holds a formula, not a value."),
        remedy=_("Replace the formula by its result."),
        value=cell,
    )


def _other_kind(cell: Cell, why: str) -> CellRefused:
    refuse_faulty([cell])
    return CellRefused(
        why=why % {"text": cell_text(cell)},
        remedy=_("Check the format of the column in the workbook."),
        value=cell_text(cell),
    )
