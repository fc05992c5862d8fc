"""Who calls: every request shows a token, and is let in as its user, for its seller, within its scopes."""

from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from rebill.access.acting import Acting
from rebill.access.scopes import Access, Area, is_within, scope_of
from rebill.interfaces.jobs import read_clock
from rebill.kit.errors import Forbidden, Invalid
from rebill.parties.commands import record_token_use
from rebill.parties.models import ApiToken, Seller
from rebill.parties.tokens import TokenRefused, caller_with
from rebill.rules.periods import local_day

JSON = "application/json"
MULTIPART = "multipart/form-data"


class ScopeMissing(Forbidden):
    """The token was made without the scope that this needs."""


class MediaTypeUnknown(Invalid):
    """The body is of another media type than the endpoint reads."""


class BodyTooLarge(Invalid):
    """The body is larger than the endpoint takes."""


class ApiRequest(HttpRequest):
    """A request of a program that showed its token."""

    token: ApiToken
    acting: Acting
    seller: Seller
    now: datetime
    today: date
    # Set by the middleware that turns every request to a language.
    LANGUAGE_CODE: str


class Token(HttpBearer):
    """Lets a request in when its token reaches so far; without an area any token does."""

    openapi_description = "A token made under Settings → Tokens, sent as `Authorization: Bearer rb_…`."

    def __init__(self, area: Area | None, access: Access, media_type: str = JSON) -> None:
        super().__init__()
        self.area = area
        self.access = access
        self.media_type = media_type

    @property
    def scope(self) -> str:
        """The scope that is asked for; empty when any will do."""
        return "" if self.area is None else scope_of(self.area, self.access)

    def __call__(self, request: HttpRequest) -> ApiToken:
        """The token of the request; what is missing, refused or too large is said before anything is read."""
        found = super().__call__(request)
        if found is None:
            raise TokenRefused(_("Send a token: Authorization: Bearer rb_…"))
        _require_readable(request, self.media_type)
        token: ApiToken = found
        return token

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """Puts who acts, for whom and when into the request."""
        request.now = now = read_clock()  # type: ignore[attr-defined]
        caller = caller_with(token, now)
        request.token = caller.token  # type: ignore[attr-defined]
        if self.area is not None:
            require_scope(request, self.area, self.access)
        record_token_use(acting=caller.acting, token=caller.token, now=now)
        request.acting, request.seller = caller.acting, caller.seller  # type: ignore[attr-defined]
        request.today = local_day(now, caller.seller.time_zone)  # type: ignore[attr-defined]
        return caller.token


def require_scope(request: HttpRequest, area: Area, access: Access) -> None:
    """Raises ScopeMissing unless the token of the request reaches so far."""
    token: ApiToken = request.token  # type: ignore[attr-defined]
    if not is_within(token.scopes, area, access):
        raise ScopeMissing(
            _("The token has no scope %(scope)s. Make one that has.") % {"scope": scope_of(area, access)}
        )


def _require_readable(request: HttpRequest, media_type: str) -> None:
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if not length or request.method in ("GET", "HEAD"):
        return
    if request.content_type != media_type:
        raise MediaTypeUnknown(
            _("The body is %(given)s; send %(media_type)s.")
            % {"given": request.content_type or _("of no type"), "media_type": media_type}
        )
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if media_type == JSON and limit is not None and length > limit:
        raise BodyTooLarge(
            _("The body has %(length)s bytes; at most %(limit)s are read. Send fewer rows, or upload a file.")
            % {"length": length, "limit": limit}
        )
