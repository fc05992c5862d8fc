"""Mending in place: what a draft lacks of its customer is entered where it is missed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.kit.errors import Invalid
from rebill.rules.review import WarningCode
from rebill.runs.queries.pages import DraftRow


@dataclass(frozen=True, slots=True)
class FixField:
    """A field of the form: its name, what it is called, and of which type the input is."""

    name: str
    label: str | Promise
    type: str = "text"
    autocomplete: str = "off"


@dataclass(frozen=True, slots=True)
class Fix:
    """What can be entered in place about one kind of warning."""

    code: str
    fields: tuple[FixField, ...]


FIXES: Mapping[str, Fix] = {
    WarningCode.NO_EMAIL: Fix(
        WarningCode.NO_EMAIL, (FixField("email", gettext_lazy("E-mail address for invoices"), "email"),)
    ),
    WarningCode.NO_ADDRESS: Fix(
        WarningCode.NO_ADDRESS,
        (
            FixField("street", gettext_lazy("Street and number")),
            FixField("postcode", gettext_lazy("Postcode")),
            FixField("city", gettext_lazy("City")),
        ),
    ),
    WarningCode.MISSING_VAT_ID: Fix(WarningCode.MISSING_VAT_ID, (FixField("vat_id", gettext_lazy("VAT id")),)),
}


class NothingEntered(Invalid):
    """A remedy was sent without what it asks for."""


def fix_for(draft: DraftRow) -> Fix | None:
    """The form that mends the first warning of the draft for which there is one; None where it blocks nothing."""
    if not draft.is_blocked:
        return None
    return next((FIXES[code] for code in draft.warnings if code in FIXES), None)


def entered(said: QueryDict) -> dict[str, Any]:
    """What was entered, as the customer's columns; only what the form of the warning has."""
    fix = FIXES.get(said.get("code", ""))
    values = {field.name: said.get(field.name, "").strip() for field in fix.fields} if fix else {}
    if not values or not all(values.values()):
        raise NothingEntered(_("Enter what is missing, then save."))
    if "email" in values:
        return {"invoice_emails": [values["email"]]}
    return values
