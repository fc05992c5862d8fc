"""How the API says no: a problem of RFC 9457 with a code that stays, and what is wrong with which field."""

import logging
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja.errors import HttpError, ValidationError
from pydantic import BaseModel, Field

from rebill.interfaces.api.caller import BodyTooLarge, MediaTypeUnknown
from rebill.interfaces.receiving import why_refused
from rebill.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refused, reason_of
from rebill.parties.tokens import TokenRefused

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"

# The first that fits: the narrow ones before the four ways of refusing.
STATUS: Mapping[type[Refused], HTTPStatus] = {
    TokenRefused: HTTPStatus.UNAUTHORIZED,
    MediaTypeUnknown: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    NotFound: HTTPStatus.NOT_FOUND,
    Forbidden: HTTPStatus.FORBIDDEN,
    Conflict: HTTPStatus.CONFLICT,
    Invalid: HTTPStatus.UNPROCESSABLE_ENTITY,
}

# What is said by the API itself, where no stage refused: code → status and meaning.
OWN_CODES: Mapping[str, tuple[HTTPStatus, str]] = {
    "body_unreadable": (HTTPStatus.BAD_REQUEST, gettext_noop("The body is no JSON, or no form with files.")),
    "fields_invalid": (
        HTTPStatus.UNPROCESSABLE_ENTITY,
        gettext_noop("Fields are missing, unknown or of another kind; `errors` says which."),
    ),
    "nothing_here": (HTTPStatus.NOT_FOUND, gettext_noop("There is no such address.")),
    "method_unknown": (
        HTTPStatus.METHOD_NOT_ALLOWED,
        gettext_noop("The address does not answer to this method; `Allow` says to which."),
    ),
    "failed": (
        HTTPStatus.INTERNAL_SERVER_ERROR,
        gettext_noop("Something broke; it was written to the log, and nothing was done."),
    ),
}

_REMEDIES = {"missing": gettext_noop("Give it."), "extra_forbidden": gettext_noop("Leave it out, or check its name.")}
_WHY = {
    "missing": gettext_noop("Field required."),
    "extra_forbidden": gettext_noop("Extra inputs are not permitted."),
    "string_type": gettext_noop("Input should be a valid string."),
    "int_type": gettext_noop("Input should be a valid integer."),
    "bool_type": gettext_noop("Input should be a valid boolean."),
    "list_type": gettext_noop("Input should be a valid list."),
    "dict_type": gettext_noop("Input should be a valid dictionary."),
}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class FieldProblem(BaseModel):
    """What is wrong with one field, and how to mend it."""

    field: str = Field(description="The field by its path, such as terms.quantity.")
    code: str
    why: str
    remedy: str = ""


class ProblemShown(BaseModel):
    """Why a request was refused (RFC 9457)."""

    type: str = Field(default="about:blank", description="Always about:blank: the code says which problem it is.")
    title: str = Field(description="The status in words.")
    status: int
    code: str = Field(description="Which problem it is. Codes stay as they are.")
    detail: str = Field(description="Why, for people; in the language of Accept-Language where there is a translation.")
    errors: list[FieldProblem] = []


def code_of(refusal: type[Refused]) -> str:
    """The code of a refusal, from the name of its class: CustomerUnknown is customer_unknown."""
    return _HUMP.sub("_", refusal.__name__).lower()


def status_of(refusal: type[Refused]) -> HTTPStatus:
    """The HTTP status of a refusal."""
    return next(status for kind, status in STATUS.items() if issubclass(refusal, kind))


def answer_problem(
    status: HTTPStatus, code: str, detail: str, errors: Iterable[FieldProblem] = (), **headers: str
) -> HttpResponse:
    """The problem as an answer. Headers are given with underscores."""
    problem = ProblemShown(title=status.phrase, status=status, code=code, detail=detail, errors=list(errors))
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(problem.model_dump_json(), status=status, content_type=MEDIA_TYPE, headers=named)


def answer_own(code: str, detail: str = "", errors: Iterable[FieldProblem] = (), **headers: str) -> HttpResponse:
    """A problem that the API says itself."""
    status, meaning = OWN_CODES[code]
    return answer_problem(status, code, detail or _(meaning), errors, **headers)


def answer_refusal(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """What a command or query refused, with its field where it concerns one."""
    kind = type(refusal)
    code, status = code_of(kind), status_of(kind)
    headers = {"WWW_Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}
    return answer_problem(status, code, reason_of(refusal), field_problems(refusal), **headers)


def field_problems(refusal: Refused) -> list[FieldProblem]:
    """The field that a refusal is about, if it says so: each stage calls it by its own word."""
    named = (getattr(refusal, name, "") for name in ("field", "term", "column"))
    field = next((each for each in named if isinstance(each, str) and each), "")
    if not field:
        return []
    why, remedy = getattr(refusal, "why", ""), getattr(refusal, "remedy", "")
    return [
        FieldProblem(field=field, code=code_of(type(refusal)), why=str(why or reason_of(refusal)), remedy=str(remedy))
    ]


def answer_invalid(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    """What does not fit the description of the request, every field of it; a file that was not kept is missing too."""
    not_kept = why_refused(request)
    if not_kept:
        return answer_refusal(request, BodyTooLarge(not_kept))
    errors = [
        FieldProblem(
            field=_path(error["loc"]),
            code=error["type"],
            why=_why(error),
            remedy=_(_REMEDIES[error["type"]]) if error["type"] in _REMEDIES else "",
        )
        for error in refusal.errors
    ]
    return answer_own("fields_invalid", errors=errors)


def _why(error: Mapping[str, Any]) -> str:
    """Why a field does not fit: what happens every day in the reader's language, the rest as it is told to us."""
    known = _WHY.get(error["type"])
    return _(known) if known else f"{error['msg']}.".replace("..", ".")


def answer_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja refuses by itself: a body that is no JSON."""
    cause = error.__cause__
    if isinstance(cause, RequestDataTooBig):
        return answer_refusal(request, BodyTooLarge(str(cause)))
    if isinstance(cause, Refused):
        return answer_refusal(request, cause)
    return answer_own("body_unreadable", str(cause or error))


def answer_unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """What Django refuses while it reads: a form that is none, too many fields."""
    if isinstance(error, RequestDataTooBig):
        return answer_refusal(request, BodyTooLarge(str(error)))
    return answer_own("body_unreadable", str(error))


def answer_nothing_here(request: HttpRequest, error: Http404) -> HttpResponse:
    """An address that leads nowhere."""
    return answer_own("nothing_here")


def answer_failure(request: HttpRequest, error: Exception) -> HttpResponse:
    """A fault of ours: told to the log, and to the caller only that it is one."""
    logger.exception("%s %s failed", request.method, request.path)
    return answer_own("failed")


HANDLERS: Mapping[type[Exception], Any] = {
    Refused: answer_refusal,
    ValidationError: answer_invalid,
    HttpError: answer_http_error,
    MultiPartParserError: answer_unreadable,
    SuspiciousOperation: answer_unreadable,
    Http404: answer_nothing_here,
    Exception: answer_failure,
}


def _path(location: Iterable[object]) -> str:
    """The field as the caller wrote it: without where it stood (query, body) and without the name of our parameter."""
    source, *parts = (str(part) for part in location)
    if source == "body" and parts and parts[0] == "body":
        parts = parts[1:]
    return ".".join(parts) or source
