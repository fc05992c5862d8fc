"""What every endpoint has around it: a token of its scope, an answer of its type, its refusals described, and for
writes the promise that the same request under the same key is done once."""

import hashlib
import inspect
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeVar, get_type_hints

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel

from rebill.access.scopes import Access, Area
from rebill.interfaces.api.caller import JSON, ApiRequest, Token
from rebill.interfaces.api.problems import MEDIA_TYPE as PROBLEM
from rebill.interfaces.receiving import hash_of_form
from rebill.kit.answers import Answer, answer_once
from rebill.kit.errors import Invalid

PREFIX = "/api/v1"
KEY_HEADER = "Idempotency-Key"
REPEATED_HEADER = "Idempotent-Replayed"
KEY_LENGTH = 255

Asked = ParamSpec("Asked")
Shown = TypeVar("Shown", bound="BaseModel | HttpResponseBase | None")
View = Callable[Concatenate[ApiRequest, Asked], Shown]

READ_REFUSALS = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY)
WRITE_REFUSALS = (
    HTTPStatus.BAD_REQUEST,
    *READ_REFUSALS,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
_KEY_DESCRIPTION = (
    "A key of your own for this request, such as a uuid. The same request under the same key is done once, and "
    "answered alike for two days; another request under it is refused."
)
_KEY_PARAMETER = {
    "in": "header",
    "name": KEY_HEADER,
    "required": False,
    "schema": {"type": "string", "maxLength": KEY_LENGTH, "pattern": "^[ -~]*$"},
    "description": _KEY_DESCRIPTION,
}


class IdempotencyKeyUnfit(Invalid):
    """The key is longer than 255 characters, or holds more than plain printable ones."""


class Endpoints:
    """The endpoints of one area, under one heading of the description. `area` None: any token reaches them."""

    def __init__(self, area: Area | None, tag: str) -> None:
        self.area = area
        self.router = Router(tags=[tag])

    def read(
        self,
        path: str,
        *,
        method: str = "GET",
        media_type: str = "",
        area: Area | None = None,
        refusals: Iterable[HTTPStatus] = (),
    ) -> Callable[[View[Asked, Shown]], View[Asked, Shown]]:
        """An endpoint that shows something. `media_type` is that of a file; else the type of the answer is JSON's.

        Only what is asked with more than an address holds is a POST; it writes nothing either.
        """

        def wrap(view: View[Asked, Shown]) -> View[Asked, Shown]:
            @wraps(view)
            def answer(request: ApiRequest, *args: Asked.args, **kwargs: Asked.kwargs) -> HttpResponseBase:
                shown = view(request, *args, **kwargs)
                return shown if isinstance(shown, HttpResponseBase) else _respond(_answer(shown, HTTPStatus.OK, ""))

            described = _described((*(READ_REFUSALS if method == "GET" else WRITE_REFUSALS), *refusals))
            if media_type:
                file = {media_type: {"schema": {"type": "string", "format": "binary"}}}
                described["responses"][200] = {"description": "The file.", "content": file}
            self._add(path, method, view, answer, Token(area or self.area, Access.READ), HTTPStatus.OK, described)
            return view

        return wrap

    def write(
        self,
        method: str,
        path: str,
        *,
        status: HTTPStatus = HTTPStatus.OK,
        at: str = "",
        media_type: str = JSON,
        area: Area | None = None,
        shown_once: Collection[str] = (),
    ) -> Callable[[View[Asked, Shown]], View[Asked, Shown]]:
        """An endpoint that changes something, in one transaction. `at` is where what it made is found: `/orders/{id}`
        is filled in from the answer. Fields that are `shown_once` are not kept for the same request sent again."""

        def wrap(view: View[Asked, Shown]) -> View[Asked, Shown]:
            @wraps(view)
            def answer(request: ApiRequest, *args: Asked.args, **kwargs: Asked.kwargs) -> HttpResponseBase:
                return _respond(_once(request, lambda: _answer(view(request, *args, **kwargs), status, at), shown_once))

            described = _described(WRITE_REFUSALS)
            described["parameters"] = [_KEY_PARAMETER]
            token = Token(area or self.area, Access.WRITE, media_type)
            self._add(path, method, view, answer, token, status, described)
            return view

        return wrap

    def _add(
        self,
        path: str,
        method: str,
        view: Callable[..., Any],
        answer: Callable[..., Any],
        token: Token,
        status: HTTPStatus,
        described: dict[str, Any],
    ) -> None:
        shown = get_type_hints(view)["return"]
        has_model = inspect.isclass(shown) and issubclass(shown, BaseModel)
        if shown is type(None):
            status = HTTPStatus.NO_CONTENT
        self.router.add_api_operation(
            path,
            [method],
            answer,
            auth=token,
            response={int(status): shown if has_model else None},
            operation_id=view.__name__,
            summary=(view.__doc__ or "").strip().splitlines()[0].rstrip("."),
            openapi_extra={**described, "x-scope": token.scope},
        )


def _described(refusals: Iterable[HTTPStatus]) -> dict[str, Any]:
    problem = {PROBLEM: {"schema": {"$ref": "#/components/schemas/ProblemShown"}}}
    return {"responses": {int(each): {"description": each.phrase, "content": problem} for each in refusals}}


def _answer(shown: object, status: HTTPStatus, at: str) -> Answer:
    if shown is None:
        return Answer(HTTPStatus.NO_CONTENT, "")
    assert isinstance(shown, BaseModel)
    headers = {"Location": PREFIX + at.format_map(_Fields(shown))} if at else {}
    return Answer(status, shown.model_dump_json(), headers)


class _Fields(dict[str, Any]):
    """The fields of an answer by name."""

    def __init__(self, shown: BaseModel) -> None:
        super().__init__((name, getattr(shown, name)) for name in type(shown).model_fields)


def _respond(answer: Answer) -> HttpResponse:
    headers: Mapping[str, str] = {**answer.headers, **({REPEATED_HEADER: "true"} if answer.is_repeated else {})}
    if answer.status == HTTPStatus.NO_CONTENT:
        response = HttpResponse(status=answer.status, headers=headers)
        del response["Content-Type"]
        return response
    return HttpResponse(answer.body, status=answer.status, content_type=JSON, headers=headers)


def _once(request: ApiRequest, do: Callable[[], Answer], shown_once: Collection[str]) -> Answer:
    key = request.headers.get(KEY_HEADER, "")
    if not key:
        return do()
    if len(key) > KEY_LENGTH or not (key.isascii() and key.isprintable()):
        raise IdempotencyKeyUnfit(
            _("An %(header)s has at most %(length)s plain printable characters.")
            % {"header": KEY_HEADER, "length": KEY_LENGTH}
        )
    in_full: list[Answer] = []

    def do_and_keep() -> Answer:
        in_full.append(do())
        return _without(in_full[0], shown_once)

    kept = answer_once(
        owner_id=request.token.pk,
        asked=f"{request.method} {request.path}",
        key=key,
        request_hash=_hash_of(request),
        now=request.now,
        answer=do_and_keep,
    )
    return in_full[0] if in_full else kept


def _without(answer: Answer, fields: Collection[str]) -> Answer:
    """The answer with nothing in these fields."""
    if not fields:
        return answer
    return replace(answer, body=json.dumps({**json.loads(answer.body), **dict.fromkeys(fields)}))


def _hash_of(request: ApiRequest) -> str:
    """Tells the same request from another."""
    if request.content_type != JSON and request.FILES:
        return hash_of_form(request)
    return hashlib.sha256(request.META.get("QUERY_STRING", "").encode() + request.body).hexdigest()
