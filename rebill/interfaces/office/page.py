"""What every page of the office begins with: who acts, for which seller, at which moment; and how it refuses."""

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django_htmx.middleware import HtmxDetails

from rebill.access.acting import PERMISSIONS, Acting, Permission, require
from rebill.access.models import User
from rebill.interfaces.jobs import read_clock
from rebill.interfaces.office.form_keys import answered_once
from rebill.interfaces.office.refusals import refuse
from rebill.kit.errors import Refused
from rebill.parties.models import Seller
from rebill.parties.queries import acting_with_sellers
from rebill.rules.periods import local_day

Asked = ParamSpec("Asked")


class OfficeRequest(HttpRequest):
    """A request of a signed-in user who acts for a seller."""

    user: User
    htmx: HtmxDetails
    acting: Acting
    seller: Seller
    # Every seller the user may act for: to switch to another one.
    sellers: list[Seller]
    now: datetime
    today: date
    # What the user's role permits, for templates: {% if "approve" in request.may %}
    may: frozenset[str]


View = Callable[Concatenate[OfficeRequest, Asked], HttpResponseBase]


def page(
    permission: Permission = Permission.READ, *, sent_once: bool = True
) -> Callable[[View[Asked]], Callable[..., HttpResponseBase]]:
    """Wraps a page: `@page()`, or `@page(Permission.APPROVE)` for one that a role may not even open.

    Its address begins with the seller's slug. Nobody signed in: to the log-in. A seller of others, or an id of theirs:
    not found. What a command refuses is shown where it was asked for; see `office/refusals.py`. A form that is sent
    twice is done once (`office/form_keys.py`), unless `sent_once` says that the view sees to that itself: because it
    may not stand in one transaction.
    """

    def wrap(view: View[Asked]) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def answer(request: HttpRequest, seller: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            office = cast(OfficeRequest, request)
            try:
                office.acting, office.seller, office.sellers = acting_with_sellers(office.user, seller)
                office.may = frozenset(each.value for each in PERMISSIONS[office.acting.role])
                office.now = read_clock()
                office.today = local_day(office.now, office.seller.time_zone)
                require(office.acting, permission)
                if not sent_once:
                    return view(office, *args, **kwargs)
                return answered_once(
                    request, user_id=office.user.pk, now=office.now, answer=lambda: view(office, *args, **kwargs)
                )
            except Refused as refusal:
                return refuse(request, refusal)

        # Read by the test that walks all addresses: what is not wrapped has to say why.
        answer.permission = permission  # type: ignore[attr-defined]
        return answer

    return wrap
