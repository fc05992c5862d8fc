"""The form of an order: what stands on it once, and its lines with their own terms."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from rebill.access.acting import Acting
from rebill.catalogue.models import Product
from rebill.interfaces.office.customers.forms import KeyedTexts
from rebill.interfaces.office.forms import DayField, NumberField, OfficeForm
from rebill.interfaces.office.history.fields import LABELS
from rebill.interfaces.office.subscriptions.forms import ProductField, product_called
from rebill.interfaces.office.words import ALIGNMENTS, TIMINGS
from rebill.rules.periods import Alignment, Timing
from rebill.subscriptions.commands import StartTerms

LINES_MAX = 50


class OrderForm(OfficeForm):
    """What stands on an order once."""

    order_number = forms.CharField(
        label=gettext_lazy("Order number"), widget=forms.TextInput(attrs={"autofocus": True})
    )
    general_reference = forms.CharField(
        label=LABELS["general_reference"],
        required=False,
        help_text=gettext_lazy("The customer's own words for the whole order."),
    )
    ordered_on = DayField(label=gettext_lazy("Ordered on"), required=False)


class OrderLineForm(OfficeForm):
    """One thing that is ordered. The terms below the first four are the same for most lines."""

    product = ProductField()
    quantity = NumberField(label=LABELS["quantity"], initial=1)
    start_on = DayField(label=gettext_lazy("First day"))
    unit_price = NumberField(label=gettext_lazy("Own price per billing period"), required=False)
    billing_months = forms.IntegerField(
        label=gettext_lazy("Months in a billing period"), initial=1, min_value=1, max_value=36
    )
    timing = forms.ChoiceField(label=gettext_lazy("Billed"), choices=list(TIMINGS.items()), initial=Timing.ADVANCE)
    alignment = forms.ChoiceField(
        label=gettext_lazy("Periods are"), choices=list(ALIGNMENTS.items()), initial=Alignment.CALENDAR
    )
    trial_until = DayField(label=gettext_lazy("Last free day of a trial"), required=False)
    last_on = DayField(label=gettext_lazy("Last day, if one is agreed"), required=False)
    description = forms.CharField(label=gettext_lazy("Text instead of the product's name"), required=False)
    reference = forms.CharField(label=LABELS["reference"], required=False)
    cost_centre = forms.CharField(label=LABELS["cost_centre"], required=False)
    dimensions = KeyedTexts(label=LABELS["dimensions"], required=False)

    def __init__(self, *args: Any, acting: Acting, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.acting = acting

    def clean_product(self) -> Product:
        """The product that is meant."""
        return product_called(self.acting, self.cleaned_data["product"])

    def terms(self) -> StartTerms:
        """What was entered, as a subscription starts on it."""
        entered = self.cleaned_data
        day = timedelta(days=1)
        return StartTerms(
            quantity=entered["quantity"],
            start_on=entered["start_on"],
            ends_before=entered["last_on"] + day if entered["last_on"] else None,
            trial_before=entered["trial_until"] + day if entered["trial_until"] else None,
            unit_price=entered["unit_price"],
            billing_months=entered["billing_months"],
            timing=Timing(entered["timing"]),
            alignment=Alignment(entered["alignment"]),
            description=entered["description"],
            cost_centre=entered["cost_centre"],
            dimensions=entered["dimensions"],
            reference=entered["reference"],
        )


OrderLineSet = forms.formset_factory(
    OrderLineForm, extra=0, min_num=1, max_num=LINES_MAX, validate_min=True, absolute_max=LINES_MAX
)
