"""Reading bodies and query strings: JSON as it is, without the texts that no table can keep."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from ninja.parser import Parser

from rebill.kit.errors import Invalid


class TextUnkeepable(Invalid):
    """A text holds a NUL or half a character, which no table can keep."""


class StrictParser(Parser):
    """ninja's parser, with the texts checked that would come to grief in the database."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """The JSON of the body. What is none is refused, and so are NaN and nesting without end."""
        try:
            body: dict[str, Any] = json.loads(request.body, parse_constant=_refuse_constant)
        except RecursionError:
            raise TextUnkeepable(_("The JSON is nested too deeply.")) from None
        _require_keepable(body)
        return body

    def parse_querydict(
        self, given: "MultiValueDict[str, Any]", list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """The values of a query string or a form."""
        values: dict[str, Any] = super().parse_querydict(given, list_fields, request)
        _require_keepable([*values, *values.values()])
        return values


def _refuse_constant(name: str) -> None:
    raise TextUnkeepable(_("%(name)s is no JSON.") % {"name": name})


def _require_keepable(value: object) -> None:
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise TextUnkeepable(_("A text holds a NUL or half a character. Send it without."))
    elif isinstance(value, dict):
        _require_keepable([*value, *value.values()])
    elif isinstance(value, list):
        for each in value:
            _require_keepable(each)
