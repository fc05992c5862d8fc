"""What fields are called, and how their kept values read: for “Payment term: 14 → 30”."""

import re
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from rebill.interfaces import formats
from rebill.interfaces.office.catalogue_words import RATE_CLASSES

LABELS = {
    # Parties.
    "name": gettext_lazy("Name"),
    "legal_name": gettext_lazy("Legal name"),
    "number": gettext_lazy("Number"),
    "attention": gettext_lazy("Attention"),
    "street": gettext_lazy("Street"),
    "street_extra": gettext_lazy("Second address line"),
    "postcode": gettext_lazy("Postcode"),
    "city": gettext_lazy("City"),
    "country": gettext_lazy("Country"),
    "vat_id": gettext_lazy("VAT id"),
    "tax_number": gettext_lazy("Tax number"),
    "chamber_id": gettext_lazy("Chamber of commerce"),
    "register_court": gettext_lazy("Register court"),
    "email": gettext_lazy("E-mail address"),
    "phone": gettext_lazy("Telephone"),
    "website": gettext_lazy("Website"),
    "role": gettext_lazy("Role"),
    "user": gettext_lazy("User"),
    "kind": gettext_lazy("Kind"),
    "status": gettext_lazy("Status"),
    "language": gettext_lazy("Language"),
    "languages": gettext_lazy("Languages"),
    "currency": gettext_lazy("Currency"),
    "payment_term_days": gettext_lazy("Payment term in days"),
    "invoice_interval_months": gettext_lazy("Months between invoices"),
    "invoice_months": gettext_lazy("Months with an invoice"),
    "invoice_emails": gettext_lazy("E-mail addresses for invoices"),
    "channel": gettext_lazy("Invoices go by"),
    "cost_centre": gettext_lazy("Cost centre"),
    "per_cost_centre": gettext_lazy("One invoice per cost centre"),
    "dimensions": gettext_lazy("Dimensions"),
    "invoice_reference": gettext_lazy("Reference on invoices"),
    "notes": gettext_lazy("Notes"),
    "time_zone": gettext_lazy("Time zone"),
    "proration_base": gettext_lazy("Parts of a month"),
    "vat_scheme": gettext_lazy("VAT scheme"),
    "uses_oss": gettext_lazy("VAT by One Stop Shop"),
    "approval_needs_two": gettext_lazy("Two people approve"),
    "masked_digits": gettext_lazy("Hidden digits of called numbers"),
    "auto_approve_max": gettext_lazy("Approved without a look up to"),
    "export_emails": gettext_lazy("E-mail addresses for exports"),
    "export_layout": gettext_lazy("Columns of the export"),
    "iban": gettext_lazy("IBAN"),
    "pattern": gettext_lazy("Pattern of the number"),
    "per_year": gettext_lazy("A new series each year"),
    "first_number": gettext_lazy("First number"),
    "first_year": gettext_lazy("Year of the first number"),
    "logo": gettext_lazy("Logo"),
    "template": gettext_lazy("Template"),
    "accent_colour": gettext_lazy("Accent colour"),
    "ink_colour": gettext_lazy("Text colour"),
    "font": gettext_lazy("Font"),
    "sender_name": gettext_lazy("Sender"),
    "sender_email": gettext_lazy("Sender's address"),
    "reply_to": gettext_lazy("Answers go to"),
    "texts": gettext_lazy("Texts"),
    # Products, prices and lines.
    "code": gettext_lazy("Code"),
    "names": gettext_lazy("Names"),
    "unit": gettext_lazy("Unit"),
    "supply": gettext_lazy("What is supplied"),
    "rate_class": gettext_lazy("VAT rate"),
    "ledger_account": gettext_lazy("Ledger account"),
    "summary_group": gettext_lazy("Summary group"),
    "active": gettext_lazy("For sale"),
    "plan": gettext_lazy("Price plan"),
    "model": gettext_lazy("Price model"),
    "unit_price": gettext_lazy("Unit price"),
    "period": gettext_lazy("Period"),
    "months": gettext_lazy("Per months"),
    "tiers": gettext_lazy("Tiers"),
    "package_size": gettext_lazy("Size of a package"),
    "setup_price": gettext_lazy("Set-up price"),
    "valid_from": gettext_lazy("Valid from"),
    "valid_before": gettext_lazy("Valid until before"),
    # Rate decks.
    "quantum": gettext_lazy("Calls are rounded to"),
    "rounding": gettext_lazy("Rounding"),
    "first_seconds": gettext_lazy("Seconds counted at least"),
    "next_seconds": gettext_lazy("Seconds of each further step"),
    "markup": gettext_lazy("Markup on buy"),
    "buy_deck_id": gettext_lazy("Bought by"),
    "week": gettext_lazy("Peak times"),
    "holidays": gettext_lazy("Public holidays"),
    "categories": gettext_lazy("Categories"),
    "seconds": gettext_lazy("Seconds included"),
    "deck": gettext_lazy("Rate deck"),
    "prefixes": gettext_lazy("Prefixes"),
    "description": gettext_lazy("Description"),
    "quantity": gettext_lazy("Quantity"),
    "supplied_on": gettext_lazy("Supplied on"),
    "product_id": gettext_lazy("Product"),
    "reference": gettext_lazy("Reference"),
    "start_on": gettext_lazy("Start"),
    "effective_on": gettext_lazy("As of"),
    "invoice_on": gettext_lazy("Invoice date"),
    "until": gettext_lazy("Until"),
    "intro": gettext_lazy("Text above the lines"),
    "closing": gettext_lazy("Text below the lines"),
    "recipients": gettext_lazy("To"),
    "general_reference": gettext_lazy("General reference"),
    "file": gettext_lazy("File"),
    # Tabs.
    "limit": gettext_lazy("Limit"),
    "may_buy": gettext_lazy("Buy on name"),
    "is_shown": gettext_lazy("On till"),
    "layout": gettext_lazy("On invoices"),
    "scheme": gettext_lazy("Numbers of new tabs"),
}

