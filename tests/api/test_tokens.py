"""Tokens: who makes them, how far they reach, and when they stop."""

from datetime import timedelta

import pytest

from rebill.access.acting import Role
from rebill.access.scopes import ALL_SCOPES
from rebill.interfaces.jobs import read_clock
from rebill.kit.errors import Forbidden
from rebill.kit.models import KeptAnswer
from rebill.parties.commands import create_token, grant_role, revoke_role, revoke_token
from rebill.parties.entries import EntryRefused
from rebill.parties.models import ApiToken
from rebill.parties.queries import acting_for
from rebill.parties.tokens import TokenUnknown, tokens_of
from tests.api.conftest import Program
from tests.factories import NOW, acting_of, events_of, make_seller, make_user


def test_without_a_token_nothing_is_answered(db):
    answer = Program().get("/customers")

    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_the_secret_is_not_kept(seller, owner):
    token, secret = create_token(
        acting=acting_for(owner, "waterkant"), name="Webshop", scopes=["parties:read"], now=NOW
    )

    row = ApiToken.objects.values().get(pk=token.pk)
    assert secret.startswith("rb_")
    assert secret.startswith(token.prefix)
    assert secret not in str(row)
    assert secret not in str(events_of(seller))
    assert events_of(seller)[-1]["details"] == {
        "name": "Webshop", "prefix": token.prefix, "scopes": ["parties:read"],
    }  # fmt: skip


