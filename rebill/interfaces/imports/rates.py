"""Rates: what calls to a prefix cost from a day on; they wait beside their deck until somebody takes them over."""

import re
from collections.abc import Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.catalogue.commands import import_rates
from rebill.catalogue.models import CallCategory
from rebill.interfaces.imports.importable import Importable, choice, headings, whole_numbers
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.options import LIMITS

_AS_DIALLED = re.compile(r"=[\d*#]+")
CATEGORIES = (
    choice(
        str(CallCategory.NATIONAL_FIXED), "nationaal vast|vast|national fest|festnetz|kotimaan kiinteä|national fixed"
    ),
    choice(
        str(CallCategory.NATIONAL_MOBILE), "nationaal mobiel|mobiel|mobilfunk|kotimaan matkapuhelin|national mobile"
    ),
    choice(str(CallCategory.INTERNATIONAL), "internationaal|buitenland|ausland|kansainvälinen|ulkomaat|international"),
    choice(str(CallCategory.INTERNATIONAL_MOBILE), "internationaal mobiel|ausland mobil|international mobile"),
    choice(str(CallCategory.SERVICE_COST), "servicenummer|servicerufnummer|palvelunumero|service number"),
    choice(str(CallCategory.SERVICE_REVENUE), "servicenummer opbrengst|service number revenue"),
    choice(str(CallCategory.ON_NET), "onnet|on-net|intern"),
    choice(str(CallCategory.SHORT), "noodnummer|kort nummer|notruf|kurzwahl|hätänumero|emergency|short code"),
    choice(str(CallCategory.OTHER), "overig|sonstige|muu|other"),
)


def _price(name: str, label: str, help: str = "", **synonyms: str) -> FieldSpec:
    return FieldSpec(name, label, kind=FieldKind.DECIMAL, help=help, synonyms=headings(**synonyms))


def _seconds(name: str, label: str, help: str = "", **synonyms: str) -> FieldSpec:
    return FieldSpec(name, label, kind=FieldKind.INTEGER, help=help, synonyms=headings(**synonyms))


def _deck_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "deck_code",
            _("Rate deck"),
            required=True,
            length_max=40,
            help=_("The code of the deck; mostly one for all lines."),
            synonyms=headings(nl="tarievenlijst", de="Tarifliste", fi="hintataulukko", en="deck|rate deck"),
        ),
        FieldSpec(
            "valid_from",
            _("Valid from"),
            kind=FieldKind.DATE,
            required=True,
            help=_("Calls from this day on cost what the line says."),
            synonyms=headings(
                nl="geldig vanaf|ingangsdatum|vanaf",
                de="gültig ab|ab",
                fi="voimassa alkaen|alkaen",
                en="from|start date|effective date|effective from",
            ),
        ),
        FieldSpec(
            "whole_deck",
            _("Whole deck"),
            kind=FieldKind.BOOLEAN,
            help=_("No, where the file holds changes only; else prefixes that it lacks are gone."),
            of_one_file=True,
        ),
    )


def _prefix_fields() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "prefix",
            _("Prefix"),
            required=True,
            help=_("Digits with the country code, =112 for a number as it is dialled, or onnet."),
            as_it_stands=_AS_DIALLED,
            synonyms=headings(
                nl="prefix|kiesnummer|landnummer|bestemmingscode",
                de="Vorwahl|Präfix|Rufnummernpräfix",
                fi="etuliite|suuntanumero",
                en="dial code|code|destination code|dialcode|pattern|prefixes",
            ),
        ),
        FieldSpec(
            "destination",
            _("Destination"),
            length_max=120,
            synonyms=headings(
                nl="bestemming|omschrijving",
                de="Ziel|Zielname|Land",
                fi="kohde|maa",
                en="destination name|country|description",
            ),
        ),
        FieldSpec(
            "category",
            _("Category"),
            kind=FieldKind.CHOICE,
            choices=CATEGORIES,
            help=_("Guessed for new prefixes where nothing is said."),
            synonyms=headings(nl="categorie", de="Kategorie", fi="luokka", en="type"),
        ),
        FieldSpec("product_code", _("Product code"), length_max=60, help=_("Where it is not the product of the deck.")),
    )


def _price_fields() -> tuple[FieldSpec, ...]:
    return (
        _price(
            "minute",
            _("Price per minute"),
            nl="tarief|prijs|prijs per minuut|per minuut",
            de="Preis|Preis pro Minute|pro Minute|Tarif|Minutenpreis",
            fi="hinta|minuuttihinta|hinta minuutilta",
            en="rate|price|price per minute|cost_per_minute|cost per minute|per minute|rate per minute",
        ),
        _price(
            "offpeak",
            _("Price per minute off-peak"),
            _("The same at all times where it is empty."),
            nl="dal|daltarief",
            de="Nebenzeit",
            fi="halpa aika",
            en="off-peak|offpeak",
        ),
        _price(
            "setup",
            _("Price per call"),
            nl="starttarief|starttoeslag",
            de="Verbindungspreis|Rufaufbau",
            fi="aloitusmaksu|avausmaksu",
            en="setup|connect_cost|connection fee|connect fee|setup fee|start",
        ),
        _price("minimum", _("At least per call"), en="minimum"),
        _price("maximum", _("At most per call"), en="maximum"),
        FieldSpec(
            "markup",
            _("Share of the buy price on top"),
            kind=FieldKind.PERCENT,
            help=_("For calls priced by what they are bought for."),
            synonyms=headings(nl="opslag", de="Aufschlag", fi="lisä", en="markup"),
        ),
    )


def _step_fields() -> tuple[FieldSpec, ...]:
    return (
        _seconds(
            "first_seconds",
            _("Seconds counted at least"),
            _("Those of the deck where it is empty."),
            nl="eerste stap",
            de="Ersttakt",
            fi="ensimmäinen jakso",
            en="first increment|initial increment|initial|minimum seconds|first",
        ),
        _seconds(
            "next_seconds",
            _("Seconds of each further step"),
            nl="volgende stap",
            de="Folgetakt",
            fi="seuraavat jaksot",
            en="next increment|increment|increment_seconds|subsequent increment|interval|next",
        ),
    )


_numbered = whole_numbers("category")


def _prepare(values: Mapping[str, object]) -> Mapping[str, object]:
    """Categories as numbers, and a share as the command takes it: 25 % is 0.25."""
    values = _numbered(values)
    markup = values.get("markup")
    return {**values, "markup": markup.scaleb(-2)} if isinstance(markup, Decimal) else values


def rates() -> Importable:
    """Rates by deck, prefix and first day; a file at once, because what it lacks is gone."""
    return Importable(
        name="rates",
        label=_("Rates"),
        help=_("One prefix a line. The rates wait beside the deck: nothing changes until they are taken over."),
        fields=(*_deck_fields(), *_prefix_fields(), *_price_fields(), *_step_fields()),
        take=import_rates,
        permission=Permission.KEEP_CATALOGUE,
        prepare=_prepare,
        chunk_lines=LIMITS.lines_max,
        names_file=True,
    )
