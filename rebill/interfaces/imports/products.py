"""Products: what can be charged, by their code."""

from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.catalogue.commands import import_products
from rebill.catalogue.models import ProductKind
from rebill.interfaces.imports.importable import Importable, choice, headings, whole_numbers
from rebill.interfaces.imports.interim_lines import tax_fields
from rebill.kit.imports.fields import FieldKind, FieldSpec

KINDS = (
    choice(ProductKind.ONE_OFF, "eenmalig|einmalig|kertaluonteinen|kertamaksu|one-off|once|perpetual"),
    choice(
        ProductKind.RECURRING,
        "terugkerend|abonnement|periodiek|maandelijks|wiederkehrend|abo|monatlich|toistuva|jatkuva|kuukausittainen"
        "|subscription|periodic|monthly",
    ),
    choice(
        ProductKind.SETUP, "aansluiting|opstart|installatie|einrichtung|anschluss|aloitus|kytkentä|set-up|activation"
    ),
    choice(ProductKind.HARDWARE, "apparatuur|apparaat|gerät|geräte|laite|laitteet|device|equipment"),
    choice(ProductKind.USAGE, "verbruik|gesprekken|verbrauch|nutzung|käyttö|puhelut|consumption|calls|metered"),
)


def _names() -> tuple[FieldSpec, ...]:
    return tuple(
        FieldSpec(f"name_{language}", label, length_max=200, synonyms=headings(en=words))
        for language, label, words in (
            ("nl", _("Name in Dutch"), "naam nl|omschrijving nl|name nl|description nl"),
            ("de", _("Name in German"), "bezeichnung de|name de|omschrijving de|description de"),
            ("fi", _("Name in Finnish"), "nimi fi|name fi|omschrijving fi|description fi"),
            ("en", _("Name in English"), "name en|omschrijving en|bezeichnung en|description en"),
        )
    )


def products() -> Importable:
    """Products by their code, with a name per language."""
    return Importable(
        name="products",
        label=_("Products"),
        help=_("One product a line, known by its code. A product without a kind is a recurring one."),
        fields=(
            FieldSpec(
                "code",
                _("Product code"),
                required=True,
                length_max=60,
                synonyms=headings(
                    nl="artikelcode|artikelnummer|artikelnr|productcode|artikel nr",
                    de="Artikelnummer|Artikelnr|Artikel-Nr|Artikelcode|Produktcode|Produktnummer",
                    fi="tuotekoodi|tuotenumero|nimiketunnus",
                    en="sku|item code|item|article number|product id|product number",
                ),
            ),
            FieldSpec(
                "name",
                _("Name"),
                length_max=200,
                help=_("In your own language; other languages have columns of their own."),
                synonyms=headings(
                    nl="naam|omschrijving|artikelomschrijving|productnaam|artikel|artikelnaam",
                    de="Bezeichnung|Artikelbezeichnung|Artikel|Produkt|Produktname|Beschreibung",
                    fi="nimi|tuotenimi|nimike|tuote|tuotteen nimi",
                    en="product name|description|title|item name|product",
                ),
            ),
            *_names(),
            FieldSpec(
                "kind",
                _("Kind"),
                kind=FieldKind.CHOICE,
                choices=KINDS,
                help=_("One-off, recurring, setup, hardware or usage."),
                synonyms=headings(nl="soort|type|artikelsoort", de="Art|Artikelart|Typ", fi="laji|tyyppi", en="type"),
            ),
            FieldSpec(
                "unit",
                _("Unit"),
                length_max=20,
                synonyms=headings(nl="eenheid", de="Einheit|Mengeneinheit", fi="yksikkö", en="unit of measure"),
            ),
            *tax_fields(),
            FieldSpec(
                "active",
                _("Can be sold"),
                kind=FieldKind.BOOLEAN,
                synonyms=headings(nl="actief", de="aktiv", fi="käytössä|aktiivinen", en="active|sellable"),
            ),
        ),
        take=import_products,
        permission=Permission.KEEP_CATALOGUE,
        prepare=whole_numbers("summary_group"),
        identity=lambda record: " ".join(record.text("code").split()),
    )