# Kept values that are codes; what is not listed is shown as it is.
VALUES = {
    "channel": {
        "email": gettext_lazy("E-mail"),
        "print": gettext_lazy("Letter"),
        "none": gettext_lazy("Nothing is sent"),
    },
    "status": {
        "active": gettext_lazy("Active"),
        "ended": gettext_lazy("Ended"),
        "inactive": pgettext_lazy("tab", "Not active"),
        "closed": pgettext_lazy("tab", "Closed"),
    },
    "layout": {
        "detailed": pgettext_lazy("tab", "Each order line by line"),
        "per_product": pgettext_lazy("tab", "Summed up per product"),
    },
    "kind": {
        "organisation": gettext_lazy("Organisation"),
        "person": gettext_lazy("Person"),
        "one_off": gettext_lazy("Once"),
        "recurring": gettext_lazy("Recurring"),
        "setup": gettext_lazy("Set-up"),
        "hardware": gettext_lazy("Hardware"),
        "usage": gettext_lazy("Usage"),
    },
    "rate_class": RATE_CLASSES,
    "role": {
        "owner": gettext_lazy("Owner"),
        "clerk": gettext_lazy("Clerk"),
        "viewer": gettext_lazy("Viewer"),
        "integrator": gettext_lazy("Integrator"),
        "reviewer": gettext_lazy("Reviewer"),
    },
}

# Which of these fields are kept as whole numbers of a smaller unit where a price is concerned.
_SCALES = {"unit_price": 6, "setup_price": 6, "unit_price_e6": 6, "package_size": 8}
_QUANTITIES = frozenset({"quantity", "package_size"})
_DIGEST = re.compile(r"[0-9a-f]{64}( \((?P<about>.*)\))?")
_FINGERPRINT = 12
_DAYS = re.compile(r"\d{4}-\d{2}-\d{2}/\d{4}-\d{2}-\d{2}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"-?\d+\.\d+")
_LENGTH_MAX = 120


def label_of(field: str) -> str:
    """What the field is called."""
    return str(LABELS.get(field) or field.replace("_", " ").capitalize())


def value_words(field: str, value: object) -> str:
    """The value as people read it; a dash where there is none."""
    if value is None or value == "" or value == [] or value == {}:
        return formats.NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        scale = _SCALES.get(field, 0)
        return formats.price(Decimal(value).scaleb(-scale)) if scale else str(value)
    if isinstance(value, list):
        return ", ".join(value_words(field, each) for each in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {value_words(field, each)}" for key, each in value.items())[:_LENGTH_MAX]
    text = str(value)
    if text in VALUES.get(field, {}):
        return str(VALUES[field][text])
    if digest := _DIGEST.fullmatch(text):
        # Of a file its kind and size say more than all of its fingerprint.
        return digest["about"] or f"{text[:_FINGERPRINT]}…"
    if _DAYS.fullmatch(text):
        starts_on, ends_before = (date.fromisoformat(each) for each in text.split("/"))
        return formats.period(starts_on, ends_before, date.min)
    if _DAY.fullmatch(text):
        return formats.day(date.fromisoformat(text))
    if _NUMBER.fullmatch(text):
        number = Decimal(text)
        return formats.number(number) if field in _QUANTITIES else formats.price(number)
    return text if len(text) <= _LENGTH_MAX else f"{text[:_LENGTH_MAX]}…"
