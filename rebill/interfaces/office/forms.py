"""Forms of the office: Django's own, with refusals of commands put beside the field they are about."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_decimal_symbol
from django import forms

from rebill.interfaces import formats
from rebill.kit.errors import Refused, reason_of


class OfficeForm(forms.Form):
    """A form whose fields are named as the command's keywords.

    What a command refuses of one field has `field`, `why` and `remedy` (`parties.entries.EntryRefused` and its like)
    and stands beside that field; any other refusal stands on top of the form.
    """

    def refuse(self, refusal: Refused, *, field: str | None = None) -> None:
        """Show a refusal where it belongs. `field` says so when the refusal itself does not."""
        name = field or getattr(refusal, "field", None)
        why, remedy = getattr(refusal, "why", ""), getattr(refusal, "remedy", "")
        words = f"{why} {remedy}".strip() or reason_of(refusal)
        self.add_error(name if name in self.fields else None, words)

    def changed_values(self) -> dict[str, Any]:
        """The cleaned values of the fields that differ from what the page had shown."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name in self.cleaned_data}


class NumberField(forms.DecimalField):
    """A number as people write it: 7.95 and 7,95 are the same, and so are 1,231.40 and 1.231,40.

    A mark that stands alone is the decimal mark, in whichever language, because prices have up to six decimals.
    """

    def __init__(self, **terms: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "num", "autocomplete": "off"})
        super().__init__(**{"widget": widget, **terms})

    def to_python(self, value: Any) -> Any:
        """The exact number."""
        return super().to_python(plain_number(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """As few decimals as it has, with the reader's mark, so that what is shown can be sent back."""
        if not isinstance(value, Decimal):
            return value
        return format(value.normalize(), "f").replace(".", get_decimal_symbol(formats.language()))

    def has_changed(self, initial: Any, written: Any) -> bool:
        """Whether another number was written, however it was written."""
        return super().has_changed(initial, plain_number(written) if isinstance(written, str) else written)


class DayField(forms.DateField):
    """A day, chosen in the browser's own calendar."""

    def __init__(self, **terms: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **terms})


def day_or_none(written: str) -> date | None:
    """The day that an address or an unfinished form names; None as long as it is none."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def id_or_none(written: str) -> int | None:
    """The id that an address or a form names; None where it is none that a table could have."""
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else None


def ids_in(written: Iterable[str]) -> list[int]:
    """The ids among what an address or a form names; the rest counts as not said."""
    return [each for each in map(id_or_none, written) if each is not None]


def plain_number(written: str) -> str:
    """The number with a point for its decimal mark and without marks between thousands."""
    compact = "".join(written.split()).replace(formats.MINUS, "-").replace("'", "")
    marks = [mark for mark in compact if mark in ",."]
    if not marks:
        return compact
    last = marks[-1]
    if len(set(marks)) == 1 and len(marks) > 1:
        return compact.replace(last, "")
    other = "," if last == "." else "."
    return compact.replace(other, "").replace(last, ".")
