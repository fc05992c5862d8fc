"""What is typed of a line: how it becomes the command's terms, and how a stored line is shown again."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Acting
from rebill.catalogue.models import Product, SummaryGroup
from rebill.catalogue.queries import ProductUnknown, product_by_code
from rebill.catalogue.queries.listed import listed_price
from rebill.interfaces.office.catalogue_words import GROUPS, RATE_CLASSES
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm
from rebill.parties.models import Customer, Seller
from rebill.rules.tax import RateClass
from rebill.sources.oneoff.commands import LineTerms
from rebill.sources.oneoff.models import InterimLine

CHARGE, CREDIT = "charge", "credit"


@dataclass(frozen=True, slots=True)
class LineAbout:
    """Whose line it is and who types it: what prices and products are looked up for."""

    acting: Acting
    seller: Seller
    customer: Customer

    @property
    def currency(self) -> str:
        """The customer's currency."""
        return self.customer.currency or self.seller.currency


class LineForm(OfficeForm):
    """One line. A product brings its name, its price from the customer's list, VAT and ledger account."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    kind = forms.ChoiceField(
        label=gettext_lazy("This line"),
        widget=forms.RadioSelect,
        choices=[(CHARGE, gettext_lazy("Charges the customer")), (CREDIT, gettext_lazy("Gives something back"))],
        initial=CHARGE,
    )
    product = forms.CharField(
        label=gettext_lazy("Product"),
        required=False,
        help_text=gettext_lazy("A code of the catalogue; without one the text says it all."),
    )
    description = forms.CharField(
        label=gettext_lazy("Text on the invoice"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("In the customer's language. The product's name if left empty; a credit says why."),
    )
    quantity = NumberField(label=gettext_lazy("Quantity"), initial=Decimal(1), min_value=0)
    unit_price = NumberField(
        label=gettext_lazy("Price of one"),
        required=False,
        min_value=0,
        help_text=gettext_lazy("Without VAT. The price list's if left empty."),
    )
    supplied_on = DayField(label=gettext_lazy("Day"), help_text=gettext_lazy("When it was supplied."))
    cost_centre = forms.CharField(label=gettext_lazy("Cost centre"), required=False, max_length=40)
    reference = forms.CharField(label=gettext_lazy("Reference"), required=False, max_length=120)
    rate_class = forms.ChoiceField(label=gettext_lazy("VAT"), required=False)
    ledger_account = forms.CharField(
        label=gettext_lazy("Ledger account"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("The product's if left empty."),
    )
    summary_group = forms.ChoiceField(label=gettext_lazy("Group on the invoice"), required=False)

    def __init__(self, about: LineAbout, *args: Any, is_kept: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = about
        self.found: Product | None = None
        self.fields["product"].widget.attrs |= {
            "list": "product-list",
            "hx-get": reverse("office:lines-products", args=[about.seller.slug]),
            "hx-trigger": "input changed delay:200ms",
            "hx-target": "#product-list",
            "autocomplete": "off",
        }
        as_product = ("", _("As the product says"))
        self._choices("rate_class", [as_product, *((each.value, RATE_CLASSES[each]) for each in RateClass)])
        self._choices("summary_group", [as_product, *((str(each.value), GROUPS[each]) for each in SummaryGroup)])
        if is_kept:
            # A credit stays a credit, and a line keeps its key.
            del self.fields["kind"], self.fields["uuid"]

    def _choices(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_product(self) -> str:
        """The code, for which there is a product."""
        code: str = self.cleaned_data["product"]
        if code:
            try:
                self.found = product_by_code(self.about.acting, code)
            except ProductUnknown:
                raise forms.ValidationError(
                    _("There is no product with this code. Choose one of the list, or leave it empty.")
                ) from None
        return code

    def clean(self) -> dict[str, Any]:
        """A credit says why; a price comes from the list where none was typed."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == CREDIT and not cleaned.get("description"):
            self.add_error("description", _("Say what is given back, and why. It stands on the invoice."))
        if "unit_price" in cleaned and cleaned["unit_price"] is None and "product" not in self.errors:
            cleaned["unit_price"] = self._listed(cleaned.get("supplied_on"))
            if cleaned["unit_price"] is None:
                self.add_error("unit_price", _("No price list has a price for it. Enter one, without VAT."))
        return cleaned

    def _listed(self, on: date | None) -> Decimal | None:
        if self.found is None or on is None:
            return None
        about = self.about
        return listed_price(about.acting, customer=about.customer, product=self.found, currency=about.currency, on=on)

    def terms(self) -> LineTerms:
        """What the command takes; only once the form is valid."""
        typed = self.cleaned_data
        return LineTerms(
            quantity=typed["quantity"],
            unit_price=typed["unit_price"],
            supplied_on=typed["supplied_on"],
            description=typed["description"],
            rate_class=RateClass(typed["rate_class"]) if typed["rate_class"] else None,
            ledger_account=typed["ledger_account"] or None,
            summary_group=int(typed["summary_group"]) if typed["summary_group"] else None,
            cost_centre=typed["cost_centre"],
            reference=typed["reference"],
        )


def shown_again(line: InterimLine) -> dict[str, Any]:
    """A stored line as the form shows it. A credit's quantity stands without its minus."""
    return {
        "product": line.product.code if line.product else "",
        "description": line.description,
        "quantity": abs(line.quantity),
        "unit_price": line.unit_price,
        "supplied_on": line.supplied_on,
        "cost_centre": line.cost_centre,
        "reference": line.reference,
        "rate_class": line.rate_class,
        "ledger_account": line.ledger_account,
        "summary_group": str(line.summary_group),
    }


def posted_again(line: InterimLine) -> dict[str, str]:
    """The same as texts that the form reads: what “Undo” sends to put a changed line back."""
    return {
        name: format(value, "f") if isinstance(value, Decimal) else str(value)
        for name, value in shown_again(line).items()
    }
