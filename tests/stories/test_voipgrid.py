"""The text of VoIPGRID acted out: plans, calls, the export on the first of the month, and invoices that say no more
than needed.

Each test stands for sentences of the text, in its order. Making articles and invoice types in Twinfield is Twinfield's
own; what of it is ours are the five articles.
"""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client

from rebill.catalogue.models import Product, ProductKind, SummaryGroup
from rebill.catalogue.queries import default_plan_of
from rebill.charges.models import Charge
from rebill.exports.commands import make_combined_export
from rebill.exports.contract import Basis, Layout
from rebill.exports.files import sample_export
from rebill.exports.formats.combined import COMBINED, DESCRIPTIONS, HEADINGS
from rebill.exports.models import Export
from rebill.interfaces import jobs
from rebill.interfaces.portal_links import mail_link
from rebill.invoices.models import Invoice, InvoiceLine
from rebill.kit.files import read_file
from rebill.parties.commands import change_seller, create_customer, give_customer_number
from rebill.parties.models import Customer
from rebill.pipeline import issue
from rebill.runs.commands import approve_drafts
from rebill.runs.models import Draft
from rebill.sources.oneoff.commands import LineTerms, add_interim_line
from rebill.subscriptions.commands import StartTerms, start_subscription
from tests.factories import CUSTOMER_ADDRESS, NOW, make_plan_price, make_product, make_seller, make_user
from tests.usage.world import Made, Partner

pytestmark = pytest.mark.django_db

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)
EARLY = datetime(2026, 11, 1, 5, 10, tzinfo=UTC)
MORNING = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
NUMBER, OTHER = "31507110001", "31507110002"


@pytest.fixture
def partner() -> Partner:
    """A partner that sells telephony, with prices of its own for calls and everything else."""
    seller = make_seller("partner", owner=make_user("partner"), name="Noorderbel", export_emails=["boek@noorderbel.nl"])
    made = Partner(seller=seller)
    change_seller(acting=made.acting, email="facturen@noorderbel.nl", now=NOW)
    made.rate("31", "0.0150", destination="Nederland vast", setup=Decimal("0.0400"))
    made.rate("316", "0.0890", destination="Nederland mobiel")
    calls = made.deck
    service = made.open_deck("service", component=1)
    made.deck = calls
    Product.objects.filter(pk=service.product_id).update(summary_group=SummaryGroup.SERVICE_NUMBERS)
    made.rate("31900", "-0.1500", destination="0900, opbrengst", deck=service)
    return made


@pytest.fixture
def customers(partner: Partner) -> dict[str, Customer]:
    """Two customers with a number each; the first has a customer number from the beginning."""
    said = {"acting": partner.acting, "now": NOW, "invoice_emails": ["admin@smit.example"], **CUSTOMER_ADDRESS}
    smit = create_customer(name="Bakkerij Smit", number="1001", **said)
    bos = create_customer(name="Garage Bos", **{**said, "invoice_emails": ["admin@bos.example"]})
    for customer, number in ((smit, NUMBER), (bos, OTHER)):
        partner.give_number(customer, number)
    seats = make_product(partner.seller, "SEAT", name="Werkplek")
    make_plan_price(seats, "7.95", plan=default_plan_of(partner.acting))
    for customer, quantity in ((smit, 3), (bos, 1)):
        start_subscription(
            acting=partner.acting, customer=customer, product=seats, now=NOW,
            terms=StartTerms(quantity=Decimal(quantity), start_on=OCTOBER),
        )  # fmt: skip
    return {"smit": smit, "bos": bos}


@pytest.fixture
def october(partner: Partner, customers: dict[str, Customer], monkeypatch) -> None:
    """October's calls and orders; then it is the first of November, before anybody is at work."""
    partner.take(
        [
            Made(NUMBER, "31201234567", "2026-10-05T09:00", 90),
            Made(NUMBER, "31612345678", "2026-10-06T10:00", 61),
            Made(NUMBER, "31900123456", "2026-10-07T11:00", 120),
            Made(OTHER, "31612345678", "2026-10-08T12:00", 0),
        ]
    )
    phone = make_product(partner.seller, "T43", name="Toestel", kind=ProductKind.HARDWARE)
    porting = make_product(partner.seller, "PORT", name="Nummerbehoud", kind=ProductKind.ONE_OFF)
    for product, price in ((phone, "89"), (porting, "25")):
        terms = LineTerms(quantity=Decimal(1), unit_price=Decimal(price), supplied_on=date(2026, 10, 9))
        add_interim_line(acting=partner.acting, customer=customers["smit"], terms=terms, product=product, now=NOW)
    monkeypatch.setattr(jobs, "read_clock", lambda: EARLY)


def rows_of(export: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(read_file(export.file_id).decode("utf-8-sig")), delimiter=";"))[1:]


def by_hand(partner: Partner) -> Export:
    layout = Layout(columns=COMBINED.default_columns, basis=Basis.RUN)
    return make_combined_export(acting=partner.acting, month=NOVEMBER, layout=layout, now=MORNING)


def amounts(export: Export) -> dict[tuple[str, str], str]:
    """What each customer owes of each article, by the names in the file."""
    name, article, amount = (
        COMBINED.default_columns.index(each) for each in ("customer_name", "description", "amount")
    )
    return {(row[name], row[article]): row[amount] for row in rows_of(export)}


