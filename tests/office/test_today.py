"""The first page: what needs me now."""

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from rebill.access.acting import Role
from rebill.catalogue.commands import create_rate_deck
from rebill.interfaces.imports.inspecting import Wishes, open_file
from rebill.interfaces.imports.running import import_file
from rebill.invoices.queries.revenue import revenue_by_month, revenue_counted
from rebill.runs.commands import hold_drafts, prepare_manual_run
from rebill.runs.models import Draft
from tests.factories import NOW, acting_of, make_customer
from tests.office.billing import AUGUST, SEPTEMBER, deliver, do_waiting_work, draft_for, run_of, september
from tests.sources.supplier_invoices.written import Finvoice, Row
from tests.sources.tabs.bar import Bar
from tests.stories.month import Month


def shown(office) -> str:
    answer = office.get("/s/waterkant/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_first_day_shows_the_first_steps(office):
    text = shown(office)

    assert "What stands on your paper" in text
    assert "Import customers" in text
    assert "/s/waterkant/invoices/new/" in text
    assert "/s/waterkant/imports/customers/" in text
    assert "Make a run" in text


def test_the_first_steps_are_those_of_the_role(member):
    clerk, viewer = (member(role).get("/s/waterkant/").content.decode() for role in (Role.CLERK, Role.VIEWER))

    assert "Import customers" in clerk
    assert "What stands on your paper" not in clerk
    assert "Make a run" not in viewer
    assert "Nothing is billed here yet" in viewer


def test_a_step_that_is_done_is_ticked(office, seller):
    assert shown(office).count("i check pos") == 1

    make_customer(seller)

    assert shown(office).count("i check pos") == 2


def test_an_invoice_by_hand_is_the_last_of_the_first_steps(office, seller):
    month = Month.__new__(Month)
    month.seller, month.acting, month.products = seller, acting_of(seller), {}
    customer = make_customer(seller)
    month.add_line(customer, "Advice", price="95", on=SEPTEMBER)
    before = shown(office).count("i check pos")
    prepare_manual_run(acting=month.acting, customer_id=customer.pk, billed_on=SEPTEMBER, now=NOW)
    month.approve_all()
    month.issue(SEPTEMBER)

    assert shown(office).count("i check pos") == before + 1


def test_the_present_run_says_what_can_go_and_what_needs_a_look(office, seller):
    billing = september(seller)

    text = shown(office)

    assert "September 2026 run" in text
    assert '<b class="tnum">2</b> of 3 drafts can go out.' in text
    assert '<b class="tnum">1</b> needs a look first.' in text
    assert f"/s/waterkant/runs/{run_of(billing).pk}/?tab=to_check" in text


def test_what_waits_is_listed_and_nothing_else(office, seller):
    billing = september(seller)
    nauta = Draft.objects.filter(pk=draft_for(billing, "Rederij Nauta").pk)
    hold_drafts(acting=billing.acting, drafts=nauta, reason="Waits", now=NOW)

    text = shown(office)

    assert "draft to check" in text
    assert "draft held back" in text
    assert "deliveries to look at" not in text
    assert "letters to print" not in text


def test_tabs_over_their_limit_and_suppliers_invoices_and_rates_wait_too(office, seller):
    september(seller)
    bar = Bar(seller)
    bar.buy(bar.tab("100"), "120", is_late=True)
    office.post("/s/waterkant/re-billing/send/", {"file": SimpleUploadedFile("n.xml", Finvoice([Row()]).written())})
    bought = create_rate_deck(acting=acting_of(seller), code="transvox", name="Transvox", now=NOW)
    wishes = Wishes(constants={"deck_code": bought.code, "valid_from": "2026-10-01"})
    said = {"entity": "rates", "source": b"prefix;price per minute\n316;0.20\n", "file_name": "rates.csv"}
    import_file(acting=acting_of(seller), opened=open_file(acting=acting_of(seller), wishes=wishes, **said), now=NOW)

    waiting = office.get("/s/waterkant/").context["waiting"]

    assert [(each.number, each.title, each.address) for each in waiting if "draft" not in each.title] == [
        (1, "supplier’s invoice to re-bill", "/s/waterkant/re-billing/"),
        (1, "file of new rates to decide about", "/s/waterkant/decks/"),
        (1, "tab over its limit", "/s/waterkant/tabs/?tab=over"),
    ]


def test_nothing_is_said_of_drafts_that_there_are_none_of(office, seller):
    september(seller)

    assert "September 2026 run: they cannot be sent until they are mended" in shown(office)


def test_when_everything_went_out_only_what_cannot_go_waits(office, seller):
    billing = september(seller)
    office.post(f"/s/waterkant/runs/{run_of(billing).pk}/approve/", {"all": "1"})
    do_waiting_work()
    deliver(billing)

    text = shown(office)

    assert "Partly issued" in text
    assert "What was ready has gone out." in text


def test_revenue_is_kept_by_month_and_adds_up_with_the_documents(office, seller):
    billing = september(seller)
    office.post(f"/s/waterkant/runs/{run_of(billing).pk}/approve/", {"all": "1"})
    do_waiting_work()

    kept = revenue_by_month(acting=billing.acting, since=date(2020, 1, 1))

    assert kept == revenue_counted(acting=billing.acting)
    assert sum(each.net_minor for each in kept if each.month == AUGUST) == 2000


def test_the_chart_and_its_tables_say_the_same(office, seller):
    september(seller)

    text = shown(office)

    assert text.count('class="chart"') == 2
    assert "hatch-wide" in text
    assert "All twelve months as a table" in text
    assert "Monthly costs" in text


def test_very_many_drafts_are_parted_as_a_sample_of_them_and_add_up(office, seller, monkeypatch):
    billing = september(seller)
    for index in range(8):
        billing.subscribe(billing.customer(f"Klant {index}"), "SEAT", start_on=SEPTEMBER)
    billing.prepare(SEPTEMBER)
    exact = office.get("/s/waterkant/").context["revenue"]
    monkeypatch.setattr("rebill.interfaces.office.today.revenue.PARTED_DRAFTS_MAX", 5)
    monkeypatch.setattr("rebill.interfaces.office.today.revenue.SAMPLED_DRAFTS", 6)

    answer = office.get("/s/waterkant/")

    shared = answer.context["revenue"]
    drafts = next(month.drafts for month in shared.months if month.drafts)
    assert len(drafts) == 2
    assert sum(drafts.values()) == next(sum(month.drafts.values()) for month in exact.months if month.drafts)
    assert (exact.is_shared, shared.is_shared) == (False, True)
    assert "Drafts are parted by category as a sample of them parts" in answer.content.decode()


def test_today_is_read_with_few_queries(office, seller, django_assert_max_num_queries):
    billing = september(seller)
    for index in range(20):
        billing.subscribe(billing.customer(f"Klant {index}"), "SEAT", start_on=SEPTEMBER)
    billing.prepare(SEPTEMBER)
    office.get("/s/waterkant/")

    with django_assert_max_num_queries(18):
        shown(office)
