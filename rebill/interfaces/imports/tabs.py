"""Tabs: who buys on account, under which number and up to which limit."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.imports.importable import Importable, choice, headings
from rebill.interfaces.imports.subscriptions import customer_number_field
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.outcomes import ImportRecord
from rebill.sources.tabs.commands import import_tabs
from rebill.sources.tabs.commands.importing import named
from rebill.sources.tabs.models import TabStatus

STATUSES = (
    choice(TabStatus.ACTIVE, "actief|aktiv|aktiivinen|ja|ok"),
    choice(TabStatus.INACTIVE, "niet actief|inactief|nicht aktiv|inaktiv|ei aktiivinen|not active|nee"),
    choice(TabStatus.CLOSED, "gesloten|geschlossen|suljettu"),
)


def tabs() -> Importable:
    """Tabs by number, or so many for each customer."""
    return Importable(
        name="tabs",
        label=_("On-account tabs"),
        help=_("One person or company a line, with its tab's number, or with how many tabs it gets."),
        fields=(*_who(), *_what(), *_how()),
        take=import_tabs,
        permission=Permission.KEEP_TABS,
        identity=_identity,
    )


def _who() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "company",
            _("Company"),
            length_max=120,
            help=_("The customer; without one it is the person."),
            synonyms=headings(
                nl="bedrijf|bedrijfsnaam|organisatie|vereniging|naam|naam/bedrijfsnaam",
                de="Firma|Firmenname|Unternehmen|Verein|Name",
                fi="yritys|yrityksen nimi|yhdistys|nimi",
                en="company|company name|organisation|club|name",
            ),
        ),
        FieldSpec(
            "first_name",
            _("First name"),
            length_max=80,
            synonyms=headings(nl="voornaam", de="Vorname", fi="etunimi", en="first name|given name"),
        ),
        FieldSpec(
            "last_name",
            _("Last name"),
            length_max=80,
            synonyms=headings(nl="achternaam", de="Nachname|Familienname", fi="sukunimi", en="last name|surname"),
        ),
        FieldSpec(
            "email",
            _("E-mail"),
            kind=FieldKind.EMAIL,
            synonyms=headings(
                nl="e-mail|email|e-mailadres|mailadres",
                de="E-Mail|E-Mail-Adresse|Mail",
                fi="sähköposti|sähköpostiosoite",
                en="email|email address|e-mail address",
            ),
        ),
        _customer_number(),
    )


def _customer_number() -> FieldSpec:
    known = customer_number_field()
    return FieldSpec(
        "customer_number",
        known.label,
        length_max=40,
        help=_("Needed only where several customers have the same name."),
        # Not all that other entities take for one: the number of an account is the tab's own here.
        synonyms=headings(
            nl="klantnummer|klantnr|debiteurnummer",
            de="Kundennummer|Kunden-Nr|Debitorennummer",
            fi="asiakasnumero",
            en="customer number|customer no|customer id",
        ),
    )


def _what() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "number",
            _("Account number"),
            length_max=40,
            help=_("A number that is known changes that tab; without one the next of your scheme is given."),
            synonyms=headings(
                nl="rekeningnummer|rekening|rekeningnr",
                de="Kontonummer|Konto|Konto-Nr",
                fi="tilinumero|tili",
                en="account number|account|tab|tab number|account no",
            ),
        ),
        FieldSpec(
            "accounts",
            _("Number of accounts"),
            kind=FieldKind.INTEGER,
            help=_("How many tabs the customer is to have; 1 unless said."),
            synonyms=headings(
                nl="aantal rekeningen|aantal",
                de="Anzahl Konten|Anzahl",
                fi="tilien määrä|määrä",
                en="number of accounts|accounts|number of tabs",
            ),
        ),
        FieldSpec(
            "description",
            _("Description"),
            length_max=200,
            synonyms=headings(
                nl="omschrijving|beschrijving", de="Beschreibung|Bezeichnung", fi="kuvaus", en="description"
            ),
        ),
    )


def _how() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "limit",
            _("Limit"),
            kind=FieldKind.DECIMAL,
            help=_("What may be open at most, VAT included."),
            synonyms=headings(
                nl="limiet|bestedingsbudget|budget|krediet",
                de="Limit|Kreditlimit|Budget",
                fi="raja|luottoraja|budjetti",
                en="limit|credit limit|budget",
            ),
        ),
        FieldSpec(
            "status",
            _("Status"),
            kind=FieldKind.CHOICE,
            choices=STATUSES,
            help=_("A new tab is active unless said."),
            synonyms=headings(nl="status", de="Status", fi="tila", en="status|state"),
        ),
        FieldSpec(
            "may_buy",
            _("Buy on name"),
            kind=FieldKind.BOOLEAN,
            help=_("Whether anything may be bought on it; yes or no."),
            synonyms=headings(
                nl="op naam kopen|op naam kopen toestaan|op naam|kopen toegestaan",
                de="Kauf auf Namen|auf Namen kaufen|Kauf erlaubt",
                fi="nimelle osto|osto nimelle|saa ostaa",
                en="buy on name|buy on account|may buy",
            ),
        ),
        FieldSpec(
            "is_shown",
            _("Shown at the till"),
            kind=FieldKind.BOOLEAN,
            help=_("Whether the till shows it without being asked; yes or no."),
            synonyms=headings(
                nl="in overzicht|standaard in op naam overzicht|standaard in overzicht|op kassa",
                de="in Übersicht|an der Kasse zeigen|auf Kasse",
                fi="kassalla|näytetään kassalla",
                en="shown at the till|on till|in overview",
            ),
        ),
    )


def _identity(record: ImportRecord) -> Hashable | None:
    """No two lines of one file name the same tab; without a number, the same customer."""
    number = " ".join(record.text("number").split())
    return number or (record.text("customer_number").strip(), named(record).lower())
