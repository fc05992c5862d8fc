"""Endpoints: whose an account, a trunk, a number or a range of numbers is."""

from collections.abc import Hashable

from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.interfaces.imports.importable import Importable, choice, headings
from rebill.interfaces.imports.subscriptions import customer_number_field
from rebill.kit.imports.fields import FieldKind, FieldSpec
from rebill.kit.imports.outcomes import ImportRecord
from rebill.sources.usage.commands import import_endpoints
from rebill.sources.usage.models import EndpointKind

KINDS = (
    choice(EndpointKind.ACCOUNT, "sip|sip-account|sip account|accountcode|konto|sip-konto|tili|sip-tili"),
    choice(EndpointKind.TRUNK, "sip-trunk|sip trunk|siptrunk|runko|stamm"),
    choice(EndpointKind.NUMBER, "nummer|telefoonnummer|rufnummer|numero|puhelinnumero|did|ddi|phone number"),
    choice(
        EndpointKind.RANGE, "reeks|nummerblok|nummerreeks|rufnummernblock|block|numerosarja|numeroalue|number range"
    ),
)


def endpoints() -> Importable:
    """Endpoints by what calls know them by."""
    return Importable(
        name="endpoints",
        label=_("Endpoints"),
        help=_("Whose calls are: one account, trunk, number or range of numbers a line."),
        fields=(
            customer_number_field(),
            FieldSpec(
                "kind",
                _("Kind of endpoint"),
                kind=FieldKind.CHOICE,
                required=True,
                choices=KINDS,
                help=_("account, trunk, number or range."),
                synonyms=headings(nl="soort|type", de="Art|Typ", fi="laji|tyyppi", en="type|endpoint type"),
            ),
            FieldSpec(
                "value",
                _("Account, trunk or number"),
                required=True,
                length_max=80,
                help=_("Of a range the first number."),
                synonyms=headings(
                    nl="nummer|telefoonnummer|account|eerste nummer|van nummer",
                    de="Rufnummer|Nummer|Konto|erste Nummer|von Nummer",
                    fi="numero|puhelinnumero|tili|ensimmäinen numero",
                    en="endpoint|number|phone number|account|first number|from number",
                ),
            ),
            FieldSpec(
                "value_to",
                _("Last number"),
                length_max=80,
                help=_("Of a range; else empty."),
                synonyms=headings(
                    nl="laatste nummer|tot nummer",
                    de="letzte Nummer|bis Nummer",
                    fi="viimeinen numero",
                    en="last number|to number|range end",
                ),
            ),
            *_days(),
        ),
        take=import_endpoints,
        permission=Permission.KEEP_SUBSCRIPTIONS,
        identity=_identity,
    )


def _days() -> tuple[FieldSpec, ...]:
    return (
        FieldSpec(
            "valid_from",
            _("First day"),
            kind=FieldKind.DATE,
            required=True,
            synonyms=headings(
                nl="ingangsdatum|vanaf|begindatum|startdatum",
                de="gültig ab|ab|Beginn|Startdatum",
                fi="alkupäivä|alkaen|voimassa alkaen",
                en="valid from|from|start date|since",
            ),
        ),
        FieldSpec(
            "valid_before",
            _("Ends before"),
            kind=FieldKind.DATE,
            help=_("The first day on which it is the customer's no more."),
            synonyms=headings(
                nl="einddatum|tot",
                de="Enddatum|Ende|bis vor",
                fi="loppupäivä|päättyy",
                en="valid before|end date|until",
            ),
        ),
    )


def _identity(record: ImportRecord) -> Hashable:
    return (record.text("kind"), record.text("value"), record.day("valid_from"))
