"""The text of PowerPanel acted out, up to invoices that are sent.

They are made by themselves or by hand, checked first, sent when the seller wants, and corrected as the law asks.

Each test stands for sentences of the text, in its order. What is paid, reminded, collected and booked comes after the
invoice.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from rebill.delivery.commands import resend_invoice
from rebill.interfaces import jobs
from rebill.invoices.models import Invoice, InvoiceKind
from rebill.kit.errors import Refused
from rebill.kit.queue import queued_names
from rebill.parties.commands import change_customer, change_look, change_seller
from rebill.pipeline import issue
from rebill.rules.periods import Alignment
from rebill.runs.commands import add_draft_line, approve_drafts, change_draft_texts, discard_drafts, prepare_manual_run
from rebill.runs.models import Draft, DraftState
from rebill.sources.oneoff.commands import LineTerms
from tests.factories import NOW, acting_of
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

SEPTEMBER, OCTOBER = date(2026, 9, 1), date(2026, 10, 1)


class Clock:
    """What the timetable reads."""

    def __init__(self) -> None:
        self.now = datetime(2026, 9, 1, 4, 10, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def turn_to(self, day: date, hour: int = 4) -> None:
        self.now = datetime(day.year, day.month, day.day, hour, 10, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(jobs, "read_clock", made)
    return made


@pytest.fixture
def panel() -> Month:
    """A hosting company."""
    month = Month(slug="powerpanel", name="Hosting Zuid")
    change_seller(acting=month.acting, email="facturen@hostingzuid.example", now=NOW)
    return month


@pytest.fixture
def jansen(panel: Month) -> Any:
    """A customer with the two subscriptions of the text: a domain a year, and hosting a month."""
    customer = panel.customer("Jansen Fietsen", number="1001")
    panel.subscribe(
        customer, "DOMAIN", price="14.95", price_months=12, months=12, start_on=SEPTEMBER,
        alignment=Alignment.ANNIVERSARY,
    )  # fmt: skip
    panel.subscribe(customer, "HOSTING", price="12.50", start_on=SEPTEMBER)
    return customer


def sent(panel: Month, clock: Clock, day: date) -> Invoice:
    """The month of that day approved and issued, and its mails sent."""
    jobs.prepare_month(panel.seller.pk, day.isoformat())
    approve_drafts(acting=panel.acting, drafts=panel.drafts().filter(state=DraftState.OPEN), now=clock.now)
    issue(acting=panel.acting, today=day, now=clock.now)
    jobs.deliver_documents(panel.seller.pk)
    return Invoice.objects.filter(seller=panel.seller).latest("id")


def words(invoice: Invoice) -> list[tuple[str, int]]:
    return [(line.product_code, line.net_amount.minor) for line in invoice.lines.order_by("product_code")]


def test_drafts_are_made_on_the_first_from_running_subscriptions(panel, jansen, clock):
    """'Facturen worden automatisch aangemaakt op basis van de lopende abonnementen.' 'De taak om automatisch facturen
    aan te maken, loopt altijd de eerste van de maand.'"""
    clock.turn_to(OCTOBER)
    jobs.start_monthly_jobs()
    assert f"prepare {panel.seller.pk} 2026-10" in queued_names()
    jobs.prepare_month(panel.seller.pk, OCTOBER.isoformat())

    [draft] = panel.drafts()
    # September's hosting is made up for.
    assert (draft.state, draft.net_amount.minor) == (DraftState.OPEN, 1495 + 2 * 1250)


def test_nothing_is_sent_before_the_seller_wants_it(panel, jansen, clock, mailoutbox):
    """'De eerste van de maand worden de facturen … klaar gezet zodat je deze kan controleren voordat je ze verzend.'
    'De factuur wordt verzonden … op het moment dat jij dit wil.'"""
    jobs.prepare_month(panel.seller.pk, SEPTEMBER.isoformat())
    jobs.deliver_documents(panel.seller.pk)
    assert not mailoutbox
    assert not Invoice.objects.exists()

    invoice = sent(panel, clock, SEPTEMBER)

    [mail] = mailoutbox
    assert mail.to == list(jansen.invoice_emails)
    assert invoice.number in mail.subject


