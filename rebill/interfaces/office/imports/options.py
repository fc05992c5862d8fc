"""How a file is written, where a person wants to say so: the options of an import as a form."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.interfaces.office.forms import OfficeForm
from rebill.kit.imports.options import ENCODINGS, ImportOptions
from rebill.kit.imports.tables import Table

MARKS = {"semicolon": ";", "comma": ",", "tab": "\t", "bar": "|"}


class OptionsForm(OfficeForm):
    """An empty field means: as the file shows."""

    delimiter = forms.ChoiceField(label=gettext_lazy("Between columns stands"), required=False)
    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), required=False)
    decimal_mark = forms.ChoiceField(label=gettext_lazy("Decimals stand after"), required=False)
    date_order = forms.ChoiceField(label=gettext_lazy("Days are written"), required=False)
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    header_row = forms.IntegerField(
        label=gettext_lazy("Headings stand in row"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=gettext_lazy("Rows above are skipped; 0 if there are no headings."),
    )

    def __init__(self, *args: Any, table: Table | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        marks = {"semicolon": _("semicolon"), "comma": _("comma"), "tab": _("tab"), "bar": _("vertical bar")}
        decimals = {",": _("a comma: 1.234,50"), ".": _("a point: 1,234.50")}
        orders = {"dmy": "31-12-2026", "mdy": "12/31/2026", "ymd": "2026-12-31"}
        found = _found(table)
        self._choices("delimiter", marks, marks.get(found["delimiter"], found["delimiter"]))
        self._choices("encoding", ENCODINGS, ENCODINGS.get(found["encoding"], found["encoding"].upper()))
        self._choices("decimal_mark", decimals, decimals.get(found["decimal_mark"], ""))
        self._choices("date_order", orders, orders.get(found["date_order"], ""))
        self._choices("sheet", {name: name for name in (table.sheets if table else ())}, found["sheet"])
        if table is not None:
            self.fields["header_row"].widget.attrs["placeholder"] = str(table.header.line)
            for name in ("delimiter", "encoding") if table.kind == "xlsx" else ("sheet",):
                del self.fields[name]
        else:
            self.fields["sheet"] = forms.CharField(
                label=_("Sheet"), required=False, max_length=100, help_text=_("The first visible one, if empty.")
            )

    def options(self, kept: ImportOptions) -> ImportOptions:
        """The options that were chosen; what the form does not ask for stays as `kept`."""
        said = {name: self.cleaned_data[name] for name in self.fields}
        if "delimiter" in said:
            said["delimiter"] = MARKS.get(said["delimiter"], "")
        return replace(kept, **{name: None if value == "" else value for name, value in said.items()})

    def _choices(self, name: str, choices: dict[str, str], found: str) -> None:
        nothing = _("as found: %(found)s") % {"found": found} if found else _("as the file shows")
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", nothing), *choices.items()]


def shown_options(options: ImportOptions) -> dict[str, Any]:
    """What the form shows of the options that were chosen before."""
    said: dict[str, Any] = dict(options.to_json())
    if options.delimiter is not None:
        said["delimiter"] = next((name for name, mark in MARKS.items() if mark == options.delimiter), "")
    return said


def _found(table: Table | None) -> dict[str, str]:
    if table is None:
        return dict.fromkeys(("delimiter", "encoding", "decimal_mark", "date_order", "sheet"), "")
    return {
        "delimiter": next((name for name, mark in MARKS.items() if mark == table.delimiter), table.delimiter),
        "encoding": table.encoding,
        "decimal_mark": table.decimal_mark or "",
        "date_order": table.date_order or "",
        "sheet": table.sheet,
    }
