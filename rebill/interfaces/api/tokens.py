"""Tokens of programs: which there are, a new one within the reach of the one that asks, and the end of one."""

from datetime import datetime
from http import HTTPStatus

from django.utils.translation import gettext as _
from pydantic import AwareDatetime, Field

from rebill.access.scopes import Area, is_within_all
from rebill.interfaces.api.caller import ApiRequest, ScopeMissing
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Body, Id, Line, Shown, with_example
from rebill.parties import commands
from rebill.parties.models import ApiToken
from rebill.parties.tokens import tokens_of

tokens = Endpoints(Area.SETTINGS, "Tokens")


class TokenShown(Shown):
    """A token, without its secret, which is not kept."""

    id: int
    user_id: int
    name: str
    prefix: str = Field(description="How its secret begins, to tell it from others.")
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenMade(TokenShown):
    """A new token, with its secret, this once."""

    secret: str | None = Field(description="Shown once; null where the same request is answered again.")


class NewToken(Body):
    """What a program is called, how far its token reaches, and until when."""

    model_config = with_example({"name": "Webshop", "scopes": ["parties:write", "subscriptions:write"]})

    name: Line
    scopes: list[Line]
    expires_at: AwareDatetime | None = Field(None, description="As the token that asks, unless said.")


def show_token(token: ApiToken) -> TokenShown:
    """The token as an answer says it."""
    return TokenShown.model_validate(token, from_attributes=True)


@tokens.read("/tokens")
def list_tokens(request: ApiRequest, paging: Paged) -> Page[TokenShown]:
    """List the tokens of the user, or of everybody if the user keeps the users; the newest first."""
    return page_of(tokens_of(request.acting), paging, each(show_token), by=("-id",))


@tokens.write("POST", "/tokens", status=HTTPStatus.CREATED, shown_once=("secret",))
def create_token(request: ApiRequest, body: NewToken) -> TokenMade:
    """Make a token for the same user, which reaches no further and lasts no longer than the one that asks."""
    if not is_within_all(request.token.scopes, body.scopes):
        raise ScopeMissing(_("A token makes tokens that reach no further than itself. Leave out what it lacks."))
    least = request.token.expires_at
    expires_at = least if body.expires_at is None or (least and least < body.expires_at) else body.expires_at
    token, secret = commands.create_token(
        acting=request.acting, name=body.name, scopes=body.scopes, expires_at=expires_at, now=request.now
    )
    return TokenMade(**show_token(token).model_dump(), secret=secret)


@tokens.write("DELETE", "/tokens/{token_id}")
def revoke_token(request: ApiRequest, token_id: Id) -> None:
    """Let a token in no more: one of the user's own, or of anybody if the user keeps the users."""
    commands.revoke_token(acting=request.acting, token_id=token_id, now=request.now)
