"""Whose failures are counted together: the address that was typed in, whatever its capitals."""

from typing import Any

from django.http import HttpRequest


def name_of(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The address somebody tried to sign in with; empty when none was sent."""
    tried = (credentials or {}).get("email") or (request.POST.get("login", "") if request is not None else "")
    return str(tried).strip().lower()
