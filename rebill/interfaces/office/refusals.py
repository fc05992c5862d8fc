"""How the office says no: beside the cause where there is one, as a page where there is none."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from rebill.interfaces.office.toasts import note
from rebill.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refused, reason_of

STATUS: dict[type[Refused], int] = {NotFound: 404, Forbidden: 403, Conflict: 409, Invalid: 422}


def status_of(refusal: Refused) -> int:
    """The HTTP status of a refusal."""
    return next(status for kind, status in STATUS.items() if isinstance(refusal, kind))


def refuse(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The answer to a request that was refused.

    A form that was posted goes back to the page it came from, which says why on top: what was asked contradicts a rule
    or the present state, and the page shows that state. Pages with fields catch what concerns a field themselves.
    """
    status = status_of(refusal)
    came_from = request.META.get("HTTP_REFERER", "")
    if request.method == "POST" and status in (409, 422) and _is_ours(request, came_from):
        note(request, reason_of(refusal))
        return redirect(came_from)
    return render(request, "office/refused.html", {"refusal": refusal, "status": status}, status=status)


def _is_ours(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
