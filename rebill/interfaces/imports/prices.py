"""Prices: what a product costs from a day on, in a price plan or for one customer."""

from collections.abc import Hashable
from dataclasses import replace

from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.catalogue.commands import import_prices
from rebill.interfaces.imports import words
from rebill.interfaces.imports.importable import Importable, choice, headings, whole_numbers
from rebill.interfaces.imports.subscriptions import customer_number_field, price_field, product_code_field
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.options import LIMITS
from rebill.kit.imports.outcomes import ImportRecord
from rebill.rules.pricing import PriceModel

MODELS = (
    choice(PriceModel.FLAT, "vast|vast bedrag|pauschal|festpreis|kiinteä|fixed"),
    choice(PriceModel.PER_UNIT, "per stuk|per eenheid|pro stück|pro einheit|kappaleelta|per unit|unit"),
    choice(PriceModel.VOLUME, "staffel|volume|mengenstaffel|määräporras|all units"),
    choice(PriceModel.GRADUATED, "getrapt|oplopend|gestaffelt|porrastettu|tiered"),
    choice(PriceModel.PACKAGE, "pakket|per pakket|paket|pakkaus|bundle"),
)


def _exact_field(name: str, label: str, synonyms: dict[str, tuple[str, ...]]) -> FieldSpec:
    return FieldSpec(name, label, kind=FieldKind.DECIMAL, synonyms=synonyms)


def _whose_fields() -> tuple[FieldSpec, ...]:
    return (
        product_code_field(),
        FieldSpec(
            "plan_code",
            _("Price plan"),
            length_max=40,
            help=_("The default plan where neither a plan nor a customer is named."),
            synonyms=headings(
                nl="prijsplan|prijslijst", de="Preisplan|Preisliste", fi="hinnasto", en="plan|price list|price plan"
            ),
        ),
        replace(customer_number_field(), required=False, help=_("For a price that only this customer has.")),
    )


def _day_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "valid_from",
            _("Valid from"),
            kind=FieldKind.DATE,
            required=True,
            synonyms=headings(
                nl="geldig vanaf|ingangsdatum|vanaf|startdatum",
                de="gültig ab|gültig von|ab|Startdatum",
                fi="voimassa alkaen|alkaen|alkupäivä",
                en="from|start date|effective date",
            ),
        ),
        FieldSpec(
            "last_day",
            _("Last day"),
            kind=FieldKind.DATE,
            synonyms=headings(
                nl="geldig tot en met|t/m|einddatum",
                de="gültig bis|bis|Enddatum",
                fi="voimassa asti|päättymispäivä",
                en="valid to|valid until|until|end date",
            ),
        ),
        FieldSpec(
            "valid_before",
            _("First day no longer valid"),
            kind=FieldKind.DATE,
            synonyms=headings(nl="vervalt op", de="endet am", fi="päättyy ennen", en="valid before"),
        ),
    )


def _price_fields() -> tuple[FieldSpec, ...]:
    return (
        price_field(help=_("For tiers the column of tiers is filled instead.")),
        FieldSpec(
            "months",
            _("Months the price is for"),
            kind=FieldKind.CHOICE,
            choices=words.PERIODS,
            help=_("One month where the cell of a recurring product is empty."),
            synonyms=headings(
                nl="periode|per|maanden|termijn",
                de="Zeitraum|Periode|Monate",
                fi="jakso|kuukaudet",
                en="period|per|months",
            ),
        ),
        FieldSpec(
            "currency",
            _("Currency"),
            synonyms=headings(nl="valuta|munt", de="Währung", fi="valuutta", en="currency code"),
        ),
        FieldSpec(
            "model",
            _("Price model"),
            kind=FieldKind.CHOICE,
            choices=MODELS,
            synonyms=headings(nl="prijsmodel", de="Preismodell", fi="hinnoittelumalli", en="pricing model|model"),
        ),
        FieldSpec(
            "tiers",
            _("Tiers"),
            help=_("Such as 5=10; 20=8+25; =6.50: up to 5 for 10 each, up to 20 for 8 each and 25 once, then 6.50."),
            synonyms=headings(nl="staffels", de="Staffeln|Preisstaffeln", fi="portaat", en="price tiers|steps"),
        ),
        _exact_field(
            "package_size",
            _("Package size"),
            headings(nl="pakketgrootte", de="Paketgröße", fi="pakkauskoko", en="pack size|units per package"),
        ),
        _exact_field(
            "setup_price",
            _("Setup price"),
            headings(
                nl="aansluitkosten|eenmalige kosten|opstartkosten",
                de="Einrichtungspreis|Einrichtungsgebühr|Anschlussgebühr",
                fi="aloitusmaksu|kytkentämaksu|avausmaksu",
                en="setup fee|set-up fee|activation fee",
            ),
        ),
    )


def price_identity(record: ImportRecord) -> Hashable:
    """Two lines that set the same price from the same day."""
    texts = map(record.text, ("plan_code", "customer_number", "product_code", "currency"))
    return (*texts, record.day("valid_from"))


def prices() -> Importable:
    """Prices by product, plan or customer, currency and first day; a file at once, because its days hang together."""
    return Importable(
        name="prices",
        label=_("Prices"),
        help=_("One price a line, from a day on. Import products first, and customers for prices of their own."),
        fields=(*_whose_fields(), *_day_fields(), *_price_fields()),
        take=import_prices,
        permission=Permission.KEEP_CATALOGUE,
        prepare=whole_numbers("months"),
        identity=price_identity,
        chunk_lines=LIMITS.lines_max,
    )
