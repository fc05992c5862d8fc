"""Endpoints of calls: whose an account, a trunk, a number or a range of numbers is."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Day, Id, Line, Search, Shown, with_example
from rebill.parties.queries import customer_of
from rebill.sources.usage.commands import add_endpoint, end_endpoint
from rebill.sources.usage.models import Endpoint, EndpointKind
from rebill.sources.usage.queries.endpoints import endpoints_of

call_endpoints = Endpoints(Area.SUBSCRIPTIONS, "Endpoints")

KindName = Literal["account", "trunk", "number", "range"]


class EndpointShown(Shown):
    """An endpoint. Numbers are E.164 digits; what is no number of a country stands behind an equals sign."""

    id: int
    customer_id: int
    kind: KindName
    value: str
    value_to: str = Field(description="The last number of a range.")
    valid_from: date
    valid_before: date | None


class NewEndpoint(Body):
    """An endpoint of a customer, with numbers as people write them."""

    model_config = with_example(
        {"customer_id": 1001, "kind": "number", "value": "050-1234567", "valid_from": "2026-09-01"}
    )

    customer_id: Id
    kind: KindName
    value: Line
    value_to: Line = Field("", description="The last number of a range.")
    valid_from: Day
    valid_before: Day | None = Field(None, description="The first day it is the customer's no more.")


class EndpointEnd(Body):
    """When an endpoint ends."""

    model_config = with_example({"valid_before": "2027-10-01"})

    valid_before: Day = Field(description="The first day it is nobody's.")


class Wanted(Paging):
    """Which endpoints."""

    customer_id: Id | None = None
    search: Search = Field("", description="A part of the number or name, or the customer.")


def show_endpoint(endpoint: Endpoint) -> EndpointShown:
    """The endpoint as an answer says it."""
    return EndpointShown.model_validate(
        {
            "id": endpoint.pk,
            "customer_id": endpoint.customer_id,
            "kind": endpoint.kind,
            "value": endpoint.value,
            "value_to": endpoint.value_to,
            "valid_from": endpoint.valid_from,
            "valid_before": endpoint.valid_before,
        }
    )


@call_endpoints.read("/endpoints")
def list_endpoints(request: ApiRequest, wanted: Annotated[Wanted, Query()]) -> Page[EndpointShown]:
    """List the endpoints, of all customers or of one."""
    if wanted.customer_id is not None:
        customer_of(request.acting, wanted.customer_id)
    found = endpoints_of(request.acting, customer_id=wanted.customer_id, search=wanted.search)
    return page_of(found, wanted, each(show_endpoint))


@call_endpoints.write("POST", "/endpoints", status=HTTPStatus.CREATED)
def add_call_endpoint(request: ApiRequest, body: NewEndpoint) -> EndpointShown:
    """Say that calls of an endpoint are a customer's from a day on."""
    endpoint = add_endpoint(
        acting=request.acting,
        customer_id=body.customer_id,
        kind=EndpointKind(body.kind),
        value=body.value,
        value_to=body.value_to,
        valid_from=body.valid_from,
        valid_before=body.valid_before,
        now=request.now,
    )
    return show_endpoint(endpoint)


@call_endpoints.write("POST", "/endpoints/{endpoint_id}/end")
def end_call_endpoint(request: ApiRequest, endpoint_id: Id, body: EndpointEnd) -> EndpointShown:
    """End an endpoint before a day."""
    endpoint = end_endpoint(
        acting=request.acting, endpoint_id=endpoint_id, valid_before=body.valid_before, now=request.now
    )
    return show_endpoint(endpoint)
