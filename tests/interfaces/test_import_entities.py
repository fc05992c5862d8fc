"""What can be imported, each from a file as partners have it, in four languages, up to the stored rows."""

import json
from datetime import date
from decimal import Decimal

import pytest

from rebill.access.acting import Role
from rebill.catalogue.models import Price, PricePlan, Product
from rebill.interfaces.imports.entities import importable
from rebill.interfaces.imports.inspecting import open_file
from rebill.kit.imports.layouts import check_imports
from rebill.parties.commands import grant_role
from rebill.parties.models import Customer
from rebill.sources.oneoff.models import InterimLine
from rebill.subscriptions.models import Change, Subscription
from tests.factories import NOW, acting_of, make_customer, make_product, make_user
from tests.paths import CORPORA

TELCO = CORPORA / "5_business" / "ibm_telco_subscribers.csv"


def told(ended):
    """Accepted, unchanged, rejected."""
    counted = json.loads(ended.shown)
    return counted["accepted"], counted["unchanged"], counted["rejected"]


CUSTOMER_FILES = {
    "nl": (
        "Klantnummer;Bedrijfsnaam;Straat;Postcode;Plaats;Land;E-mail;BTW-nummer;Taal;Betaaltermijn;Factuurinterval",
        "10482;Bakkerij Smit;Kade 3;8861 AA;Harlingen;Nederland;a@smit.example, b@smit.example;NL004495445B01;"
        "Nederlands;30;kwartaal",
    ),
    "de": (
        "Kundennummer;Firma;Straße;PLZ;Ort;Land;E-Mail;USt-IdNr;Sprache;Zahlungsziel;Rechnungsintervall",
        "10482;Bakkerij Smit;Kade 3;8861 AA;Harlingen;Niederlande;a@smit.example, b@smit.example;NL004495445B01;"
        "Niederländisch;30;vierteljährlich",
    ),
    "fi": (
        "Asiakasnumero;Nimi;Katuosoite;Postinumero;Postitoimipaikka;Maa;Sähköposti;ALV-numero;Kieli;Maksuehto;Laskutusväli",
        "10482;Bakkerij Smit;Kade 3;8861 AA;Harlingen;Alankomaat;a@smit.example, b@smit.example;NL004495445B01;"
        "hollanti;30;neljännesvuosi",
    ),
    "en": (
        "Customer number;Company name;Street;Zip;City;Country;E-mail address;VAT number;Language;Payment term;Interval",
        "10482;Bakkerij Smit;Kade 3;8861 AA;Harlingen;Netherlands;a@smit.example, b@smit.example;NL004495445B01;"
        "Dutch;30;quarterly",
    ),
}


@pytest.mark.parametrize("language", CUSTOMER_FILES)
def test_customers_come_in_with_the_headings_of_their_language(rebill, write, language):
    ended = rebill("import", "customers", write(*CUSTOMER_FILES[language]), "--json")

    assert told(ended) == (1, 0, 0)
    kept = Customer.objects.get()
    assert (kept.number, kept.name, kept.street, kept.postcode, kept.city, kept.country) == (
        "10482", "Bakkerij Smit", "Kade 3", "8861 AA", "Harlingen", "NL",
    )  # fmt: skip
    assert (kept.invoice_emails, kept.vat_id, kept.language) == (
        ["a@smit.example", "b@smit.example"], "NL004495445B01", "nl",
    )  # fmt: skip
    assert (kept.payment_term_days, kept.invoice_interval_months) == (30, 3)


def test_a_failing_check_digit_is_a_warning(rebill, write):
    file = write("Klantnummer;Naam;BTW-nummer", "1;Smit;NL004495446B01")

    ended = rebill("import", "customers", file)

    assert ended.code == 0
    assert "to be looked at" in ended.shown
    assert Customer.objects.get().vat_id == "NL004495446B01"


