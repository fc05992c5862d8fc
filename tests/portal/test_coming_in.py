"""Coming into the portal: a mailed link, once and soon, for an address that a customer names."""

from datetime import timedelta

import pytest
from django.test import Client

from rebill.access.acting import Role, timetable
from rebill.interfaces.jobs import read_clock
from rebill.interfaces.portal_links import ask_for_link, mail_link
from rebill.kit.errors import Forbidden
from rebill.kit.models import Event
from rebill.kit.queue import queued_names
from rebill.parties.commands import add_contact, change_customer, enter_portal, make_portal_link
from rebill.parties.commands.portal import LINK_LIVES, LINKS_MAX, LinkRefused
from rebill.parties.models import PortalLink
from rebill.parties.visitors import customer_reached_at, customers_reached_at
from tests.factories import NOW, acting_of, make_customer, make_seller
from tests.portal.conftest import ADDRESS


def test_what_is_answered_does_not_tell_whether_an_address_is_known(client, world):
    known = client.post("/p/waterkant/", {"email": ADDRESS})
    unknown = client.post("/p/waterkant/", {"email": "nobody@nauta.example"})

    assert (known.status_code, unknown.status_code) == (200, 200)
    assert known.content.replace(ADDRESS.encode(), b"") == unknown.content.replace(b"nobody@nauta.example", b"")
    assert [name for name in queued_names() if name.startswith("portal")] == [f"portal link {world.seller.pk}"]


def test_no_address_is_asked_for_again(client, world):
    answer = client.post("/p/waterkant/", {"email": "nauta"})

    assert answer.status_code == 422
    assert b'aria-invalid="true"' in answer.content


def test_a_link_lets_in_once(world, follow, mailoutbox):
    path = follow(world)
    looked = Client().get(f"/p/{path}")
    first, second = Client(), Client()

    assert looked.status_code == 200
    assert first.post(f"/p/{path}").headers["Location"] == "/p/waterkant/invoices/"
    assert second.post(f"/p/{path}").status_code == 403
    assert first.get("/p/waterkant/invoices/").status_code == 200
    assert second.get("/p/waterkant/invoices/").headers["Location"] == "/p/waterkant/"
    assert Event.objects.get(verb="looked_in").details == {"email": ADDRESS}
    assert "Waterkant Groep" in mailoutbox[0].from_email
    assert "rebill" not in mailoutbox[0].body.replace(path, "").lower()


def test_a_link_dies_of_age(world):
    acting = timetable(world.seller.pk)
    secret = make_portal_link(acting=acting, email=ADDRESS, now=NOW)

    with pytest.raises(LinkRefused):
        enter_portal(acting=acting, secret=secret, now=NOW + LINK_LIVES)
    assert enter_portal(acting=acting, secret=secret, now=NOW + LINK_LIVES - timedelta(seconds=1))[0] == ADDRESS


def test_the_secret_is_not_kept(world):
    secret = make_portal_link(acting=timetable(world.seller.pk), email=ADDRESS, now=NOW)

    assert secret not in str(PortalLink.objects.values_list().get())


def test_a_link_of_another_seller_opens_nothing(world, follow):
    make_seller("noordwal")
    secret = follow(world).split("/")[-2]

    assert Client().post(f"/p/noordwal/link/{secret}/").status_code == 403
    assert Client().post(f"/p/waterkant/link/{secret}/").status_code == 302


def test_five_links_an_hour_go_to_an_address(world):
    acting = timetable(world.seller.pk)
    made = [make_portal_link(acting=acting, email=ADDRESS, now=NOW) for _time in range(LINKS_MAX + 1)]

    assert [each is not None for each in made] == [True] * LINKS_MAX + [False]
    assert make_portal_link(acting=acting, email=ADDRESS, now=NOW + timedelta(hours=1))


def test_old_links_are_thrown_away(world):
    acting = timetable(world.seller.pk)
    make_portal_link(acting=acting, email=ADDRESS, now=NOW)
    make_portal_link(acting=acting, email=ADDRESS, now=NOW + timedelta(days=1))

    assert PortalLink.objects.count() == 1


