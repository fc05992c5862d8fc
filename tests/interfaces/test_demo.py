"""The demo's month comes out as it is told, also when it is stopped on the way; told once for all tests here."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings

from rebill.access.acting import Acting
from rebill.access.models import User
from rebill.access.queries import user_named
from rebill.charges.models import Charge
from rebill.delivery.models import Dispatch
from rebill.interfaces.cli.app import run
from rebill.interfaces.demo.cast import BOOKSHOP, BUILDERS, DENTISTS, FARM, NAUTA, REITDIEP, SALON, SCHOOLS
from rebill.interfaces.demo.dealers import BELOW, FIRST, MOVES, ORDERED_ABOVE, RESELLERS, SECOND
from rebill.interfaces.demo.outcome import glances_of, outcome_of
from rebill.interfaces.demo.stage import Stage
from rebill.invoices.checks import check_billing, check_credits, check_invoices, check_numbers
from rebill.invoices.models import Document, Invoice, InvoiceLine
from rebill.invoices.queries.invoices import find_invoices
from rebill.parties.queries import acting_for, customer_by_number
from rebill.rules.periods import add_months
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import periodic_run_on
from rebill.runs.queries.shown import draft_shown
from rebill.sources.supplier_invoices.models import PurchaseInvoice
from rebill.sources.tabs.checks import check_tabs
from rebill.sources.tabs.models import TabOrder
from tests.factories import make_seller
from tests.interfaces.telling import PLUGS, PlugPulled, tell


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def stage(home, django_db_setup, django_db_blocker) -> Iterator[Stage]:
    own = override_settings(
        REBILL_DATA=home,
        DATA_DIR=home,
        EMAIL_FILE_PATH=str(home / "mail"),
        EMAIL_BACKEND="rebill.delivery.channels.email.folder.EmailBackend",
    )
    with django_db_blocker.unblock(), own:
        plugs = dict(PLUGS)
        while plugs:
            with pytest.raises(PlugPulled):
                tell(home, plugs)
        yield tell(home, plugs)
        call_command("flush", verbosity=0, interactive=False)


@pytest.fixture(autouse=True)
def at_home(stage, home, db, settings) -> None:
    settings.REBILL_DATA = home


def test_1268_drafts_of_which_37_need_a_look(stage):
    outcome = outcome_of(stage)

    assert (outcome["customers"], outcome["drafts"], outcome["against_month_before"]) == (1268, 1268, 24)
    assert (outcome["ready"], outcome["to_check"], outcome["blocked"]) == (1231, 37, 18)


def test_a_month_of_calls_is_billed_without_a_call_that_has_no_price(stage):
    calls = stage.diary.figures["month_of_calls"]

    assert calls["taken"] == calls["rated"] > 30_000
    assert InvoiceLine.objects.filter(kind="USAGE", invoice__issued_on=stage.days.month).count() > 150


def test_suppliers_invoices_come_by_four_doors_and_are_passed_on_as_far_as_they_go(stage):
    bought = stage.diary.figures["purchases"]

    assert [(each["format"], each["rows"], each["to_fix"]) for each in bought["invoices"]] == [
        ("ubl", 101, 10), ("finvoice", 28, 0), ("finvoice", 1, 0), ("factur-x", 12, 0), ("table", 9, 2),
    ]  # fmt: skip
    assert 40 < bought["drafts"] < 64
    assert {each.doubts == [] for each in PurchaseInvoice.objects.all()} == {True}
    on_run = Draft.objects.filter(run__billed_on=stage.days.next_month, customer__country="FI", run__purchase=None)
    charges = Charge.objects.filter(kind="REBILLED", claim__in=list(on_run.values_list("pk", flat=True)))
    assert charges.count() == bought["lines"] == 28
    assert {tuple(each.dimensions) for each in charges} == {("Klant",)}


def test_the_suppliers_commission_is_set_against_its_package_invoice(stage):
    bought = stage.diary.figures["purchases"]
    package, credit = (PurchaseInvoice.objects.get(number=each["number"]) for each in bought["invoices"][1:3])

    assert (credit.is_commission, bought["set_off"]) == (True, "58.40")
    assert bought["owed"]["Tilipilvi Oy"] == str((package.gross + credit.gross).decimal)


def test_the_carriers_invoice_differs_where_it_is_wrong(stage):
    assert (stage.diary.figures["carrier"]["destinations"], stage.diary.figures["carrier"]["same"]) == (12, 8)


def test_a_withdrawn_invoice_of_a_tab_puts_exactly_its_orders_back(stage):
    told = stage.diary.figures["tabs"]
    orders = {
        number: set(TabOrder.objects.filter(tab__customer__number=str(number)).values_list("state", flat=True))
        for number in (SCHOOLS, FARM)
    }
    assert ("billed" in orders[SCHOOLS], "booked" in orders[SCHOOLS]) == (True, False)
    assert ("billed" in orders[FARM], "booked" in orders[FARM]) == (False, True)

    assert Invoice.objects.get(number=told["credit_note"]).credits.number == told["billed"][1]
    assert told["over_limit"] == "2890-0008"
    assert TabOrder.objects.filter(tab__number=told["over_limit"], over_limit=True).count() == 1
    assert TabOrder.objects.get(state="reserved").tab.number == told["reserved"]
    [refund] = TabOrder.objects.filter(amount__lt=0)
    assert (refund.tab.number, refund.state) == (told["given_back"], "booked")
    assert check_tabs(acting=stage.acting) == []


def acting_dealer(slug: str) -> Acting:
    owners = {dealer.slug: dealer.owner[0] for dealer in RESELLERS}
    return acting_for(user_named(owners[slug]), slug)


@pytest.mark.parametrize("dealer", RESELLERS, ids=lambda dealer: dealer.slug)
def test_a_dealer_bills_its_own_customers_what_it_was_billed(stage, dealer):
    acting = acting_dealer(dealer.slug)
    above = acting_dealer(dealer.above) if dealer.above else stage.acting
    invoices = find_invoices(acting=acting)
    [told] = [each for each in stage.diary.figures["dealers"] if each["name"] == dealer.name]

    dealers_below = [each for each in RESELLERS if each.above == dealer.slug]
    assert invoices.count() == len(dealer.customers) + len(dealers_below)
    assert {invoice.number[:6] for invoice in invoices} == {f"{dealer.prefix}{stage.days.month:%Y}"}
    bought = find_invoices(acting=above).get(customer__as_seller__slug=dealer.slug)
    assert str(bought.net_amount.decimal) == told["bought"]
    assert str(sum(invoice.net_amount.decimal for invoice in invoices)) == told["sold"]
    # Nothing of what the dealer pays stands on what its customers get.
    lines = InvoiceLine.objects.filter(invoice__in=invoices)
    assert set(lines.values_list("product_code", flat=True)) <= {each.code for each in dealer.resold}
    assert check_invoices(acting=acting) == check_billing(acting=acting) == []


def test_what_a_dealer_asks_is_of_its_own_agreed_or_follows_what_it_pays(stage):
    def price(slug: str, customer: str, code: str) -> str:
        lines = InvoiceLine.objects.filter(
            invoice__seller__slug=slug, invoice__customer_number=customer, product_code=code
        )
        return str(lines[0].unit_price.normalize())

    # 7.95 and 40 %, agreed with a customer, agreed with the dealer below, and 30 % on that.
    assert price(FIRST, "W-101", "WERKPLEK") == "11.13"
    assert price(FIRST, "W-104", "WERKPLEK") == "10.25"
    assert price(FIRST, "W-200", "WERKPLEK") == "9.95"
    assert price(BELOW, "101", "BELLEN") == "12.935"
    # A fixed price, an amount on it, and one agreed; 2.00 on 4.50, and 15 % on that as on all.
    assert price(FIRST, "W-101", "GLAS") == "79"
    assert price(BELOW, "102", "INTERNET") == "84"
    assert price(BELOW, "101", "MOBIEL") == "7.475"


def test_what_waterkant_ordered_for_customers_of_its_dealers_is_billed_on_every_level(stage):
    found = {
        each.reference: [
            (line.invoice.seller.slug, line.product_code, str(line.prorated_quantity.normalize()))
            for line in InvoiceLine.objects.filter(reference__endswith=each.reference).order_by("invoice__seller_id")
        ]
        for each in ORDERED_ABOVE
    }

    assert found == {
        "Zomerterras": [("waterkant", "VOICE-SEAT", "3"), (FIRST, "WERKPLEK", "3")],
        "Filiaal bij de boot": [("waterkant", "VOICE-SEAT", "1"), (FIRST, "WERKPLEK", "1"), (BELOW, "BELLEN", "1")],
    }


def test_a_customer_that_goes_to_another_dealer_is_billed_by_each_for_its_days(stage):
    drafts = Draft.objects.filter(customer__number=MOVES, run__billed_on=stage.days.next_month)

    days = {}
    for draft in drafts.select_related("seller"):
        _, shown = draft_shown(acting=acting_dealer(draft.seller.slug), draft_id=draft.pk)
        lines = [line.line for line in shown.lines if line.line.kind != "USAGE"]
        days[draft.seller.slug] = {(line.kind, line.starts_on, line.ends_before) for line in lines}

    moved_on, following = stage.days.month.replace(day=15), stage.days.next_month
    assert days == {
        FIRST: {("PERIODICCORRECTION", moved_on, following)},
        SECOND: {("PERIODICFIRST", moved_on, following), ("PERIODIC", following, add_months(following, 1))},
    }


def test_dealers_sell_calls_on_for_more_than_they_pay(stage):
    def usage(slug: str) -> int:
        charges = Charge.objects.filter(seller__slug=slug, kind="USAGE", end_customer__seller__slug=BELOW)
        return sum(charge.amount.minor for charge in charges)

    assert 0 < usage("waterkant") < usage(FIRST) < usage(BELOW)


def test_one_run_makes_the_drafts_of_the_whole_chain(stage):
    drafts = Draft.objects.filter(run__billed_on=stage.days.next_month).exclude(seller_id=stage.acting.seller_id)

    found = {slug: drafts.filter(seller__slug=slug).count() for slug in (FIRST, BELOW, SECOND)}

    assert found == {FIRST: 6, BELOW: 3, SECOND: 3}


def test_what_each_dealer_bought_and_sold_stands_in_files(stage, home):
    month = f"{stage.days.month:%Y-%m}"
    for dealer in RESELLERS:
        ek, vk, earned = (
            (home / "demo" / "exports" / f"{dealer.slug}-{name}-{month}.csv").read_text("utf-8-sig").splitlines()
            for name in ("ek", "vk", "margins")
        )

        assert len(ek) == len(vk) >= 5
        dealers_below = sum(each.above == dealer.slug for each in RESELLERS)
        assert len(earned) == 1 + len(dealer.customers) + dealers_below


def test_the_warnings_are_those_of_the_mock_up(stage):
    assert outcome_of(stage)["warnings"] == {
        "price_missing": 9, "missing_vat_id": 5, "no_email": 4, "zero_total": 13, "big_change": 6,
    }  # fmt: skip


def test_what_is_ready_after_mending_is_issued_without_a_gap(stage):
    outcome = outcome_of(stage)

    assert (outcome["approved"], outcome["issued"], outcome["not_sent"]) == (1231, 1231, 0)
    first, last = (int(outcome[name].partition("-")[2]) for name in ("first_number", "last_number"))
    assert last - first == 1230
    assert check_numbers(acting=stage.acting) == []


def test_everything_that_was_billed_adds_up(stage):
    acting = stage.acting

    assert check_invoices(acting=acting) == []
    assert check_billing(acting=acting) == []
    assert check_credits(acting=acting) == []


def test_each_invoice_was_mailed_once_or_printed(stage, home):
    outcome = outcome_of(stage)
    invoices = sorted(path.name for path in (home / "mail").glob("[FIRL]*.eml"))

    assert (outcome["mails"], outcome["letters"], outcome["letters_in_batch"]) == (1215, 16, 16)
    assert len(invoices) == 1215
    assert Dispatch.objects.filter(invoice__issued_on=stage.days.month).count() == 1231


def test_nothing_of_the_trial_months_was_sent(stage):
    trial = Invoice.objects.filter(issued_on__lt=stage.days.month)

    assert trial.count() > 7_000
    assert set(Dispatch.objects.filter(invoice__in=trial).values_list("state", flat=True)) == {"cancelled"}
    assert Document.objects.filter(invoice__in=trial).count() == trial.count()


def test_the_export_was_mailed_once(stage, home):
    outcome = outcome_of(stage)

    assert outcome["export_mailed_to"] == ["boekhouding@waterkant.example"]
    assert outcome["export_rows"] > 1_231
    assert len(list((home / "mail").glob("waterkant-*.eml"))) == 1


def test_seats_given_up_in_the_middle_of_last_month_are_corrected(stage):
    invoice = find_invoices(acting=stage.acting).get(customer__number=str(NAUTA), issued_on=stage.days.month)

    lines = [
        (line.product_code, str(line.prorated_quantity.normalize()), line.net_amount.minor)
        for line in invoice.lines.all()
    ]

    assert lines == [
        ("VOICE-SEAT", "-1.03225806", -821),
        ("VOICE-SEAT", "24", 19080),
        ("NUMBERS-100", "1", 950),
        ("FIBRE-500", "1", 6400),
        ("HOSTING-M", "1", 1250),
        ("SIM-5GB", "6", 2700),
        ("PHONE-T43", "2", 17800),
    ]


def test_the_named_customers_stand_out_as_in_the_mock_up(stage):
    run = periodic_run_on(acting=stage.acting, billed_on=stage.days.month)

    glances = {int(glance.number): glance for glance in glances_of(stage, run)}

    assert glances[REITDIEP].percent >= 600
    assert glances[BOOKSHOP].percent == 157
    assert len(glances[SCHOOLS].nets) == 7


def test_one_draft_was_held_back(stage):
    held = Draft.objects.get(run__billed_on=stage.days.month, state="held")

    assert (held.customer.number, held.hold_reason) == (str(BUILDERS), "Wil eerst een inkoopnummer doorgeven")


def test_a_late_cancellation_corrects_both_months_in_the_next_run(stage):
    salon = customer_by_number(stage.acting, str(SALON))
    draft_id = Draft.objects.get(run__billed_on=stage.days.next_month, customer=salon).pk

    _, draft = draft_shown(acting=stage.acting, draft_id=draft_id)

    corrections = [line.line for line in draft.lines if line.line.kind == "PERIODICCORRECTION"]
    assert [(line.starts_on, line.amount_minor) for line in corrections] == [
        (date(2026, 8, 16), -645),
        (date(2026, 9, 1), -1250),
    ]


def test_the_wrong_invoice_is_withdrawn_and_its_customer_told(stage, home):
    outcome = outcome_of(stage)
    note = Invoice.objects.get(number=outcome["credit_note"])

    assert (note.withdraws, note.credits.number, note.customer_number) == (True, outcome["withdrawn"], str(DENTISTS))
    assert len(list((home / "mail").glob(f"Creditnota-{note.number}*.eml"))) == 1


def test_told_again_it_says_where_everything_is_and_does_nothing(stage, home, capsys):
    before = (Invoice.objects.count(), Dispatch.objects.count())

    code = run(["demo", "--json"])

    told = json.loads(capsys.readouterr().out)
    assert (code, told["drafts"], told["issued"]) == (0, 1268, 1231)
    assert (Invoice.objects.count(), Dispatch.objects.count()) == before


def test_it_does_not_mix_with_sellers_of_somebodys_own(stage, capsys):
    make_seller("noordwal")

    code = run(["demo"])

    assert code == 2
    assert "does not mix with them" in capsys.readouterr().err


def test_the_office_can_be_entered_with_the_password_that_is_printed(stage):
    assert User.objects.get(username="marit").check_password(stage.diary.figures["password"])
    assert periodic_run_on(acting=stage.acting, billed_on=stage.days.next_month).prepared_at is not None