def test_an_invoice_is_made_by_hand_at_any_moment(panel, jansen, clock):
    """'Er kunnen op elk gewenst moment handmatig facturen aangemaakt worden.'"""
    clock.turn_to(date(2026, 9, 17))
    panel.add_line(jansen, "Verhuizing van een website", price="75", on=date(2026, 9, 17))

    prepare_manual_run(acting=panel.acting, customer_id=jansen.pk, billed_on=date(2026, 9, 17), now=clock.now)

    lines = [charge.description for draft in panel.drafts() for charge in panel.charges_of(draft)]
    assert "Verhuizing van een website" in lines


def test_a_line_added_in_between_is_billed_at_the_beginning_of_the_month(panel, jansen, clock):
    """'Tussentijds kunnen er factuurregels worden toegevoegd welke aan het begin van de maand gefactureerd worden.'"""
    sent(panel, clock, SEPTEMBER)
    panel.add_line(jansen, "Uur ondersteuning", price="85", on=date(2026, 9, 12))
    clock.turn_to(OCTOBER)

    invoice = sent(panel, clock, OCTOBER)

    assert [line.net_amount.minor for line in invoice.lines.order_by("net_amount")] == [1250, 8500]


def test_a_yearly_domain_and_monthly_hosting(panel, jansen, clock):
    """'Dit betekent dat deze klant elke maand een factuur krijgt met 1 maand kosten voor het hosting pakket. 1 keer per
    jaar staat ook het abonnement domein registratie op de factuur.'"""
    months = [date(2026 + (8 + step) // 12, (8 + step) % 12 + 1, 1) for step in range(13)]
    invoices = []
    for day in months:
        clock.turn_to(day)
        invoices.append(sent(panel, clock, day))

    assert [len(words(each)) for each in invoices] == [2, *[1] * 11, 2]
    assert words(invoices[1]) == [("HOSTING", 1250)]
    assert words(invoices[12]) == [("DOMAIN", 1495), ("HOSTING", 1250)]


def test_an_invoice_a_quarter_makes_four_a_year(panel, jansen, clock):
    """'Stel je bij de klant instellingen in dat de klant 1 factuur per kwartaal ontvangt, dan ontvangt deze klant nog
    maar 4 facturen per jaar.'"""
    change_customer(
        acting=panel.acting, customer_id=jansen.pk, invoice_interval_months=3, invoice_months=[1, 4, 7, 10], now=NOW
    )
    for step in range(12):
        day = date(2026 + (8 + step) // 12, (8 + step) % 12 + 1, 1)
        clock.turn_to(day)
        jobs.prepare_month(panel.seller.pk, day.isoformat())
        panel.approve_all()
        issue(acting=panel.acting, today=day, now=clock.now)

    days = [each.issued_on for each in Invoice.objects.filter(seller=panel.seller).order_by("issued_on")]
    assert [(day.year, day.month) for day in days] == [(2026, 10), (2027, 1), (2027, 4), (2027, 7)]


def test_a_sent_invoice_is_mailed_again_whenever_asked(panel, jansen, clock, mailoutbox):
    """'Wanneer een factuur verzonden is, kan deze op elk gewenst moment nogmaals per mail worden verzonden.'"""
    invoice = sent(panel, clock, SEPTEMBER)
    clock.turn_to(date(2027, 3, 4), hour=10)

    resend_invoice(acting=panel.acting, invoice=invoice, now=clock.now)
    jobs.deliver_documents(panel.seller.pk)

    first, second = mailoutbox
    assert first.attachments == second.attachments


def test_the_look_is_the_sellers_own(panel, jansen, clock, mailoutbox):
    """'Volledig white label, je kan dus zelf de layout van de factuur bepalen.'"""
    change_look(
        acting=panel.acting, accent_colour="#7a1f5c", sender_name="Hosting Zuid", sender_email="hallo@zuid.example",
        texts={"nl": {"mail_subject": "Nota {number}"}}, now=NOW,
    )  # fmt: skip

    invoice = sent(panel, clock, SEPTEMBER)

    [mail] = mailoutbox
    assert invoice.frozen.content["look"]["accent"] == "#7a1f5c"
    assert mail.subject == f"Nota {invoice.number}"
    assert mail.from_email == "Hosting Zuid <hallo@zuid.example>"
    assert "rebill" not in f"{mail.subject} {mail.from_email} {mail.body}".lower()


def test_a_search_finds_what_the_list_leaves_out(panel, jansen, clock):
    """'In het overzicht “Facturen” staan alleen de facturen welke nog niet voldaan zijn … Met de filter / zoek functie
    kan je natuurlijk altijd de factuur vinden … op naam of factuurnummer … onafhankelijk van de status.'"""
    invoice = sent(panel, clock, SEPTEMBER)
    panel_office = Client()
    panel_office.force_login(panel.seller.memberships.get().user)
    panel_office.post(
        f"/s/powerpanel/invoices/{invoice.pk}/withdraw/", {"reason": "Verkeerde klant", "today": "2026-09-01"}
    )

    listed = panel_office.get("/s/powerpanel/invoices/").content.decode()
    by_number = panel_office.get(f"/s/powerpanel/invoices/?q={invoice.number}").content.decode()
    by_name = panel_office.get("/s/powerpanel/invoices/?q=jansen").content.decode()
    of_customer = panel_office.get(f"/s/powerpanel/customers/{jansen.pk}/").content.decode()

    assert Invoice.objects.filter(credits=invoice, withdraws=True).exists()
    assert f">{invoice.number}<" not in listed
    for page in (by_number, by_name, of_customer):
        assert invoice.number in page


def test_a_wrong_invoice_is_withdrawn_and_never_deleted(panel, jansen, clock, mailoutbox):
    """'Een factuur mag niet worden verwijderd wanneer deze aan de klant verzonden is … zal je moeten crediteren.' 'Meld
    de klant vervolgens dat de factuur is verwijderd.' What PowerPanel deleted, rebill withdraws: the same for the
    seller, and lawful."""
    invoice = sent(panel, clock, SEPTEMBER)
    office = Client()
    office.force_login(panel.seller.memberships.get().user)
    discarded = discard_drafts(
        acting=panel.acting, drafts=Draft.objects.filter(pk=invoice.draft), reason="Fout", now=clock.now
    )

    office.post(f"/s/powerpanel/invoices/{invoice.pk}/withdraw/", {"reason": "Verkeerd bedrag", "today": "2026-09-01"})
    jobs.deliver_documents(panel.seller.pk)

    note = Invoice.objects.get(kind=InvoiceKind.CREDIT_NOTE)
    assert discarded == 0
    assert (note.credits, note.gross_amount.minor) == (invoice, -invoice.gross_amount.minor)
    assert mailoutbox[-1].subject == f"Factuur {invoice.number} is ingetrokken"
    assert Invoice.objects.filter(pk=invoice.pk).exists()


def test_a_draft_is_changed_as_long_as_it_waits_to_be_approved(panel, jansen, clock):
    """'Zolang de factuur nog in de status goedkeuren staat kan je aanpassingen doen … Zodra de factuur is verzonden is
    dit niet meer mogelijk.'"""
    jobs.prepare_month(panel.seller.pk, SEPTEMBER.isoformat())
    draft = panel.drafts().get()
    terms = LineTerms(
        quantity=Decimal(1), unit_price=Decimal(10), supplied_on=SEPTEMBER, description="Korting vergeten"
    )
    change_draft_texts(acting=panel.acting, draft_id=draft.pk, intro="Dank voor uw bestelling", now=clock.now)
    add_draft_line(acting=panel.acting, draft_id=draft.pk, terms=terms, now=clock.now)
    invoice = sent(panel, clock, SEPTEMBER)

    assert invoice.intro == "Dank voor uw bestelling"
    assert invoice.net_amount.minor == 1495 + 1250 + 1000
    with pytest.raises(Refused):
        add_draft_line(acting=acting_of(panel.seller), draft_id=draft.pk, terms=terms, now=clock.now)
