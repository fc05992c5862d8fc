"""Programs that call the API with a token: what the tests of the API work with."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from rebill.access.acting import Role
from rebill.access.models import User
from rebill.access.scopes import ALL_SCOPES
from rebill.parties.commands import create_token, grant_role
from rebill.parties.models import Seller
from rebill.parties.queries import acting_for
from tests.factories import NOW, acting_of, make_seller, make_user

PREFIX = "/api/v1"


@dataclass
class Program:
    """A program with a token, or without one. Its answers are Django's, with `.json()`."""

    secret: str = ""

    def __post_init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def ask(self, method: str, path: str, body: Any = None, *, key: str = "", **headers: str):
        """The answer to this request; `key` is its Idempotency-Key."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.secret:
            sent["Authorization"] = f"Bearer {self.secret}"
        if key:
            sent["Idempotency-Key"] = key
        content = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return self.client.generic(method, PREFIX + path, headers=sent, **content)

    def get(self, path: str, **headers: str):
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, *, key: str = "", **headers: str):
        return self.ask("POST", path, body, key=key, **headers)

    def patch(self, path: str, body: Any, *, key: str = ""):
        return self.ask("PATCH", path, body, key=key)

    def put(self, path: str, body: Any, *, key: str = ""):
        return self.ask("PUT", path, body, key=key)

    def delete(self, path: str, *, key: str = ""):
        return self.ask("DELETE", path, key=key)

    def upload(self, path: str, *, key: str = "", **fields: Any):
        """Sends a form with files."""
        sent = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        sent |= {"Idempotency-Key": key} if key else {}
        return self.client.post(PREFIX + path, fields, headers=sent)


@pytest.fixture
def owner(db) -> User:
    """Marit de Boer, who owns the seller of `seller`."""
    return make_user("marit", full_name="Marit de Boer")


@pytest.fixture
def seller(owner: User) -> Seller:
    return make_seller("waterkant", owner=owner, name="Waterkant Groep")


@pytest.fixture
def program_of(seller: Seller) -> Callable[..., Program]:
    """Makes a program that acts as a user of the seller in this role, within these scopes."""

    def made(role: Role = Role.OWNER, scopes: tuple[str, ...] = ALL_SCOPES) -> Program:
        user = make_user()
        grant_role(acting=acting_of(seller), user=user, role=role, now=NOW)
        _, secret = create_token(acting=acting_for(user, seller.slug), name="Test", scopes=scopes, now=NOW)
        return Program(secret)

    return made


@pytest.fixture
def program(owner: User, seller: Seller) -> Program:
    """A program that acts as the owner and may do all that an owner may."""
    _, secret = create_token(acting=acting_for(owner, seller.slug), name="Test", scopes=ALL_SCOPES, now=NOW)
    return Program(secret)
