"""Forms of customers: fields named as the commands' keywords, in the words of the reader."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.interfaces import formats
from rebill.interfaces.office.forms import OfficeForm
from rebill.interfaces.office.history.fields import LABELS, VALUES
from rebill.interfaces.office.templatetags.people import country, language_word, month_names
from rebill.interfaces.office.words import INTERVALS
from rebill.parties.entries import LANGUAGES
from rebill.parties.models import Customer, Seller

TERMS = (
    "name", "kind", "attention", "vat_id", "chamber_id", "street", "street_extra", "postcode", "city", "country",
    "language", "currency", "payment_term_days", "invoice_interval_months", "invoice_months", "channel",
    "invoice_emails", "invoice_reference", "cost_centre", "per_cost_centre", "dimensions", "notes",
)  # fmt: skip


class KeyedTexts(forms.CharField):
    """Keys with their texts, one pair a line: `project: 4711`."""

    widget = forms.Textarea(attrs={"rows": 2})

    def prepare_value(self, value: Any) -> Any:
        """What is kept, as lines."""
        return "\n".join(f"{key}: {text}" for key, text in value.items()) if isinstance(value, Mapping) else value

    def to_python(self, value: Any) -> Any:
        """The lines as keys and texts; a line without a colon is refused."""
        found = {}
        for line in (value or "").splitlines():
            key, colon, text = line.partition(":")
            if not line.strip():
                continue
            if not colon or not key.strip():
                raise forms.ValidationError(_("Write one pair a line, such as “project: 4711”."))
            found[key.strip()] = text.strip()
        return found

    def has_changed(self, initial: Any, entered: Any) -> bool:
        """Whether the pairs differ, whichever way they are written."""
        try:
            return bool(self.to_python(entered) != (initial or {}))
        except forms.ValidationError:
            return True


class Months(forms.TypedMultipleChoiceField):
    """Months of the year, each with a box to tick."""

    widget = forms.CheckboxSelectMultiple

    def has_changed(self, initial: Any, entered: Any) -> bool:
        """Whether other months are ticked."""
        return {str(each) for each in initial or ()} != set(entered or ())


class CustomerForm(OfficeForm):
    """A customer. What is left empty is the seller's own: language, currency, payment term."""

    name = forms.CharField(label=LABELS["name"], widget=forms.TextInput(attrs={"autofocus": True}))
    number = forms.CharField(
        label=gettext_lazy("Customer number"), required=False, help_text=gettext_lazy("It may be given later.")
    )
    kind = forms.ChoiceField(
        label=LABELS["kind"],
        choices=[("organisation", VALUES["kind"]["organisation"]), ("person", VALUES["kind"]["person"])],
    )
    attention = forms.CharField(label=LABELS["attention"], required=False)
    vat_id = forms.CharField(label=LABELS["vat_id"], required=False)
    chamber_id = forms.CharField(label=LABELS["chamber_id"], required=False)
    street = forms.CharField(label=LABELS["street"], required=False)
    street_extra = forms.CharField(label=LABELS["street_extra"], required=False)
    postcode = forms.CharField(label=LABELS["postcode"], required=False)
    city = forms.CharField(label=LABELS["city"], required=False)
    country = forms.CharField(label=LABELS["country"])
    channel = forms.ChoiceField(label=LABELS["channel"], choices=list(VALUES["channel"].items()))
    invoice_emails = forms.CharField(
        label=LABELS["invoice_emails"],
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One a line; all of them get every invoice."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of invoices"), required=False)
    invoice_interval_months = forms.TypedChoiceField(
        label=gettext_lazy("Invoices"), choices=list(INTERVALS.items()), coerce=int
    )
    invoice_months = Months(
        label=LABELS["invoice_months"],
        required=False,
        coerce=int,
        help_text=gettext_lazy("None ticked: the usual months of the interval."),
    )
    payment_term_days = forms.IntegerField(label=LABELS["payment_term_days"], required=False)
    currency = forms.CharField(label=LABELS["currency"], required=False, max_length=3)
    invoice_reference = forms.CharField(label=LABELS["invoice_reference"], required=False)
    cost_centre = forms.CharField(label=LABELS["cost_centre"], required=False)
    per_cost_centre = forms.BooleanField(label=LABELS["per_cost_centre"], required=False)
    dimensions = KeyedTexts(
        label=LABELS["dimensions"],
        required=False,
        help_text=gettext_lazy("One pair a line, such as “project: 4711”; they go into the exports."),
    )
    notes = forms.CharField(label=LABELS["notes"], required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, seller: Seller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = _("As the seller: %(own)s")
        language = self.fields["language"]
        assert isinstance(language, forms.ChoiceField)
        language.choices = [
            ("", own % {"own": language_word(seller.language)}),
            *((code, language_word(code)) for code in LANGUAGES),
        ]
        months = self.fields["invoice_months"]
        assert isinstance(months, Months)
        months.choices = [(month, month_names([month])) for month in range(1, 13)]
        self.fields["payment_term_days"].widget.attrs["placeholder"] = formats.number(seller.payment_term_days or 0)
        self.fields["currency"].widget.attrs["placeholder"] = seller.currency

    def terms(self) -> dict[str, Any]:
        """What was entered, as `create_customer` takes it."""
        return {name: self.cleaned_data[name] for name in TERMS}

    def changes(self) -> dict[str, Any]:
        """What is different from what the page had shown, as `change_customer` takes it."""
        return {name: value for name, value in self.changed_values().items() if name in TERMS}


def shown_of(customer: Customer) -> dict[str, Any]:
    """What the form shows of a customer."""
    shown = {name: getattr(customer, name) for name in (*TERMS, "number")}
    return {
        **shown,
        "country": country(customer.country),
        "invoice_emails": "\n".join(customer.invoice_emails),
        "invoice_months": [str(month) for month in customer.invoice_months],
    }


class ContactForm(OfficeForm):
    """A person at a customer."""

    name = forms.CharField(label=LABELS["name"], widget=forms.TextInput(attrs={"autofocus": True}))
    role = forms.CharField(label=gettext_lazy("What they do there"), required=False)
    email = forms.CharField(label=LABELS["email"], required=False, widget=forms.EmailInput)
    phone = forms.CharField(label=LABELS["phone"], required=False, widget=forms.TextInput(attrs={"type": "tel"}))


class NotesForm(OfficeForm):
    """What colleagues should know of a customer."""

    notes = forms.CharField(
        label=LABELS["notes"], required=False, widget=forms.Textarea(attrs={"rows": 6, "autofocus": True})
    )
