"""The rates of VAT by country and day, and what documents say where no VAT is charged. Read only: it is the law."""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from babel import Locale
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from rebill.catalogue.queries.vat_rates import tax_table
from rebill.catalogue.vat.texts import exemption_text
from rebill.interfaces.formats import language
from rebill.interfaces.office.catalogue_words import RATE_CLASSES
from rebill.interfaces.office.forms import day_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.products.words import standing_of
from rebill.rules.tax import RateClass, TaxCategory

# The category of EN 16931, what it is for, and the reasons of `rules.tax.treat` that lead to it and need words.
CATEGORIES: tuple[tuple[TaxCategory, Promise, tuple[str, ...]], ...] = (
    (TaxCategory.S, _("VAT is charged at one of the country’s rates."), ()),
    (TaxCategory.Z, _("VAT is charged at the rate of zero."), ()),
    (TaxCategory.E, _("The product or the seller is exempt."), ("exempt", "small_business")),
    (
        TaxCategory.AE,
        _("A business in another member state owes the VAT itself."),
        ("reverse_charge_services",),
    ),
    (TaxCategory.K, _("Goods go to a business in another member state."), ("intra_community_goods",)),
    (TaxCategory.G, _("Goods leave the European Union."), ("export_goods",)),
    (
        TaxCategory.O,
        _("The supply lies outside the scope of VAT."),
        ("outside_scope", "services_outside_union", "electronic_outside_union"),
    ),
)

REASONS: Mapping[str, Promise] = MappingProxyType(
    {
        "exempt": _("Exempt product"),
        "small_business": _("Seller under the small-business scheme"),
        "reverse_charge_services": _("Service to a business in another member state"),
        "intra_community_goods": _("Goods to a business in another member state"),
        "export_goods": _("Goods to outside the EU"),
        "outside_scope": _("Product outside the scope of VAT"),
        "services_outside_union": _("Service to a business outside the EU"),
        "electronic_outside_union": _("Electronic service to a consumer outside the EU"),
    }
)


@page()
def vat_page(request: OfficeRequest) -> HttpResponse:
    """The rates of a country on a day, all it ever had, and the categories with their texts."""
    countries = tax_table().countries()
    asked = request.GET.get("country", "") or request.seller.country
    country = asked if asked in countries else countries[0]
    on = day_or_none(request.GET.get("on", "")) or request.today
    territories = Locale.parse(language()).territories
    context = {
        "countries": sorted(((code, territories.get(code, code)) for code in countries), key=lambda each: each[1]),
        "country": country,
        "country_name": territories.get(country, country),
        "on": on,
        "rows": _rates(country, on),
        "categories": _categories(request.seller.country),
    }
    return render(request, "office/products/vat.html", context)


def _rates(country: str, on: date) -> list[dict[str, Any]]:
    """Every rate the country ever had, class by class, the latest first."""
    rows = []
    for rate_class in RateClass:
        for rate in reversed(tax_table().history(country, rate_class)):
            rows.append(
                {
                    "words": RATE_CLASSES[rate_class],
                    "rate": rate,
                    "last_on": None if rate.valid_before is None else rate.valid_before - timedelta(days=1),
                    "standing": standing_of(rate.valid_from, rate.valid_before, on),
                }
            )
    return rows


def _categories(seller_country: str) -> list[dict[str, Any]]:
    spoken = [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]
    return [
        {
            "code": category.value,
            "words": words,
            "reasons": [
                {
                    "words": REASONS[reason],
                    "texts": [
                        (code, name, exemption_text(reason, code, seller_country=seller_country))
                        for code, name in spoken
                    ],
                }
                for reason in reasons
            ],
        }
        for category, words, reasons in CATEGORIES
    ]
