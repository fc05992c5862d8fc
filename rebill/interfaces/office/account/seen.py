"""When a session was last seen: noted once an hour, so that looking at pages writes nothing.

On SQLite there is one writer: a page that wrote would wait for every run that is being prepared.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.http import HttpRequest, HttpResponse

from rebill.interfaces.jobs import read_clock

_KEY = "office.seen_at"
NOTED_EVERY = timedelta(hours=1)


class SeenMiddleware:
    """Lets allauth note the session's address, browser and time, now and then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.noting = UserSessionsMiddleware(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, last = read_clock(), request.session.get(_KEY, "")
        if last and now - datetime.fromisoformat(last) < NOTED_EVERY:
            return self.get_response(request)
        request.session[_KEY] = now.isoformat()
        response: HttpResponse = self.noting(request)
        return response