def test_products_and_prices_come_in(rebill, write, seller):
    make_customer(seller, number="10482")
    products = write(
        "Artikelcode;Omschrijving;Name DE;Soort;BTW;Grootboekrekening;Artikelgroep",
        "HOST-S;Hosting klein;Hosting klein (DE);abonnement;21%;8010;2",
        "ROUTER;Router;;apparatuur;hoog;8020;hardware",
        name="products.csv",
    )
    prices = write(
        "Artikelcode;Klantnummer;Prijs;Geldig vanaf;Periode;Aansluitkosten",
        "HOST-S;;9,95;01-01-2026;maand;25",
        "HOST-S;;10,95;01-07-2026;maand;",
        "HOST-S;10482;8,00;01-01-2026;1;",
        "ROUTER;;149;2026-01-01;;",
        name="prices.csv",
    )

    assert told(rebill("import", "products", products, "--json")) == (2, 0, 0)
    assert told(rebill("import", "prices", prices, "--json", "--dates", "dmy")) == (4, 0, 0)
    assert told(rebill("import", "products", products, "--json")) == (0, 2, 0)
    assert told(rebill("import", "prices", prices, "--json")) == (0, 4, 0)

    hosting = Product.objects.get(code="HOST-S")
    assert (hosting.names["nl"], hosting.names["de"], hosting.kind) == (
        "Hosting klein",
        "Hosting klein (DE)",
        "recurring",
    )
    assert (hosting.rate_class, hosting.ledger_account, hosting.summary_group) == ("standard", "8010", 2)
    assert Product.objects.get(code="ROUTER").summary_group == 5
    laid = Price.objects.filter(product=hosting, plan=PricePlan.objects.get()).order_by("valid_from")
    assert list(laid.values_list("valid_from", "valid_before", "unit_price", "months")) == [
        (date(2026, 1, 1), date(2026, 7, 1), Decimal("9.95"), 1),
        (date(2026, 7, 1), None, Decimal("10.95"), 1),
    ]
    assert Price.objects.get(customer__number="10482").unit_price == 8


def test_subscriptions_and_their_dated_changes_come_in(rebill, write, seller):
    make_customer(seller, number="10482")
    make_product(seller, "HOST-S")
    heading = "Contractnummer;Klantnummer;Artikelcode;Aantal;Startdatum;Periode;Bestelnummer;Wijziging per"
    base = write(heading, "C-1;10482;HOST-S;10;31-01-2026;jaar;B-7;", name="base.csv")
    changes = write(heading, "C-1;10482;HOST-S;12;31-01-2026;jaar;B-7;16-04-2026", name="changes.csv")
    undated = write(heading, "C-1;10482;HOST-S;14;31-01-2026;jaar;B-7;", name="undated.csv")

    assert told(rebill("import", "subscriptions", base, "--json")) == (1, 0, 0)
    assert told(rebill("import", "subscriptions", changes, "--json")) == (1, 0, 0)
    assert told(rebill("import", "subscriptions", base, "--json")) == (0, 1, 0)
    assert told(rebill("import", "subscriptions", changes, "--json")) == (0, 1, 0)
    assert told(rebill("import", "subscriptions", undated, "--json")) == (0, 0, 1)

    kept = Subscription.objects.get()
    assert (kept.quantity, kept.billing_months, kept.order.number) == (10, 12, "B-7")
    assert Change.objects.get().effective_on == date(2026, 4, 16)


def test_two_lines_of_one_subscription_are_not_both_taken(rebill, write, seller):
    make_customer(seller, number="10482")
    make_product(seller, "NUMBER")
    heading = "Klantnummer;Artikelcode;Startdatum;Telefoonnummer"
    twins = write(heading, "10482;NUMBER;2026-01-01;", "10482;NUMBER;2026-01-01;", name="twins.csv")
    apart = write(heading, "10482;NUMBER;2026-01-01;050-1", "10482;NUMBER;2026-01-01;050-2", name="apart.csv")

    ended = rebill("import", "subscriptions", twins, "--json")

    assert told(ended) == (1, 0, 1)
    assert "Line 2 speaks of the same one" in json.loads(ended.shown)["first_rejected"][0]["why"]
    assert told(rebill("import", "subscriptions", apart, "--json")) == (2, 0, 0)


def test_interim_lines_come_in_once(rebill, write, seller):
    make_customer(seller, number="10482")
    file = write(
        "Klantnummer;Datum;Omschrijving;Aantal;Prijs;BTW",
        "10482;31-03-2026;Montage;1,5;80,00;hoog",
        "10482;31-03-2026;Tegoed storing;1;-25,00;hoog",
    )

    assert told(rebill("import", "interim-lines", file, "--json")) == (2, 0, 0)
    assert told(rebill("import", "interim-lines", file, "--json")) == (0, 2, 0)

    assert list(InterimLine.objects.values_list("kind", "quantity", "unit_price")) == [
        ("PERPETUAL", Decimal("1.5"), Decimal(80)),
        ("CREDIT", Decimal(-1), Decimal(25)),
    ]


# --- one flat sheet -------------------------------------------------------------------------------------------------

SHEET = "Klantnummer;Klantnaam;Plaats;Artikelcode;Artikelnaam;Aantal;Prijs;Startdatum;Omschrijving"


