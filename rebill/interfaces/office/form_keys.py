"""A form that is sent twice is done once: each has a key of its own, and the same key is answered alike.

An impatient hand sends a form twice, and so may a browser whose connection broke before the answer came. What is kept
is the answer that leads on to another page: then something was done. Errors beside a field, an effect that is shown
first, or a note of why nothing was done are no such answer, and the form may be sent again as it is. What htmx asks
while one types is no form that was sent.
"""

import re
from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from rebill.interfaces.office.toasts import count_notes
from rebill.interfaces.receiving import hash_of_form
from rebill.kit.answers import Answer, answer_once

FIELD = "form_key"
_KEY = re.compile(r"[0-9a-f]{32}")
# They differ each time, and say nothing of what was entered.
UNSAID = (FIELD, "csrfmiddlewaretoken")


def new_key() -> str:
    """A key for one form, as it is shown once."""
    return uuid4().hex


def answered_once(
    request: HttpRequest, *, user_id: int, now: datetime, answer: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """What `answer` gives, or where it led when this user sent the same form before.

    Of two at the same moment the second waits for the first. A form that one comes back to and fills in otherwise is
    another one, though its key is the same. The whole answer is one transaction. An answer that is a page of its own,
    though something was done, names in `Content-Location` where that stands.
    """
    key = request.POST.get(FIELD, "") if request.method == "POST" and "HX-Request" not in request.headers else ""
    if not _KEY.fullmatch(key):
        return answer()
    given: list[HttpResponseBase] = []
    noted = count_notes(request)

    def do() -> Answer | None:
        given.append(answer())
        headers = given[0].headers
        address = headers.get("Location") or headers.get("Content-Location")
        if count_notes(request) > noted:
            return None
        return Answer(given[0].status_code, "", {"Location": address}) if address else None

    said = hash_of_form(request, without=UNSAID)
    asked = f"{request.method} {request.path}"
    kept = answer_once(owner_id=user_id, asked=asked, key=key + said, request_hash=said, now=now, answer=do)
    return given[0] if given or kept is None else redirect(kept.headers["Location"])
