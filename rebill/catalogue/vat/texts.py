"""What the law wants written on a document that charges no VAT, in the four languages.

The reasons are those of `rules.tax.treat`; Directive 2006/112/EC, Art. 226 (11) and (11a) asks for the reference.
"""

from rebill.kit.errors import Invalid

# Reasons of treatments that charge VAT, or would at another rate: nothing needs to be said.
_WITH_VAT = frozenset({"domestic", "one_stop_shop", "union_consumer", "consumer_outside_union"})

_DIRECTIVE = {
    "nl": "({articles}, Richtlijn 2006/112/EG)",
    "de": "({articles}, Richtlinie 2006/112/EG)",
    "fi": "({articles}, direktiivi 2006/112/EY)",
    "en": "({articles}, Directive 2006/112/EC)",
}

# Words, and the articles as each language writes them.
_TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    "reverse_charge_services": {
        "nl": ("Btw verlegd", "art. 44 en 196"),
        "de": ("Steuerschuldnerschaft des Leistungsempfängers", "Art. 44 und 196"),
        "fi": ("Käännetty verovelvollisuus", "44 ja 196 artikla"),
        "en": ("Reverse charge", "Art. 44 and 196"),
    },
    "intra_community_goods": {
        "nl": ("Intracommunautaire levering, vrijgesteld van btw", "art. 138"),
        "de": ("Steuerfreie innergemeinschaftliche Lieferung", "Art. 138"),
        "fi": ("Veroton yhteisömyynti", "138 artikla"),
        "en": ("VAT-exempt intra-Community supply", "Art. 138"),
    },
    "export_goods": {
        "nl": ("Uitvoer, vrijgesteld van btw", "art. 146"),
        "de": ("Steuerfreie Ausfuhrlieferung", "Art. 146"),
        "fi": ("Veroton vientimyynti", "146 artikla"),
        "en": ("VAT-exempt export", "Art. 146"),
    },
    "services_outside_union": {
        "nl": ("Geen btw: plaats van dienst buiten de EU", "art. 44"),
        "de": ("Nicht steuerbar: Leistungsort außerhalb der EU", "Art. 44"),
        "fi": ("Ei arvonlisäveroa: myyntimaa EU:n ulkopuolella", "44 artikla"),
        "en": ("No VAT: place of supply outside the EU", "Art. 44"),
    },
    "electronic_outside_union": {
        "nl": ("Geen btw: plaats van dienst buiten de EU", "art. 58"),
        "de": ("Nicht steuerbar: Leistungsort außerhalb der EU", "Art. 58"),
        "fi": ("Ei arvonlisäveroa: myyntimaa EU:n ulkopuolella", "58 artikla"),
        "en": ("No VAT: place of supply outside the EU", "Art. 58"),
    },
    "exempt": {
        "nl": ("Vrijgesteld van btw", "art. 132 en 135"),
        "de": ("Steuerfrei", "Art. 132 und 135"),
        "fi": ("Veroton myynti", "132 ja 135 artikla"),
        "en": ("Exempt from VAT", "Art. 132 and 135"),
    },
    "outside_scope": {
        "nl": ("Buiten de heffing van btw", "art. 2"),
        "de": ("Nicht steuerbar", "Art. 2"),
        "fi": ("Ei arvonlisäverotuksen piirissä", "2 artikla"),
        "en": ("Outside the scope of VAT", "Art. 2"),
    },
    "small_business": {
        "nl": ("Vrijgesteld van btw: regeling voor kleine ondernemingen", "art. 284"),
        "de": ("Steuerfrei: Sonderregelung für Kleinunternehmen", "Art. 284"),
        "fi": ("Veroton myynti: pienyrityksiä koskeva erityisjärjestelmä", "284 artikla"),
        "en": ("Exempt from VAT: special scheme for small enterprises", "Art. 284"),
    },
}

# The exemption of small businesses is the law of the seller's country, which has its own words for it.
_SMALL_BUSINESS: dict[str, dict[str, str]] = {
    "NL": {
        "nl": "Factuur vrijgesteld van btw op grond van de kleineondernemersregeling (art. 25 Wet OB 1968)",
        "de": "Steuerfrei nach der niederländischen Kleinunternehmerregelung (Art. 25 Wet OB 1968)",
        "fi": "Veroton myynti Alankomaiden pienyritysjärjestelmän nojalla (art. 25 Wet OB 1968)",
        "en": "Exempt from VAT under the Dutch small business scheme (Art. 25 Wet OB 1968)",
    },
    "DE": {
        "nl": "Vrijgesteld van btw op grond van de Duitse regeling voor kleine ondernemingen (§ 19 UStG)",
        "de": "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet",
        "fi": "Veroton myynti Saksan pienyritysjärjestelmän nojalla (§ 19 UStG)",
        "en": "Exempt from VAT under the German small business scheme (§ 19 UStG)",
    },
    "BE": {
        "nl": "Bijzondere vrijstellingsregeling kleine ondernemingen, btw niet toepasselijk (art. 56bis WBTW)",
        "de": "Steuerfrei nach der belgischen Kleinunternehmerregelung (Art. 56bis WBTW)",
        "fi": "Veroton myynti Belgian pienyritysjärjestelmän nojalla (art. 56bis WBTW)",
        "en": "Exempt from VAT under the Belgian small business scheme (Art. 56bis WBTW)",
    },
    "FI": {
        "nl": "Vrijgesteld van btw op grond van de Finse regeling voor kleine ondernemingen (AVL 3 §)",
        "de": "Steuerfrei nach der finnischen Kleinunternehmerregelung (AVL 3 §)",
        "fi": "Arvonlisäveroton myynti, vähäinen liiketoiminta (AVL 3 §)",
        "en": "Exempt from VAT as a small business under Finnish law (AVL 3 §)",
    },
}


class ReasonUnknown(Invalid):
    """A reason for which nobody has written what a document must say."""


def exemption_text(reason: str, language: str, *, seller_country: str) -> str:
    """The words and the law for a reason of `rules.tax.treat`; empty where VAT is charged.

    In English where the language is not one of ours. `seller_country` decides which law exempts a small business.
    """
    if reason in _WITH_VAT:
        return ""
    if reason not in _TEXTS:
        raise ReasonUnknown(f"There are no words for the VAT reason {reason!r}.")
    known = language if language in _DIRECTIVE else "en"
    if reason == "small_business" and seller_country in _SMALL_BUSINESS:
        return _SMALL_BUSINESS[seller_country][known]
    words, articles = _TEXTS[reason][known]
    return f"{words} {_DIRECTIVE[known].format(articles=articles)}"