def test_the_export_holds_exact_amounts_from_the_partners_own_price_plans(partner, october):
    """'De basis van onze facturatie betreft een CSV-bestand waarin de exacte bedragen staan … uit de vooraf ingestelde
    prijsplannen.' Once by itself and once by hand, with the same rows."""
    jobs.prepare_month(partner.seller.pk, NOVEMBER.isoformat())

    found = amounts(by_hand(partner))

    # 90 s fixed: 0.04 + 1.5 × 0.0150 = 0.0625. 61 s mobile: 61 ÷ 60 × 0.0890 = 0.0905. 0900 for 120 s: 0.04 + 0.03.
    assert found[("Bakkerij Smit", DESCRIPTIONS["nl"][SummaryGroup.CALLS])] == "0,22"
    # October, which the partner bills for the first time, and November in advance.
    assert found[("Bakkerij Smit", DESCRIPTIONS["nl"][SummaryGroup.RECURRING])] == "47,70"


def test_it_is_mailed_on_the_first_day_by_itself(partner, october, mailoutbox):
    """'Wij kunnen geautomatiseerd de export genereren en naar je mailen op de eerste dag van de maand … vroeg in de
    ochtend.' 'Je kunt ook zelf … een export maken.'"""
    jobs.prepare_month(partner.seller.pk, NOVEMBER.isoformat())
    jobs.export_month(partner.seller.pk, NOVEMBER.isoformat())

    [mail] = mailoutbox
    assert mail.to == ["boek@noorderbel.nl"]
    assert rows_of(Export.objects.get()) == rows_of(by_hand(partner))


def test_the_invoice_says_no_more_than_five_things(partner, october, customers):
    """'Eenmalige kosten, maandelijkse kosten, uitgaande gesprekskosten, servicenummers (kosten/opbrengsten),
    hardware.'"""
    jobs.prepare_month(partner.seller.pk, NOVEMBER.isoformat())

    found = amounts(by_hand(partner))

    names = DESCRIPTIONS["nl"]
    assert {group for _name, group in found} <= set(names.values())
    assert len(names) == 5
    assert found[("Bakkerij Smit", names[SummaryGroup.ONE_OFF])] == "25,00"
    assert found[("Bakkerij Smit", names[SummaryGroup.HARDWARE])] == "89,00"
    # What the customer's service number earned is money for the customer.
    assert found[("Bakkerij Smit", names[SummaryGroup.SERVICE_NUMBERS])] == "-0,30"


def test_a_customer_number_may_come_later_and_stands_in_the_file(partner, october, customers):
    """'Het klantnummer kan worden ingesteld bij het aanmaken van een nieuwe klant, of kan achteraf worden
    toegevoegd.'"""
    jobs.prepare_month(partner.seller.pk, NOVEMBER.isoformat())
    number = COMBINED.default_columns.index("customer_number")
    assert {row[number] for row in rows_of(by_hand(partner))} == {"1001", ""}

    give_customer_number(acting=partner.acting, customer_id=customers["bos"].pk, number="1002", now=MORNING)

    assert {row[number] for row in rows_of(by_hand(partner))} == {"1001", "1002"}


def test_how_the_total_was_reached_is_for_the_customer_to_see_in_the_portal(partner, october, customers, mailoutbox):
    """'Mocht de klant willen weten hoe je tot de totale som bent gekomen, dan kan hij in de portal inloggen om de
    gespecificeerde informatie te bekijken of downloaden.'"""
    jobs.prepare_month(partner.seller.pk, NOVEMBER.isoformat())
    approve_drafts(acting=partner.acting, drafts=Draft.objects.filter(seller=partner.seller), now=MORNING)
    issue(acting=partner.acting, today=NOVEMBER, now=MORNING)
    invoice = Invoice.objects.get(customer=customers["smit"])
    mail_link(partner.seller.pk, "admin@smit.example", False)
    link = next(word for word in mailoutbox[-1].body.split() if "/link/" in word)
    reader = Client()
    reader.post(link[link.index("/p/") :])

    page = reader.get(f"/p/partner/invoices/{invoice.pk}/calls/").content.decode()
    table = reader.get(f"/p/partner/invoices/{invoice.pk}/calls.csv").content.decode("utf-8-sig")

    assert "Nederland mobiel" in page
    # The call to the service number has two prices, one to pay and one earned: each is a row.
    assert len(table.splitlines()) == 1 + 4
    usage = InvoiceLine.objects.filter(invoice=invoice, kind="USAGE")
    assert sum(line.net_amount.minor for line in usage) == 22 - 30


def test_a_sample_shows_every_variable(partner):
    """'Om te zien en/of te testen hoe onze export eruit ziet, kun je hieronder een export downloaden.'"""
    layout = Layout(columns=COMBINED.default_columns)

    sample = sample_export(layout=layout, month=NOVEMBER, currency="EUR", now=MORNING).decode("utf-8-sig")

    assert sample.splitlines()[0].split(";") == [HEADINGS["nl"][each] for each in COMBINED.default_columns]
    assert {row.split(";")[COMBINED.default_columns.index("group")] for row in sample.splitlines()[1:]} == set("12345")


def test_a_plan_that_changes_leaves_the_calls_of_before_as_they_were(partner, customers):
    """'VoIPGRID verwerkt voor alle gesprekken en diensten het prijsplan dat elke partner zelf in de portal kan
    instellen': by the partner's own day of each call, midnight in Amsterdam being eleven in the evening in UTC."""
    partner.take(
        [Made(NUMBER, "31612345678", "2026-10-31T22:30", 60), Made(NUMBER, "31612345678", "2026-10-31T23:30", 60)]
    )
    partner.rate("316", "0.5000", destination="Nederland mobiel", valid_from=NOVEMBER)

    partner.bill(date(2026, 12, 1))

    calls = Charge.objects.filter(buyer=customers["smit"], kind="USAGE").order_by("starts_on")
    assert [(each.starts_on, each.amount.minor) for each in calls] == [(OCTOBER, 9), (NOVEMBER, 50)]