def test_a_scope_that_is_missing_is_named(program_of):
    reader = program_of(scopes=("parties:read",))

    assert reader.get("/customers").status_code == 200
    answer = reader.post("/customers", {"name": "De Vries"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert "parties:write" in answer.json()["detail"]


def test_who_may_write_may_read(program_of):
    assert program_of(scopes=("parties:write",)).get("/customers").status_code == 200


def test_a_token_can_do_no_more_than_its_user(program_of):
    viewer = program_of(Role.VIEWER)

    answer = viewer.post("/customers", {"name": "De Vries"})

    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_losing_the_role_takes_the_power_at_once(seller, owner):
    user = make_user("sander")
    grant_role(acting=acting_of(seller), user=user, role=Role.CLERK, now=NOW)
    _, secret = create_token(acting=acting_for(user, "waterkant"), name="Test", scopes=["parties:read"], now=NOW)
    assert Program(secret).get("/customers").status_code == 200

    revoke_role(acting=acting_of(seller), user=user, now=NOW)

    answer = Program(secret).get("/customers")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_refused")


def test_a_user_who_may_not_sign_in_has_no_tokens_either(program, owner):
    owner.is_active = False
    owner.save()

    assert program.get("/customers").status_code == 401


def test_a_revoked_token_lets_nobody_in(program, seller):
    revoke_token(acting=acting_of(seller), token_id=ApiToken.objects.get().pk, now=NOW)

    answer = program.get("/customers")

    assert (answer.status_code, answer.json()["detail"]) == (401, "The token was revoked.")


def test_a_token_expires(seller, owner):
    _, secret = create_token(
        acting=acting_for(owner, "waterkant"),
        name="Test",
        scopes=["parties:read"],
        now=NOW,
        expires_at=NOW + timedelta(seconds=1),
    )

    answer = Program(secret).get("/customers")

    assert (answer.status_code, answer.json()["detail"]) == (401, "The token has expired.")


def test_use_is_noted_once_a_minute(program, django_assert_num_queries):
    program.get("/customers")
    first = ApiToken.objects.get().last_used_at

    with django_assert_num_queries(2):
        program.get("/customers")

    assert first is not None
    assert ApiToken.objects.get().last_used_at == first


def test_one_sees_and_revokes_ones_own_tokens_and_an_owner_those_of_all(seller, owner):
    user = make_user("sander")
    grant_role(acting=acting_of(seller), user=user, role=Role.CLERK, now=NOW)
    his, hers = acting_for(user, "waterkant"), acting_for(owner, "waterkant")
    own, _ = create_token(acting=his, name="His", scopes=["parties:read"], now=NOW)
    other, _ = create_token(acting=hers, name="Hers", scopes=["parties:read"], now=NOW)

    assert list(tokens_of(his)) == [own]
    assert list(tokens_of(hers)) == [other, own]
    with pytest.raises(TokenUnknown):
        revoke_token(acting=his, token_id=other.pk, now=NOW)
    assert revoke_token(acting=hers, token_id=own.pk, now=NOW).revoked_at == NOW


def test_the_tokens_of_another_seller_are_not_there(seller, owner):
    token, _ = create_token(acting=acting_for(owner, "waterkant"), name="His", scopes=["parties:read"], now=NOW)

    with pytest.raises(TokenUnknown):
        revoke_token(acting=acting_of(make_seller("noordwal")), token_id=token.pk, now=NOW)


@pytest.mark.parametrize("scopes", [[], ["parties"], ["parties:read", "everything"]])
def test_a_scope_that_is_none_is_refused(seller, owner, scopes):
    with pytest.raises(EntryRefused, match="scopes"):
        create_token(acting=acting_for(owner, "waterkant"), name="Test", scopes=scopes, now=NOW)


def test_the_timetable_has_no_tokens(seller):
    with pytest.raises(Forbidden):
        create_token(acting=acting_of(seller, role=Role.VIEWER), name="Test", scopes=["parties:read"], now=NOW)


# --- tokens over the API ----------------------------------------------------------------------------------------------


def test_a_program_makes_itself_a_narrower_token(program, seller):
    answer = program.post("/tokens", {"name": "Webwinkel", "scopes": ["parties:read"]})

    made = answer.json()
    assert answer.status_code == 201
    assert made["secret"].startswith(made["prefix"])
    assert Program(made["secret"]).get("/customers").status_code == 200
    assert Program(made["secret"]).get("/products").json()["code"] == "scope_missing"
    assert "secret" not in program.get("/tokens").json()["items"][0]


@pytest.mark.parametrize("scopes", [["parties:write"], ["settings:write", "exports:read"], list(ALL_SCOPES)])
def test_a_token_makes_none_that_reaches_further(program_of, scopes):
    keeper = program_of(scopes=("settings:write", "parties:read"))

    answer = keeper.post("/tokens", {"name": "More", "scopes": scopes})

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert not ApiToken.objects.filter(name="More").exists()


def test_who_may_write_an_area_may_give_reading_on(program_of):
    keeper = program_of(scopes=("settings:write",))

    assert keeper.post("/tokens", {"name": "Reader", "scopes": ["settings:read"]}).status_code == 201


def test_a_token_makes_none_that_lasts_longer(seller, owner):
    ends = read_clock() + timedelta(days=30)
    _, secret = create_token(
        acting=acting_for(owner, seller.slug), name="Short", scopes=ALL_SCOPES, expires_at=ends, now=NOW
    )

    later = (ends + timedelta(days=1)).isoformat()
    Program(secret).post("/tokens", {"name": "Longer", "scopes": ["parties:read"], "expires_at": later})
    Program(secret).post("/tokens", {"name": "Forever", "scopes": ["parties:read"]})

    assert {token.expires_at for token in ApiToken.objects.filter(name__in=("Longer", "Forever"))} == {ends}


def test_the_secret_is_told_once_and_not_kept_with_the_answer(program):
    body = {"name": "Webwinkel", "scopes": ["parties:read"]}

    first = program.post("/tokens", body, key="t-1").json()
    second = program.post("/tokens", body, key="t-1").json()

    assert ApiToken.objects.filter(name="Webwinkel").count() == 1
    assert second == {**first, "secret": None}
    assert first["secret"] not in KeptAnswer.objects.get().body


def test_a_program_revokes_its_users_tokens_and_nobody_elses(program_of, seller):
    clerk, other = program_of(Role.CLERK), program_of(Role.CLERK)
    theirs = ApiToken.objects.order_by("-id")[0].pk
    made = clerk.post("/tokens", {"name": "Webwinkel", "scopes": ["parties:read"]}).json()

    assert clerk.delete(f"/tokens/{theirs}").json()["code"] == "token_unknown"
    assert clerk.delete(f"/tokens/{made['id']}").status_code == 204
    assert Program(made["secret"]).get("/customers").json()["code"] == "token_refused"
    assert other.get("/customers").status_code == 200
