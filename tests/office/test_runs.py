"""The review of a run: what is shown, what is filtered, what is mended in place, approved and held back."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rebill.access.acting import Role
from rebill.invoices.models import Invoice
from rebill.kit.models import Work
from rebill.parties.commands import change_seller
from rebill.parties.models import Customer
from rebill.runs.commands import approve_drafts, hold_drafts
from rebill.runs.models import Draft, DraftState
from tests.factories import NOW, make_seller
from tests.office.billing import SEPTEMBER, Billing, deliver, do_waiting_work, draft_for, run_of, september


@pytest.fixture
def billing(seller) -> Billing:
    return september(seller)


@pytest.fixture
def address(billing) -> str:
    """The address of the run of September."""
    return f"/s/waterkant/runs/{run_of(billing).pk}/"


def shown(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_the_run_says_what_it_comes_to_and_against_the_month_before(office, address):
    text = shown(office, address)

    assert "September 2026 run" in text
    assert "€35.30" in text
    assert "+1 against August 2026" in text
    assert "+15.30 (+76.5%) against August 2026" in text


def test_the_run_is_read_with_few_queries_however_many_drafts_it_has(office, billing, address):
    for index in range(20):
        billing.subscribe(billing.customer(f"Klant {index}"), "SEAT", start_on=SEPTEMBER)
    billing.prepare(SEPTEMBER)
    office.get(address)

    with CaptureQueriesContext(connection) as queries:
        shown(office, address)

    # Savepoints are the test's own: it runs in a transaction.
    reads = [each["sql"] for each in queries.captured_queries if "SAVEPOINT" not in each["sql"]]
    assert len(reads) <= 12, "\n".join(reads)


def test_tabs_filter_and_say_how_many(office, address):
    assert "Bolwerk" in shown(office, address, tab="to_check")
    assert "Nauta" not in shown(office, address, tab="to_check")
    assert "Nauta" in shown(office, address, tab="changed")
    assert "Terpstra" not in shown(office, address, tab="changed")
    assert "Bolwerk" in shown(office, address, tab="first")


@pytest.mark.parametrize("words", ["nauta", "710482", "desk phone"])
def test_search_finds_customer_number_and_line(office, address, words):
    text = shown(office, address, q=words)

    assert "Rederij Nauta" in text
    assert "Terpstra" not in text


def test_what_the_address_says_wrongly_counts_as_not_said(office, address):
    assert "Rederij Nauta" in shown(office, address, tab="nonsense", sort="id;drop", channel="pigeon", page="x")


def test_drafts_are_sorted_by_amount(office, address):
    text = shown(office, address, sort="-amount")

    assert text.index("Rederij Nauta</a>") < text.index("Bouwbedrijf Terpstra</a>")


def test_an_address_is_added_in_place_and_the_draft_leaves_what_is_to_check(office, billing, address):
    draft = draft_for(billing, "Autoschade Bolwerk")

    answer = office.post(
        f"{address}drafts/{draft.pk}/fix/",
        {"code": "no_email", "email": "facturen@bolwerk.example", "query": "tab=to_check"},
        headers={"HX-Request": "true"},
    )

    text = answer.content.decode()
    assert answer.status_code == 200
    assert f'id="draft-{draft.pk}"' not in text
    assert 'id="totals" hx-swap-oob="true"' in text
    assert Customer.objects.get(pk=draft.customer_id).invoice_emails == ["facturen@bolwerk.example"]
    assert "Nothing left to check" in shown(office, address, tab="to_check")


def test_a_wrong_address_is_refused_beside_its_field(office, billing, address):
    draft = draft_for(billing, "Autoschade Bolwerk")

    answer = office.post(
        f"{address}drafts/{draft.pk}/fix/",
        {"code": "no_email", "email": "bolwerk", "query": "tab=to_check"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 422
    assert 'value="bolwerk"' in answer.content.decode()
    assert "aria-invalid" in answer.content.decode()


def test_mending_works_without_scripts(office, billing, address):
    draft = draft_for(billing, "Autoschade Bolwerk")

    answer = office.post(
        f"{address}drafts/{draft.pk}/fix/",
        {"code": "no_email", "email": "facturen@bolwerk.example", "query": "tab=to_check"},
    )

    assert answer.headers["Location"] == f"{address}?tab=to_check"


def test_the_lines_open_below_the_row(office, billing, address):
    draft = draft_for(billing, "Rederij Nauta")

    answer = office.get(f"{address}drafts/{draft.pk}/lines/", headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert "Desk phone T43" in text
    assert "One-off" in text


def test_the_dialog_says_what_approving_will_do(office, address):
    text = shown(office, f"{address}approve/", all="1")

    assert "Approve 2 invoices and send them?" in text
    assert "2026-00003 to 2026-00004" in text
    assert "2 e-mails go out" in text
    assert "€30.61" in text
    assert "1 draft stays in this run." in text


def test_approving_asks_for_the_work_once_and_the_work_sends_the_invoices(office, billing, address):
    asked = {"all": "1", "tab": "all"}

    office.post(f"{address}approve/", asked)
    office.post(f"{address}approve/", asked)

    assert Work.objects.filter(kind="approve").count() == 1
    assert "Waits for the worker." in shown(office, address)
    [result] = do_waiting_work()
    assert (result["approved"], result["documents"]) == (2, 2)
    assert Draft.objects.get(pk=draft_for(billing, "Autoschade Bolwerk").pk).state == DraftState.OPEN
    assert Invoice.objects.filter(seller=billing.seller, issued_on__year=2026).count() == 4
    assert "4 still to go" in shown(office, address)
    deliver(billing)
    assert "2 documents were issued" in shown(office, address)


def test_one_draft_is_approved_by_its_number(office, billing, address):
    draft = draft_for(billing, "Rederij Nauta")

    office.post(f"{address}approve/", {"ids": str(draft.pk)})
    [result] = do_waiting_work()

    assert result["approved"] == 1
    assert draft_for(billing, "Bouwbedrijf Terpstra").state == DraftState.OPEN


def test_holding_back_asks_why_and_can_be_undone(office, billing, address):
    draft = draft_for(billing, "Rederij Nauta")

    refused = office.post(f"{address}hold/", {"ids": str(draft.pk), "reason": " "})
    office.post(f"{address}hold/", {"ids": str(draft.pk), "reason": "Waits for Femke"})

    assert refused.status_code == 422
    assert Draft.objects.get(pk=draft.pk).state == DraftState.HELD
    assert "1 draft is held back." in shown(office, address)
    office.post(f"{address}release/", {"reason": "Waits for Femke"})
    assert Draft.objects.get(pk=draft.pk).state == DraftState.OPEN


def approved(billing: Billing) -> None:
    """Nauta and Terpstra are approved, as the program does by itself below an amount."""
    ready = Draft.objects.filter(run=run_of(billing), state=DraftState.OPEN)
    approve_drafts(acting=billing.acting, drafts=ready, now=NOW)


def test_approvals_are_taken_back_for_some_or_for_all(office, billing, address):
    approved(billing)
    nauta = draft_for(billing, "Rederij Nauta")
    tab = shown(office, address, tab="approved")

    dialog = shown(office, f"{address}reopen/", all="1", tab="approved")
    office.post(f"{address}reopen/", {"ids": str(nauta.pk)})
    one = {each.customer.name for each in Draft.objects.filter(state=DraftState.APPROVED)}
    office.post(f"{address}reopen/", {"all": "1", "tab": "approved"})

    assert "All 2 approved drafts selected" in tab
    assert "Take 2 approvals back…" in tab
    assert "Take 2 approvals back?" in dialog
    assert one == {"Bouwbedrijf Terpstra"}
    assert not Draft.objects.filter(state=DraftState.APPROVED).exists()
    assert "1 approval is taken back." in shown(office, address)


def test_what_is_not_approved_cannot_be_taken_back(office, billing, address):
    nauta = draft_for(billing, "Rederij Nauta")

    answer = office.post(f"{address}reopen/", {"ids": str(nauta.pk)}, follow=True)

    assert "Nothing of what is selected is approved" in answer.content.decode()


def test_who_may_not_approve_takes_no_approval_back(member, billing, address):
    approved(billing)
    clerk = member(Role.VIEWER)

    answer = clerk.post(f"{address}reopen/", {"all": "1", "tab": "approved"})

    assert answer.status_code == 403
    assert Draft.objects.filter(state=DraftState.APPROVED).count() == 2
    assert "Take 2 approvals back" not in shown(clerk, address, tab="approved")


def test_all_that_have_one_warning_are_held_back_together(office, billing, address):
    office.post(f"{address}hold/", {"all": "1", "tab": "to_check", "warning": "no_email", "reason": "No address"})

    assert [each.customer.name for each in Draft.objects.filter(state=DraftState.HELD)] == ["Autoschade Bolwerk"]


def test_the_date_of_the_invoices_is_changed_and_changed_back(office, billing, address):
    office.post(f"{address}date/", {"invoice_on": "2026-09-05"})

    assert str(run_of(billing).invoice_on) == "2026-09-05"
    office.post(f"{address}date/", {"invoice_on": ""})
    assert run_of(billing).invoice_on is None


def test_drafts_are_made_again_with_what_has_come_since(office, billing, address):
    billing.subscribe(billing.customer("Nieuwkomer"), "SEAT", start_on=SEPTEMBER)

    office.post(f"{address}again/", {"how": "anew"})
    [result] = do_waiting_work()

    assert (result["discarded"], result["drafts"]) == (3, 4)
    assert "Nieuwkomer" in shown(office, address)


def test_the_drafts_are_written_to_a_file_that_no_spreadsheet_runs(office, billing, address):
    billing.subscribe(billing.customer("=HYPERLINK(1)"), "SEAT", start_on=SEPTEMBER)
    billing.prepare(SEPTEMBER)

    answer = office.get(f"{address}drafts.csv")
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()

    assert rows[0].startswith("Customer number;Customer;")
    assert len(rows) == 5
    assert any("'=HYPERLINK(1)" in row for row in rows)


def test_two_pairs_of_eyes_are_told_who_waits_for_whom(office, billing, address):
    change_seller(acting=billing.acting, approval_needs_two=True, now=NOW)

    dialog = shown(office, f"{address}approve/", all="1")
    office.post(f"{address}approve/", {"all": "1"})
    do_waiting_work()

    assert "2 get your approval as the first of two" in dialog
    deliver(billing)
    assert "Approved once" in shown(office, address)
    assert "2 drafts have one approval and wait for a second person." in shown(office, address)


def test_the_first_of_two_approvals_is_taken_back_on_the_page_of_the_draft(office, billing, address):
    change_seller(acting=billing.acting, approval_needs_two=True, now=NOW)
    draft = draft_for(billing, "Rederij Nauta")
    approve_drafts(acting=billing.acting, drafts=Draft.objects.filter(pk=draft.pk), now=NOW)

    page = shown(office, f"/s/waterkant/drafts/{draft.pk}/")
    answer = office.post(f"{address}reopen/", {"id": str(draft.pk)})

    draft.refresh_from_db()
    assert "Take the approval back" in page
    assert "Approved as the first of two" in page
    assert (answer.status_code, draft.first_approved_by) == (302, None)


def test_a_viewer_reads_and_changes_nothing(member, billing, address):
    viewer = member(Role.VIEWER)
    draft = draft_for(billing, "Rederij Nauta")

    text = shown(viewer, address)

    assert "Approve 2 and send" not in text
    assert "Hold back" not in text
    assert viewer.get(f"{address}approve/?all=1").status_code == 403
    assert viewer.post(f"{address}hold/", {"ids": str(draft.pk), "reason": "x"}).status_code == 403
    assert viewer.post(f"{address}drafts/{draft.pk}/fix/", {"code": "no_email", "email": "a@b.nl"}).status_code == 403


def test_the_runs_and_drafts_of_another_seller_are_not_found(office, owner, billing, address):
    stranger = september(make_seller("noordwal"))
    run, draft = run_of(stranger), draft_for(stranger, "Rederij Nauta")

    assert office.get(f"/s/waterkant/runs/{run.pk}/").status_code == 404
    assert office.get(f"/s/waterkant/runs/{run.pk}/drafts.csv").status_code == 404
    assert office.get(f"/s/waterkant/drafts/{draft.pk}/").status_code == 404
    assert office.post(f"{address}hold/", {"ids": str(draft.pk), "reason": "x"}).status_code == 302
    assert Draft.objects.get(pk=draft.pk).state == DraftState.OPEN


def test_the_list_of_runs_says_how_each_stands(office, billing):
    text = shown(office, "/s/waterkant/runs/")

    assert "September 2026 run" in text
    assert "Drafts ready" in text
    assert "August 2026 run" in text


def test_a_run_is_made_for_a_day(office, billing):
    office.post("/s/waterkant/runs/make/", {"billed_on": "2026-10-01"})

    assert "You may leave this page" in shown(office, "/s/waterkant/runs/")
    [result] = do_waiting_work()
    assert result["drafts"] == 3
    assert "October 2026 run" in shown(office, "/s/waterkant/runs/")


def test_a_held_draft_says_why_below_its_row(office, billing, address):
    draft = draft_for(billing, "Rederij Nauta")
    hold_drafts(acting=billing.acting, drafts=Draft.objects.filter(pk=draft.pk), reason="Waits for Femke", now=NOW)

    answer = office.get(f"{address}drafts/{draft.pk}/lines/", headers={"HX-Request": "true"})

    assert "Held back: Waits for Femke" in answer.content.decode()


@pytest.fixture
def many(billing, monkeypatch) -> Billing:
    """Fifty-one customers more, which are too many to be named and to be counted at once."""
    for index in range(51):
        billing.subscribe(billing.customer(f"Klant {index}"), "SEAT", start_on=SEPTEMBER)
    billing.prepare(SEPTEMBER)
    for name, most in (
        ("rebill.runs.queries.drafts.CUSTOMERS_NAMED", 20),
        ("rebill.interfaces.office.runs.review.COUNTED_MAX", 5),
        ("rebill.interfaces.office.runs.matching.TAB_MAX", 20),
    ):
        monkeypatch.setattr(name, most)
    return billing


@pytest.mark.parametrize("asked", [{"q": "klant"}, {"channel": "email"}, {"channel": "email", "q": "klant"}])
def test_very_many_that_match_are_counted_after_the_page(office, many, address, asked):
    page = shown(office, address, **asked)
    counted = shown(office, f"{address}counted/", **asked)
    at_once = shown(office, address, **asked, count="1")

    number = Draft.objects.filter(
        state=DraftState.OPEN, verdict=0, billed_on=SEPTEMBER, customer__name__istartswith=asked.get("q", "")
    ).count()
    assert page.count("data-tick ") == 50
    assert "1–50 of more than 50" in page
    assert f'hx-get="{address}counted/?' in page
    assert f"All {number} ready drafts selected" not in page
    for text in (counted, at_once):
        assert f"All {number} ready drafts selected" in text
        assert "of more than" not in text
        assert "counted/?" not in text


def test_all_that_match_very_many_customers_are_approved(office, many, address):
    dialog = shown(office, f"{address}approve/", all="1", q="klant")
    office.post(f"{address}approve/", {"all": "1", "q": "klant"})

    [result] = do_waiting_work()
    assert "Approve 51 invoices and send them?" in dialog
    assert result["approved"] == 51


def test_the_last_page_of_very_many_says_how_many_there_are(office, many, address):
    text = shown(office, address, q="klant", page="2")

    assert "51–51 of 51" in text


def test_the_dialog_counts_letters_apart_from_mails(office, billing, address):
    Customer.objects.filter(name="Bouwbedrijf Terpstra").update(channel="print")

    text = shown(office, f"{address}approve/", all="1", tab="all")

    assert "1 e-mail goes out" in text
    assert "1 letter waits" in text
