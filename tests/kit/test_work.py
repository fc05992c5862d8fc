"""Long work: asked for once, watched, done once, and refused in words."""

from datetime import date

import pytest

from rebill.interfaces.work.doing import ask, do_work
from rebill.kit.errors import NotFound
from rebill.kit.models import WorkState
from rebill.kit.work import under_way, work_of
from rebill.runs.models import Run
from tests.factories import NOW, acting_of, make_seller

pytestmark = pytest.mark.django_db


def asked(acting, **request):
    return ask(acting=acting, kind="prepare", request={"billed_on": "2026-09-01", **request}, now=NOW)


def test_work_waits_is_done_and_tells_what_it_came_to():
    acting = acting_of(make_seller())
    work = asked(acting)
    assert under_way(seller_id=acting.seller_id, kind="prepare", billed_on="2026-09-01") == work

    do_work(str(work.id))

    done = work_of(seller_id=acting.seller_id, work_id=work.id)
    assert done.state == WorkState.DONE
    assert done.result["run"] == Run.objects.get(billed_on=date(2026, 9, 1)).pk
    assert under_way(seller_id=acting.seller_id, kind="prepare") is None


def test_work_that_is_handed_out_twice_is_done_once():
    acting = acting_of(make_seller())
    work = asked(acting)
    do_work(str(work.id))
    first = work_of(seller_id=acting.seller_id, work_id=work.id)

    assert do_work(str(work.id)) == "It was done already."

    assert work_of(seller_id=acting.seller_id, work_id=work.id).finished_at == first.finished_at


def test_who_lost_the_role_since_is_refused_in_words():
    seller = make_seller()
    acting = acting_of(seller)
    work = asked(acting)
    seller.memberships.all().delete()

    do_work(str(work.id))

    refused = work_of(seller_id=acting.seller_id, work_id=work.id)
    assert refused.state == WorkState.REFUSED
    assert "There is no seller" in refused.words


def test_the_work_of_another_seller_is_not_found():
    work = asked(acting_of(make_seller()))

    with pytest.raises(NotFound):
        work_of(seller_id=acting_of(make_seller()).seller_id, work_id=work.id)
