"""Rated calls in the office: what has no price, what another rating would change, and the calls behind an invoice."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from rebill.access.acting import Role
from rebill.kit.models import Work
from rebill.sources.usage.commands import take_rating
from rebill.sources.usage.models import Rating, RatingState
from tests.factories import NOW, make_customer
from tests.office.world import World
from tests.usage.world import Made, Partner


@pytest.fixture
def world(seller, owner) -> World:
    return World("kadehuis", "Rederij Nauta", owner=owner)


@pytest.fixture
def kade(office, world):
    return office


def test_months_of_calls_say_what_has_to_be_mended(office, seller):
    partner = Partner(seller=seller)
    partner.rate("316", "0.06")
    nauta = make_customer(seller, name="Rederij Nauta")
    partner.give_number(nauta, "31201234567")
    partner.take(
        [
            Made("31201234567", "31612345678", "2026-10-05T09:00", 60),
            Made("31201234567", "88216123456", "2026-10-05T09:00", 60),
            Made("31209999999", "31612345678", "2026-10-05T09:00", 60),
        ]
    )
    rating = partner.rate_month()

    listed = office.get("/s/waterkant/calls/ratings/").content.decode()
    shown = office.get(f"/s/waterkant/calls/ratings/{rating.pk}/").content.decode()

    assert "To mend" in listed
    assert "3 calls: 1 with a price, 1 without one, 1 nobody’s." in shown
    assert "Rederij Nauta" in shown
    assert "882161" in shown
    assert "31209999999" in shown


def test_a_rating_is_asked_for_and_left_to_the_worker(office, seller):
    asked = office.post("/s/waterkant/calls/ratings/new/", {"month": "2026-10", "trial": "on"})

    assert asked.status_code == 302
    work = Work.objects.get(seller_id=seller.pk, kind="rate")
    assert work.request == {"months": ["2026-10-01"], "trial": True}


def test_a_month_that_is_none_is_refused_beside_its_field(office, seller):
    answer = office.post("/s/waterkant/calls/ratings/new/", {"month": "2026-13"})

    assert answer.status_code == 422
    assert "Enter a month, such as 2026-10." in answer.content.decode()


def test_a_rating_that_waits_is_taken_over_with_its_effect_said(kade, world):
    question = kade.get(f"/s/kadehuis/calls/ratings/{world.rating.pk}/take/").content.decode()
    assert "Take over the rating of July 2026?" in question
    assert "corrects the bills of 0 customers" in question

    kade.post(f"/s/kadehuis/calls/ratings/{world.rating.pk}/take/")

    assert Rating.objects.get(pk=world.rating.pk).state == RatingState.CURRENT
    assert kade.post(f"/s/kadehuis/calls/ratings/{world.rating.pk}/leave/").status_code == 409


def test_a_rating_that_waits_is_left(kade, world):
    kade.post(f"/s/kadehuis/calls/ratings/{world.rating.pk}/leave/")

    assert Rating.objects.get(pk=world.rating.pk).state == RatingState.LEFT


def test_the_calls_of_an_invoice_are_read_and_taken_along(kade, world):
    base = f"/s/kadehuis/invoices/{world.invoice.pk}"
    assert f"{base}/calls/" in kade.get(f"{base}/").content.decode()

    shown = kade.get(f"{base}/calls/").content.decode()
    table = kade.get(f"{base}/calls.csv").content.decode("utf-8-sig")
    book = openpyxl.load_workbook(BytesIO(kade.get(f"{base}/calls.xlsx").content))
    annex, again = (kade.get(f"{base}/calls.pdf").content for _time in range(2))

    assert "Netherlands, mobile" in shown
    assert "31612345678" in shown
    assert table.splitlines()[1].startswith("2026-07-05;11:00:00;31201234567;31612345678;Netherlands, mobile;")
    assert table.splitlines()[1].endswith(";60;60;0;0,06;0,00")
    assert book.active.max_row == 2
    assert annex.startswith(b"%PDF")
    assert annex == again


def test_hidden_digits_of_called_numbers_are_in_no_specification(kade, world):
    world.seller.masked_digits = 4
    world.seller.save()

    shown = kade.get(f"/s/kadehuis/invoices/{world.invoice.pk}/calls/").content.decode()

    assert "3161234xxxx" in shown
    assert "31612345678" not in shown


def test_calls_began_by_the_clock_of_the_seller_on_the_page_as_in_the_file(kade, world):
    shown = kade.get(f"/s/kadehuis/invoices/{world.invoice.pk}/calls/").content.decode()
    told = kade.get(f"/s/kadehuis/invoices/{world.invoice.pk}/calls.csv").content.decode("utf-8-sig")

    day, second = told.splitlines()[1].split(";")[:2]
    assert f"{day} {second}" in shown


def test_an_invoice_without_calls_has_none_to_show(kade, world):
    assert kade.get(f"/s/kadehuis/invoices/{world.invoice.pk + 999}/calls/").status_code == 404


def test_whoever_only_reads_decides_nothing(kade, world, member):
    viewer = member(Role.VIEWER)

    assert viewer.get("/s/waterkant/calls/ratings/new/").status_code == 403


def test_what_calls_want_of_somebody_stands_on_today(kade, world):
    partner = world.partner
    partner.rate("882", "5")
    partner.take([Made("31201234567", "88216123456", "2026-07-12T02:00", 3600)], name="night.csv")
    partner.rate_month(date(2026, 7, 1), trial=True)

    today = kade.get("/s/kadehuis/").content.decode()
    assert "rating of calls to decide about" in today

    partner.rate_month(date(2026, 7, 1))
    take_rating(acting=partner.acting, rating=Rating.objects.get(state=RatingState.WAITING), now=NOW)
    shown = kade.get("/s/kadehuis/calls/ratings/").content.decode()
    assert "Days that stand out" in shown
    assert "€300.00" in shown


def test_from_a_call_without_a_price_one_press_leads_to_its_rate_and_back(office, seller):
    partner = Partner(seller=seller)
    partner.rate("316", "0.06")
    partner.give_number(make_customer(seller, name="Rederij Nauta"), "31201234567")
    partner.take(
        [
            Made("31201234567", "88216123456", "2026-10-05T09:00", 60),
            Made("31209999999", "31612345678", "2026-10-05T09:00", 60),
        ]
    )
    rating = partner.rate_month()
    shown = office.get(f"/s/waterkant/calls/ratings/{rating.pk}/").content.decode()
    form = f"/s/waterkant/decks/{partner.deck.pk}/rate/?prefix=882161&from=2026-10-01&rating={rating.pk}"
    assert form.replace("&", "&amp;") in shown
    assert "/calls/endpoints/new/?kind=number&amp;value=31209999999&amp;from=2026-10-01" in shown
    assert "/calls/ratings/new/?month=2026-10" in shown
    page = office.get(form)
    assert {name: page.context["form"][name].value() for name in ("number", "valid_from")} == {
        "number": "882161", "valid_from": date(2026, 10, 1),
    }  # fmt: skip

    saved = office.post(
        form,
        {
            "number": "882161", "category": "7", "valid_from": "2026-10-01", "minute": "4.50", "first_seconds": "1",
            "next_seconds": "1",
        },
    )  # fmt: skip

    assert saved["Location"] == f"/s/waterkant/calls/ratings/{rating.pk}/"
    assert partner.rate_month().unpriced == 0


def test_who_may_not_keep_rates_sees_the_numbers_all_the_same(member, seller):
    partner = Partner(seller=seller)
    partner.rate("316", "0.06")
    partner.give_number(make_customer(seller, name="Rederij Nauta"), "31201234567")
    partner.take([Made("31201234567", "88216123456", "2026-10-05T09:00", 60)])
    rating = partner.rate_month()

    shown = member(Role.VIEWER).get(f"/s/waterkant/calls/ratings/{rating.pk}/").content.decode()

    assert "882161" in shown
    assert f"/decks/{partner.deck.pk}/rate/" not in shown
    assert "/calls/ratings/new/" not in shown
