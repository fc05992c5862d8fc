"""Version 1 of the API: its endpoints by area, its refusals, and the description of both for programs."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase, JsonResponse
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from rebill.interfaces.api.bundles import bundles, peaks
from rebill.interfaces.api.call_endpoints import call_endpoints
from rebill.interfaces.api.call_files import files
from rebill.interfaces.api.call_invoices import call_invoices
from rebill.interfaces.api.changes import changes
from rebill.interfaces.api.charges import charges
from rebill.interfaces.api.checks import checks
from rebill.interfaces.api.customers import contacts, customers
from rebill.interfaces.api.dealers import dealers
from rebill.interfaces.api.decks import decks
from rebill.interfaces.api.dispatches import batches, dispatches
from rebill.interfaces.api.draft_edits import edits
from rebill.interfaces.api.draft_selections import selections
from rebill.interfaces.api.drafts import drafts
from rebill.interfaces.api.events import events
from rebill.interfaces.api.exports import exports
from rebill.interfaces.api.figures import figures
from rebill.interfaces.api.imports import imports
from rebill.interfaces.api.invoices import invoices
from rebill.interfaces.api.line_exports import line_exports
from rebill.interfaces.api.lines import lines
from rebill.interfaces.api.look import looks
from rebill.interfaces.api.margins import margin_figures
from rebill.interfaces.api.members import members
from rebill.interfaces.api.orders import orders
from rebill.interfaces.api.parsing import StrictParser
from rebill.interfaces.api.previews import previews
from rebill.interfaces.api.prices import plans, prices
from rebill.interfaces.api.problems import HANDLERS, ProblemShown, answer_own
from rebill.interfaces.api.products import products
from rebill.interfaces.api.purchase_billing import passing
from rebill.interfaces.api.purchase_files import purchase_files
from rebill.interfaces.api.purchase_rows import purchased_rows
from rebill.interfaces.api.purchases import purchases
from rebill.interfaces.api.rate_imports import rate_imports
from rebill.interfaces.api.ratings import ratings
from rebill.interfaces.api.resale import resale
from rebill.interfaces.api.runs import runs
from rebill.interfaces.api.sellers import sellers
from rebill.interfaces.api.subscriptions import subscriptions
from rebill.interfaces.api.suppliers import suppliers
from rebill.interfaces.api.switches import switches
from rebill.interfaces.api.tab_holders import holders
from rebill.interfaces.api.tabs import tabs
from rebill.interfaces.api.till import till
from rebill.interfaces.api.tokens import tokens
from rebill.interfaces.api.usage import usage
from rebill.interfaces.api.work import works

DESCRIPTION = (
    "Everything that rebill's office does, for programs. Amounts, prices and quantities are texts, days are ISO 8601, "
    "lists come in pages by cursor, writes take an Idempotency-Key, and what is refused is a problem of RFC 9457."
)

api = NinjaAPI(
    title="rebill",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
)
for kind, handler in HANDLERS.items():
    api.add_exception_handler(kind, handler)
# In the order of the description: what stands before the rest, then the way from what is sold to what is handed over.
AREAS = (
    sellers, looks, members, tokens, customers, contacts, dealers, products, plans, prices, resale, decks,
    rate_imports, peaks, bundles, orders, previews, subscriptions,
    changes, lines, tabs, holders, till, purchases, purchase_files,
    purchased_rows, passing, suppliers, ratings, usage, charges, runs, selections, drafts,
    edits, invoices,
    figures, dispatches, batches, exports, line_exports, margin_figures,
    imports, switches, call_endpoints, files, call_invoices, events, checks, works,
)  # fmt: skip
for endpoints in AREAS:
    api.add_router("", endpoints.router)


@lru_cache(maxsize=1)
def describe_api() -> OpenAPISchema:
    """The OpenAPI description of every endpoint."""
    description = api.get_openapi_schema(path_prefix="/api/v1/")
    problem = ProblemShown.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    schemas: dict[str, Any] = description["components"]["schemas"]
    schemas |= problem.pop("$defs")
    schemas["ProblemShown"] = problem
    return description


def show_description(request: HttpRequest) -> HttpResponse:
    """The description as JSON; it needs no token."""
    return JsonResponse(describe_api())


def show_nothing(request: HttpRequest) -> HttpResponse:
    """An address that leads nowhere, in the words of the API."""
    return answer_own("nothing_here")


def _in_our_words(pattern: Any) -> Any:
    """The endpoint, with the answer to an unknown method as a problem too."""
    view = pattern.callback

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = view(request, *args, **kwargs)
        if isinstance(response, HttpResponseNotAllowed):
            return answer_own("method_unknown", Allow=", ".join(sorted(response.headers["Allow"].split(", "))))
        return response

    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return URLPattern(pattern.pattern, answer, pattern.default_args, pattern.name)


urlpatterns = [
    path("", show_nothing),
    path("openapi.json", show_description, name="openapi"),
    *(_in_our_words(pattern) for pattern in api.urls[0]),
    re_path("", show_nothing),
]
