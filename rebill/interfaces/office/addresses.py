"""Addresses that views of several areas lead to."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.urls import reverse

from rebill.interfaces.office.page import OfficeRequest


def customer_address(request: OfficeRequest, customer_id: int) -> str:
    """The page of a customer."""
    return reverse("office:customer", args=[request.seller.slug, customer_id])


def subscription_address(request: OfficeRequest, uuid: UUID) -> str:
    """The page of a subscription."""
    return reverse("office:subscription", args=[request.seller.slug, uuid])


def addresses_by_id(name: str, *before: Any) -> Callable[[int], str]:
    """The address of each row of a list, when the row's id is the last of its parts; looked up once for all of them."""
    start, _, end = reverse(name, args=[*before, 0]).rpartition("0")
    return lambda row_id: f"{start}{row_id}{end}"


def way_back(request: OfficeRequest) -> str:
    """The page that a form or an address names as `back`, if it is one of this seller's; else empty."""
    asked = request.POST.get("back") or request.GET.get("back", "")
    return asked if asked.startswith(f"/s/{request.seller.slug}/") else ""
