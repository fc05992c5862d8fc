"""What is typed of a seller: its names and addresses, its terms, and how its documents are numbered."""

from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from babel import Locale
from django import forms
from django.conf import settings
from django.db.models import CharField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.interfaces import formats
from rebill.interfaces.office.forms import NumberField, OfficeForm
from rebill.parties.fields import MASKED_MAX
from rebill.parties.models import Seller
from rebill.rules.currencies import DIGITS
from rebill.rules.money import Money
from rebill.rules.proration import ProrationBase
from rebill.rules.tax import VatScheme

ADDRESS = ("street", "street_extra", "postcode", "city", "country")


def length_of(field: str) -> int:
    """As many characters as the column holds."""
    column = Seller._meta.get_field(field)
    assert isinstance(column, CharField)
    return column.max_length or 0


def text_field(name: str, label: Any, *, required: bool = False, hint: Any = "") -> forms.CharField:
    """A line of text that fits the column; its words are translated when they are shown."""
    return forms.CharField(label=label, required=required, max_length=length_of(name), help_text=hint)


class SellerForm(OfficeForm):
    """Who the seller is, as it stands on documents, and where it is at home."""

    name = text_field("name", gettext_lazy("Name"), required=True)
    legal_name = text_field(
        "legal_name", gettext_lazy("Legal name"), hint=gettext_lazy("On documents in place of the name, if it differs.")
    )
    street = text_field("street", gettext_lazy("Street and number"))
    street_extra = text_field("street_extra", gettext_lazy("Second address line"))
    postcode = text_field("postcode", gettext_lazy("Postcode"))
    city = text_field("city", gettext_lazy("City"))
    country = forms.ChoiceField(label=gettext_lazy("Country"))
    vat_id = forms.CharField(label=gettext_lazy("VAT id"), required=False, max_length=60)
    tax_number = text_field(
        "tax_number",
        gettext_lazy("Tax number"),
        hint=gettext_lazy("Where German law asks for it: on documents if there is no VAT id."),
    )
    chamber_id = text_field("chamber_id", gettext_lazy("Chamber of commerce id"))
    register_court = text_field(
        "register_court",
        gettext_lazy("Register court"),
        hint=gettext_lazy("Such as Amtsgericht Bremen, HRB. Stands before the id."),
    )
    email = forms.EmailField(label=gettext_lazy("E-mail address"), required=False)
    phone = text_field("phone", gettext_lazy("Telephone"))
    website = text_field("website", gettext_lazy("Website"))
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("Tells when a day and a month begin.")
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"),
        help_text=gettext_lazy("Of prices and documents, unless a customer has another."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of documents"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("For customers who have none of their own."),
    )
    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Other languages you write to customers in"),
        choices=settings.LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reader = Locale(formats.language())
        countries = sorted(
            ((code, name) for code, name in reader.territories.items() if len(code) == 2 and code.isalpha()),
            key=lambda pair: pair[1],
        )
        _choose(self, "country", countries)
        _choose(self, "time_zone", [(zone, zone.replace("_", " ")) for zone in sorted(available_timezones())])
        _choose(self, "currency", [(code, f"{code} – {reader.currencies.get(code, code)}") for code in sorted(DIGITS)])


class TermsForm(OfficeForm):
    """How the seller bills: terms, VAT, and who has to look."""

    payment_term_days = forms.IntegerField(
        label=gettext_lazy("Payment term in days"),
        min_value=0,
        max_value=365,
        required=False,
        help_text=gettext_lazy("For customers who have none of their own. Empty: they pay at once."),
    )
    proration_base = forms.ChoiceField(label=gettext_lazy("Parts of a month"), widget=forms.RadioSelect)
    vat_scheme = forms.ChoiceField(label=gettext_lazy("VAT scheme"), widget=forms.RadioSelect)
    uses_oss = forms.BooleanField(
        label=gettext_lazy("VAT of other countries by the One Stop Shop"),
        required=False,
        help_text=gettext_lazy("Consumers in other member states are charged the rate of their country."),
    )
    approval_needs_two = forms.BooleanField(
        label=gettext_lazy("Two people approve"),
        required=False,
        help_text=gettext_lazy("A draft is issued when two different people have approved it."),
    )
    masked_digits = forms.IntegerField(
        label=gettext_lazy("Hidden digits of called numbers"),
        min_value=0,
        max_value=MASKED_MAX,
        help_text=gettext_lazy("The last digits that specifications of calls do not show; 0 shows whole numbers."),
    )
    auto_approve_max = NumberField(
        label=gettext_lazy("Approved without a look up to"),
        required=False,
        min_value=0,
        max_digits=12,
        help_text=gettext_lazy("Including VAT, for drafts without a warning. Empty: somebody looks at every draft."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        bases = {
            ProrationBase.ACTUAL: _("By days: 16 of 31 days are 16/31 of the price"),
            ProrationBase.FIXED_30: _("Every month has 30 days, by the number of the day"),
            ProrationBase.THIRTY_E_360: _("Every month has 30 days, as bonds count them (30E/360)"),
        }
        schemes = {
            VatScheme.NORMAL: _("VAT is charged"),
            VatScheme.SMALL_BUSINESS: _("Small business, exempt from VAT (KOR, § 19 UStG, 3 § AVL)"),
        }
        _choose(self, "proration_base", [(base.value, words) for base, words in bases.items()])
        _choose(self, "vat_scheme", [(scheme.value, words) for scheme, words in schemes.items()])
        self.fields["auto_approve_max"].label = _("Approved without a look up to, %(currency)s") % {
            "currency": currency
        }

    def clean_auto_approve_max(self) -> Money | None:
        """The amount in the seller's currency."""
        amount: Decimal | None = self.cleaned_data["auto_approve_max"]
        return None if amount is None else Money.of(amount, self.currency)


class SeriesForm(OfficeForm):
    """How documents of one kind are numbered."""

    pattern = forms.CharField(
        label=gettext_lazy("Pattern"),
        max_length=60,
        widget=forms.TextInput(attrs={"class": "mono", "autocomplete": "off", "spellcheck": "false"}),
        help_text=gettext_lazy(
            "{number} is the number, {number:05} with five digits; {year}, {yy}, {month} and {day} are of the document."
        ),
    )
    per_year = forms.BooleanField(label=gettext_lazy("Begin again at 1 every year"), required=False)
    first_number = forms.IntegerField(
        label=gettext_lazy("Go on at number"),
        required=False,
        min_value=1,
        help_text=gettext_lazy("The next number after those of your old system. Empty: where it stands."),
    )


class AccountForm(OfficeForm):
    """A bank account on which the seller is paid."""

    iban = forms.CharField(label=gettext_lazy("IBAN"), max_length=60)
    bic = forms.CharField(label=gettext_lazy("BIC"), max_length=20, required=False)
    holder = forms.CharField(
        label=gettext_lazy("Name of the holder"),
        max_length=70,
        required=False,
        help_text=gettext_lazy("If it is not the seller's own."),
    )
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "currency", [(code, code) for code in sorted(DIGITS)])


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices
