"""The month and the layout of an export, as they are chosen on a page and kept in its address."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from rebill.exports.contract import Basis, FileKind, Layout
from rebill.exports.formats.combined import HEADINGS
from rebill.exports.layouts import read_layout
from rebill.exports.registry import FORMATS
from rebill.interfaces import formats
from rebill.interfaces.office.forms import OfficeForm, day_or_none
from rebill.kit.imports.options import ENCODINGS
from rebill.parties.models import Seller

WITH_MARK = "utf-8-mark"


class LayoutForm(OfficeForm):
    """How the receiving system wants its file."""

    basis = forms.ChoiceField(
        label=gettext_lazy("Rows from"),
        widget=forms.RadioSelect,
        choices=[
            (Basis.ISSUED.value, gettext_lazy("Invoices and credit notes of the month")),
            (Basis.RUN.value, gettext_lazy("Those, and the drafts of the month’s runs")),
        ],
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("File"),
        choices=[(FileKind.CSV.value, gettext_lazy("Text (CSV)")), (FileKind.XLSX.value, gettext_lazy("Excel (XLSX)"))],
    )
    language = forms.ChoiceField(label=gettext_lazy("Headings in"))
    decimal_mark = forms.ChoiceField(label=gettext_lazy("Amounts"), choices=[(",", "1234,56"), (".", "1234.56")])
    delimiter = forms.ChoiceField(label=gettext_lazy("Between columns"))
    encoding = forms.ChoiceField(label=gettext_lazy("Characters"))
    columns = forms.MultipleChoiceField(label=gettext_lazy("Columns"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, seller: Seller, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seller = seller
        file_format = FORMATS.get("combined")
        languages = [(each, get_language_info(each)["name_local"]) for each in file_format.languages]
        marked = [("utf-8", "UTF-8"), (WITH_MARK, _("UTF-8 with mark (Excel)"))]
        marks = [(";", _("Semicolon ;")), (",", _("Comma ,")), ("\t", _("Tab")), ("|", _("Bar |"))]
        self._choose("language", languages)
        self._choose("encoding", [*marked, *((key, name) for key, name in ENCODINGS.items() if key != "utf-8")])
        self._choose("delimiter", marks)
        spoken = HEADINGS.get(formats.language(), HEADINGS["en"])
        self._choose("columns", [(key, spoken[key]) for key in _columns(seller, file_format.columns)])

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def layout(self) -> Layout:
        """The layout that was chosen; only once the form is valid. LayoutInvalid when no file can have it."""
        said = {name: self.cleaned_data[name] for name in layout_names()}
        if said["encoding"] == WITH_MARK:
            said |= {"encoding": "utf-8", "byte_order_mark": True}
        return read_layout(said, FORMATS.get("combined"), language=self.seller.language)


class ExportForm(LayoutForm):
    """The same for one month."""

    month = forms.CharField(label=gettext_lazy("Month"), widget=forms.DateInput(attrs={"type": "month"}))

    def clean_month(self) -> date:
        """The first of the month."""
        first = day_or_none(f"{self.cleaned_data['month']}-01")
        if first is None or not 2000 <= first.year <= 2100:
            raise forms.ValidationError(_("Enter a month such as 2026-11."))
        return first


def layout_names() -> tuple[str, ...]:
    """The fields that make the layout."""
    return ("basis", "kind", "language", "decimal_mark", "delimiter", "encoding", "columns")


def usual_layout(seller: Seller, *, basis: Basis) -> dict[str, Any]:
    """The seller's own layout as the form shows it; `basis` where the seller has said nothing."""
    layout = read_layout({"basis": basis, **seller.export_layout}, FORMATS.get("combined"), language=seller.language)
    return {
        "basis": layout.basis.value,
        "kind": layout.kind.value,
        "language": layout.language,
        "decimal_mark": layout.decimal_mark,
        "delimiter": layout.delimiter,
        "encoding": WITH_MARK if layout.byte_order_mark else layout.encoding,
        "columns": list(layout.columns),
    }


def _columns(seller: Seller, known: tuple[str, ...]) -> list[str]:
    """All columns, those of the seller's own layout first and in its order."""
    own = [key for key in seller.export_layout.get("columns", []) if key in known]
    return [*own, *(key for key in known if key not in own)]