def test_who_is_taken_off_the_list_sees_nothing_from_then_on(world, reader):
    assert reader.get("/p/waterkant/invoices/").status_code == 200
    changed = ["other@nauta.example"]
    change_customer(acting=world.acting, customer_id=world.customer.pk, invoice_emails=changed, now=NOW)

    assert reader.get("/p/waterkant/invoices/").status_code == 302
    assert reader.get("/p/waterkant/").status_code == 200


def test_a_contact_comes_in_too(world):
    acting = acting_of(world.seller)
    add_contact(acting=acting, customer_id=world.customer.pk, name="Piet", email="Piet@Nauta.example", now=NOW)

    assert customers_reached_at(acting, "piet@nauta.example ") == [world.customer]
    assert customer_reached_at(acting, world.customer.pk, "piet@nauta.example") == world.customer
    assert customers_reached_at(acting, "") == []
    assert customers_reached_at(acting, "nauta.example") == []


def test_an_address_of_two_customers_chooses(world, follow):
    other = make_customer(world.seller, name="Nauta Offshore", number="77", invoice_emails=[ADDRESS.upper()])
    stranger = make_customer(world.seller, name="Geheim BV")
    client = Client()

    assert client.post(f"/p/{follow(world)}").headers["Location"] == "/p/waterkant/customers/"
    shown = client.get("/p/waterkant/customers/").content.decode()
    assert "Nauta Offshore" in shown
    assert "Geheim" not in shown
    client.post("/p/waterkant/customers/", {"customer": str(other.pk)})
    assert "Nauta Offshore" in client.get("/p/waterkant/details/").content.decode()
    assert client.post("/p/waterkant/customers/", {"customer": str(stranger.pk)}).status_code == 404
    assert client.post("/p/waterkant/customers/", {"customer": "x"}).status_code == 404


def test_who_leaves_has_left(reader):
    assert reader.get("/p/waterkant/leave/").headers["Location"] == "/p/waterkant/"
    assert reader.get("/p/waterkant/").headers["Location"] == "/p/waterkant/invoices/"
    reader.post("/p/waterkant/leave/")

    assert reader.get("/p/waterkant/invoices/").status_code == 302
    assert reader.get("/p/waterkant/").status_code == 200


def test_a_visit_ends_after_half_a_day(reader, world, monkeypatch):
    later = read_clock() + timedelta(hours=12)
    monkeypatch.setattr("rebill.interfaces.portal.visiting.read_clock", lambda: later)

    assert reader.get("/p/waterkant/invoices/").status_code == 302
    assert reader.get("/p/waterkant/?again").status_code == 200
    assert reader.get("/p/waterkant/").status_code == 200


def test_the_office_mails_a_link(world, client, mailoutbox):
    client.force_login(world.seller.memberships.get().user)
    page = f"/s/waterkant/customers/{world.customer.pk}/invite/"

    asked = client.get(page).content.decode()
    sent = client.post(page, {"email": ADDRESS})
    elsewhere = client.post(page, {"email": "thief@evil.example"})

    assert ADDRESS in asked
    assert "f@nauta.example" in asked
    assert (sent.status_code, elsewhere.status_code) == (302, 422)
    assert mail_link(world.seller.pk, ADDRESS, True)
    assert "7 d" in mailoutbox[-1].body


def test_a_customer_without_an_address_is_not_mailed(world, client):
    client.force_login(world.seller.memberships.get().user)
    other = make_customer(world.seller, invoice_emails=[])

    assert "no e-mail address" in client.get(f"/s/waterkant/customers/{other.pk}/invite/").content.decode()


def test_a_viewer_invites_nobody(world):
    with pytest.raises(Forbidden):
        make_portal_link(acting=acting_of(world.seller, role=Role.VIEWER), email=ADDRESS, now=NOW)


def test_nobody_is_mailed_for_an_unknown_address(world, mailoutbox):
    ask_for_link(timetable(world.seller.pk), "nobody@nauta.example")

    assert not queued_names()
    assert not mail_link(world.seller.pk, "nobody@nauta.example", False)
    assert mailoutbox == []
