"""Reads of endpoints: whose they are, and the frame by which calls find their owners."""

from collections.abc import Collection
from datetime import date

import polars as pl
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import read_rows
from rebill.kit.errors import NotFound
from rebill.sources.usage.models import Endpoint
from rebill.sources.usage.months import start_of

# Where an endpoint has no end.
FOREVER_S = 2**53


class EndpointUnknown(NotFound):
    """The seller has no such endpoint."""


def endpoints_of(acting: Acting, *, customer_id: int | None = None, search: str = "") -> QuerySet[Endpoint]:
    """The seller's endpoints, or those of one customer; `search` is a part of the value or names the customer."""
    require(acting, Permission.READ)
    rows = Endpoint.objects.filter(seller_id=acting.seller_id).select_related("customer")
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if search:
        text = search.strip()
        named = Q(customer__name__icontains=text) | Q(customer__number=text)
        rows = rows.filter(Q(value__icontains=text.removeprefix("+")) | Q(value_to__icontains=text) | named)
    return rows.order_by("kind", "value", "valid_from", "id")


def endpoint_of(acting: Acting, endpoint_id: int) -> Endpoint:
    """The seller's endpoint with this id."""
    endpoint = endpoints_of(acting).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointUnknown(_("There is no endpoint %(id)s.") % {"id": endpoint_id})
    return endpoint


def endpoints_from(*, customer_id: int, on: date) -> list[Endpoint]:
    """The endpoints that are the customer's on the day or later; the caller knows the customer to be of its chain."""
    rows = Endpoint.objects.filter(customer_id=customer_id)
    return list(rows.filter(Q(valid_before__isnull=True) | Q(valid_before__gt=on)).order_by("id"))


def as_written(value: str) -> str:
    """A kept number as people write it in any country: with a plus before its digits."""
    return f"+{value}" if value.isdecimal() else value


def endpoint_frame(seller_ids: Collection[int]) -> pl.DataFrame:
    """The endpoints of these sellers as `schema.ENDPOINTS`; the days are those of each seller's time zone."""
    rows = read_rows(
        Endpoint.objects.filter(seller_id__in=list(seller_ids)).order_by("kind", "value", "valid_from", "id"),
        "kind", "value", "value_to", "valid_from", "valid_before", "customer_id", "seller__time_zone",
    )  # fmt: skip
    told = [
        (kind, value, value_to, start_of(begins, zone), FOREVER_S if ends is None else start_of(ends, zone), owner)
        for kind, value, value_to, begins, ends, owner, zone in rows
    ]
    columns = {
        "kind": pl.String, "value": pl.String, "value_to": pl.String, "from_s": pl.Int64, "before_s": pl.Int64,
        "owner_id": pl.Int64,
    }  # fmt: skip
    return pl.DataFrame(told, schema=columns, orient="row")
