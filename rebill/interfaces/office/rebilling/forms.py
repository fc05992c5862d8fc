"""How a purchase invoice is billed, as it is entered."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm
from rebill.interfaces.office.page import OfficeRequest
from rebill.parties.commands.dimensions import COST_CENTRE
from rebill.rules.matching.places import Place
from rebill.rules.matching.products import Model
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms
from rebill.sources.supplier_invoices.models import Target
from rebill.sources.supplier_invoices.queries.headings import dimension_headings
from rebill.sources.supplier_invoices.queries.splitting import Split, Standing

BATCH_ROWS = 500
ANEW, GO_ON = "anew", "on"


class BillForm(OfficeForm):
    """Where the rows go, when they are due, and what stands around them."""

    target = forms.ChoiceField(
        label=gettext_lazy("Put it on"),
        widget=forms.RadioSelect,
        choices=[
            (Target.INVOICES.value, gettext_lazy("Separate invoices")),
            (Target.NEXT_RUN.value, gettext_lazy("The next run’s drafts")),
            (Target.ORDERS.value, gettext_lazy("Orders to confirm later")),
        ],
        initial=Target.INVOICES.value,
    )
    invoice_on = DayField(label=gettext_lazy("Invoice date"))
    due_on = DayField(
        label=gettext_lazy("Due"),
        required=False,
        help_text=gettext_lazy("If neither the customer nor you have a term."),
    )
    intro = forms.CharField(
        label=gettext_lazy("Text above the lines"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}), help_text=gettext_lazy("500 characters. Nothing else stands there."),
    )  # fmt: skip
    closing = forms.CharField(
        label=gettext_lazy("Text below the lines"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    dimensions = forms.MultipleChoiceField(
        label=gettext_lazy("Dimensions from the customer’s card"), required=False, widget=forms.CheckboxSelectMultiple
    )
    named_dimension = forms.CharField(
        label=gettext_lazy("Customer’s name as dimension under"), required=False, max_length=40,
        help_text=gettext_lazy("Entered on cards that have nothing there; it wins over the card."),
    )  # fmt: skip
    writes_dimensions = forms.BooleanField(label=gettext_lazy("Write the same to the purchase rows"), required=False)
    batch = forms.ChoiceField(label=gettext_lazy("How many at once"), required=False)
    how = forms.ChoiceField(
        label=gettext_lazy("What is billed already"),
        widget=forms.RadioSelect,
        choices=[(GO_ON, gettext_lazy("Leave it, bill the rest")), (ANEW, gettext_lazy("Replace its drafts"))],
    )

    def __init__(self, request: OfficeRequest, split: Split, entered: Any = None) -> None:
        billed = split.standing(Standing.BILLED)
        initial = {"invoice_on": request.today, "how": GO_ON if billed else ANEW}
        super().__init__(entered, initial=initial)
        self.split = split
        self._choices("dimensions", [(each, each) for each in _headings(request)])
        rows = sum(len(list(each.counted)) for each in split.standing(Standing.READY, Standing.BILLED))
        self.is_large = rows > BATCH_ROWS
        if self.is_large:
            words = _("Batches of %(rows)s rows") % {"rows": BATCH_ROWS}
            self._choices("batch", [("", _("All at once")), (str(BATCH_ROWS), words)])
        else:
            del self.fields["batch"]
        if not billed:
            del self.fields["how"]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def terms(self) -> RebillingTerms:
        """What the command takes; only once the form is valid."""
        typed = self.cleaned_data
        return RebillingTerms(
            invoice_on=typed["invoice_on"],
            due_on=typed["due_on"],
            intro=typed["intro"],
            closing=typed["closing"],
            target=Target(typed["target"]),
            dimensions=tuple(typed["dimensions"]),
            named_dimension=typed["named_dimension"],
            writes_dimensions=typed["writes_dimensions"],
        )

    @property
    def goes_on(self) -> bool:
        """Whether what is billed stays as it is."""
        return bool(self.cleaned_data.get("how") == GO_ON)

    @property
    def rows_max(self) -> int | None:
        """How many rows at most, None for all."""
        batch = self.cleaned_data.get("batch")
        return int(batch) if batch else None


def _headings(request: OfficeRequest) -> list[str]:
    """The headings under which customers have a dimension; the cost centre first."""
    return [COST_CENTRE, *(each for each in dimension_headings(request.acting) if each != COST_CENTRE)]


class ProductForm(OfficeForm):
    """A product for what a supplier bills: one there is, or a new one."""

    existing = forms.CharField(
        label=gettext_lazy("Product"), required=False, help_text=gettext_lazy("A code of the catalogue.")
    )
    code = forms.CharField(label=gettext_lazy("Code"), required=False, max_length=60)
    name = forms.CharField(label=gettext_lazy("Name"), required=False, max_length=120)
    ledger_account = forms.CharField(label=gettext_lazy("Ledger account"), required=False, max_length=20)
    sell_price = NumberField(
        label=gettext_lazy("Price of one"), required=False, min_value=0,
        help_text=gettext_lazy("Without VAT, for this invoice’s rows. By the price group if left empty."),
    )  # fmt: skip


class SupplierForm(OfficeForm):
    """How a supplier's invoices are understood."""

    model = forms.ChoiceField(
        label=gettext_lazy("Rows are matched"),
        widget=forms.RadioSelect,
        choices=[
            (Model.DETECT.value, gettext_lazy("As each row allows")),
            (Model.PACKAGE.value, gettext_lazy("By business id and product code")),
            (Model.OLDER.value, gettext_lazy("By exact name")),
        ],
    )
    places = forms.MultipleChoiceField(
        label=gettext_lazy("Where it names the end customer"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Choose none, and it is learnt from each invoice."),
        choices=[
            (Place.PARTY.value, gettext_lazy("Party of the row")),
            (Place.DEFINITION.value, gettext_lazy("Fields of its own")),
            (Place.BUYER_REFERENCE.value, gettext_lazy("Buyer reference")),
            (Place.ROW_IDENTIFIER.value, gettext_lazy("Row identifier")),
            (Place.SUB_IDENTIFIER.value, gettext_lazy("Second row identifier")),
            (Place.GROUP.value, gettext_lazy("Article group")),
            (Place.TEXT.value, gettext_lazy("Somewhere in the text")),
            (Place.HEADING.value, gettext_lazy("A row without an amount above")),
        ],
    )
    commission_codes = forms.CharField(
        label=gettext_lazy("Articles of its commission"), required=False,
        help_text=gettext_lazy("Codes, with spaces between them: a credit note of these alone is never re-billed."),
    )  # fmt: skip
    commission_text = forms.CharField(
        label=gettext_lazy("Or words in its commission’s rows"), required=False, max_length=120
    )
