"""Forms of changes: which day, what shall be different, and the reference it was asked for under."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Acting
from rebill.catalogue.models import Product
from rebill.catalogue.queries import ProductUnknown, product_by_code
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm
from rebill.interfaces.office.history.fields import LABELS
from rebill.rules.timeline import ChangeKind
from rebill.subscriptions.commands.wishes import Wish
from rebill.subscriptions.models import Change
from rebill.subscriptions.queries import CurrentState

FIELDS = {
    ChangeKind.QUANTITY: ("effective_on", "quantity", "reference"),
    ChangeKind.PRICE: ("effective_on", "unit_price", "reference"),
    ChangeKind.PRODUCT: ("effective_on", "product", "quantity", "unit_price", "reference"),
    ChangeKind.PAUSE: ("effective_on", "reference"),
    ChangeKind.RESUME: ("effective_on", "reference"),
    ChangeKind.CANCEL: ("last_on", "reference"),
    ChangeKind.REVOKE: ("reference",),
}


class ProductField(forms.CharField):
    """A product by its code; the page suggests those there are."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "products", "autocomplete": "off"})
        super().__init__(label=gettext_lazy("Product"), widget=widget, **kwargs)


def product_called(acting: Acting, code: str) -> Product:
    """The product with this code; refused beside the field when there is none."""
    try:
        return product_by_code(acting, code)
    except ProductUnknown:
        raise forms.ValidationError(_("There is no product with this code.")) from None


class ChangeForm(OfficeForm):
    """One change of a subscription; which fields it has depends on the kind."""

    effective_on = DayField(
        label=gettext_lazy("First day on which it holds"),
        help_text=gettext_lazy("Today, later, or in the past: what was billed since is corrected."),
    )
    last_on = DayField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Today, later, or in the past: what was billed beyond it is given back."),
    )
    product = ProductField()
    quantity = NumberField(label=LABELS["quantity"])
    unit_price = NumberField(
        label=gettext_lazy("Own price per billing period"),
        required=False,
        help_text=gettext_lazy("Empty: by the price list."),
    )
    reference = forms.CharField(
        label=gettext_lazy("Reference of this change"),
        required=False,
        help_text=gettext_lazy("It stands on the lines that the change brings about."),
    )

    def __init__(self, *args: Any, acting: Acting, kind: ChangeKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting, self.kind = acting, kind
        for name in set(self.fields) - set(FIELDS[kind]):
            del self.fields[name]
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    def clean_product(self) -> Product:
        """The product that is meant."""
        return product_called(self.acting, self.cleaned_data["product"])

    def wish(self, revokes: Change | None = None) -> Wish:
        """What was entered, as a wish."""
        entered = self.cleaned_data
        if revokes is not None:
            day = revokes.effective_on
        elif self.kind is ChangeKind.CANCEL:
            day = entered["last_on"] + timedelta(days=1)
        else:
            day = entered["effective_on"]
        return Wish(
            kind=self.kind,
            effective_on=day,
            quantity=entered.get("quantity"),
            unit_price=entered.get("unit_price"),
            product=entered.get("product"),
            revokes=revokes,
            reference=entered["reference"],
        )


def shown_of(state: CurrentState, kind: ChangeKind, today: date) -> dict[str, Any]:
    """What the form shows at first: today, and what is taken now."""
    next_month = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    shown: dict[str, Any] = {
        "effective_on": today,
        "last_on": next_month - timedelta(days=1),
        "quantity": state.quantity,
        "product": state.product_code,
        "reference": "",
    }
    if kind is ChangeKind.PRICE and state.unit_price is not None:
        shown["unit_price"] = state.unit_price
    return shown


def refusals_of(*entered: OfficeForm) -> list[tuple[str, str]]:
    """What is wrong with what was entered, by the label of its field; what is only missing yet is no fault."""
    return [
        (str(field.label), str(error))
        for form in entered
        for field in form
        if field.value() not in (None, "")
        for error in field.errors
    ] + [("", str(error)) for form in entered for error in form.non_field_errors()]