def test_one_flat_sheet_brings_customers_products_and_subscriptions(rebill, write):
    file = write(
        SHEET,
        "1;Smit;Harlingen;HOST;Hosting;2;9,95;01-13-2026;",
        "1;Smit;Harlingen;DOM;Domein;1;1,50;01-13-2026;smit.nl",
        "1;;;DOM;;1;1,50;01-13-2026;smit.be",
        "2;;Franeker;HOST;;5;9,95;02-13-2026;",
    )

    assert told(rebill("import", "subscribers", file, "--json")) == (4, 0, 0)
    assert told(rebill("import", "subscribers", file, "--json")) == (0, 4, 0)

    assert list(Customer.objects.order_by("number").values_list("number", "name", "city")) == [
        ("1", "Smit", "Harlingen"),
        ("2", "2", "Franeker"),
    ]
    assert {product.code: product.names["nl"] for product in Product.objects.all()} == {
        "HOST": "Hosting",
        "DOM": "Domein",
    }
    assert Subscription.objects.count() == 4


def test_a_rejected_line_of_a_flat_sheet_leaves_nothing(rebill, write):
    file = write(
        SHEET,
        "1;Smit;Harlingen;HOST;Hosting;2;9,95;2026-01-13;",
        "2;Bakker;Franeker;NEW;Nieuw;-2;9,95;2026-01-13;",
        "3;Visser;Sneek;HOST;;1;9,95;2026-01-13;",
    )

    ended = rebill("import", "subscribers", file, "--json")

    assert told(ended) == (2, 0, 1)
    [refused] = json.loads(ended.shown)["first_rejected"]
    assert refused["where"] == "file.csv line 3 column Aantal"
    assert sorted(Customer.objects.values_list("number", flat=True)) == ["1", "3"]
    assert Product.objects.get().code == "HOST"


def test_lines_that_disagree_on_their_customer_are_not_both_taken(rebill, write):
    lines = [f"{number};Klant {number};Plaats;HOST;Hosting;1;9,95;2026-01-13;{number}" for number in range(1, 1_500)]
    file = write(SHEET, *lines, "1;Een ander;Plaats;HOST;Hosting;1;9,95;2026-01-13;x")

    ended = rebill("import", "subscribers", file, "--json")

    assert told(ended) == (1_499, 0, 1)
    assert told(rebill("import", "subscribers", file, "--json")) == (0, 1_499, 1)
    assert Customer.objects.get(number="1").name == "Klant 1"


@pytest.mark.skipif(not TELCO.exists(), reason=f"{TELCO} is not on this machine")
def test_the_telco_subscribers_come_in_through_a_mapped_layout(rebill):
    layout = [
        *("--map", "InternetService=product_code", "--map", "Contract=", "--map", "tenure="),
        *("--set", "start_on=2026-11-01", "--set", "kind=person"),
    ]

    first = rebill("import", "subscribers", TELCO, *layout, "--json")
    # A day is said of one file and not of the next; what the columns are, and what holds for all lines, is remembered.
    again = rebill("import", "subscribers", TELCO, "--set", "start_on=2026-11-01", "--json")

    assert told(first) == (4_229, 0, 0)
    assert told(again) == (0, 4_229, 0)
    assert json.loads(again.shown)["remembered"] is True
    charges = dict(line.split(",")[0:9:8] for line in TELCO.read_text().splitlines()[1:])
    kept = Subscription.objects.values_list("customer__number", "unit_price", "quantity", "billing_months", "start_on")
    assert len(kept) == len(charges) == 4_229
    assert {number: price for number, price, *_rest in kept} == {key: Decimal(text) for key, text in charges.items()}
    assert {tuple(rest) for _number, _price, *rest in kept} == {(1, 1, date(2026, 11, 1))}
    assert sorted(Product.objects.values_list("code", flat=True)) == ["DSL", "Fiber optic", "No"]


# --- who may --------------------------------------------------------------------------------------------------------


def test_a_viewer_imports_nothing(rebill, write, seller):
    viewer = make_user("kijker")
    grant_role(acting=acting_of(seller), user=viewer, role=Role.VIEWER, now=NOW)

    ended = rebill("import", "customers", write("Klantnummer;Naam", "1;Smit"), "--user", "kijker")

    assert ended.code == 2
    assert "Viewer" in ended.aside
    assert not Customer.objects.exists()
    assert check_imports(seller_id=seller.pk) == []


@pytest.mark.parametrize("words", [["--user", "niemand"], ["--seller", "nergens"]])
def test_nobody_imports_for_a_stranger(rebill, write, words):
    assert rebill("import", "customers", write("Klantnummer;Naam", "1;Smit"), *words).code == 2
    assert not Customer.objects.exists()


def test_an_entity_that_is_none_is_refused(rebill, write):
    ended = rebill("import", "invoices", write("A", "1"))

    assert ended.code == 2
    assert "subscribers" in ended.aside


def test_a_file_can_come_as_bytes(seller):
    content = b"Klantnummer;Naam\n1;Smit\n"

    opened = open_file(acting=acting_of(seller), entity="customers", source=content, file_name="upload.csv")

    assert opened.mapping.fields() == {"number": "Klantnummer", "name": "Naam"}
    assert opened.entity.name == importable("customers").name
