"""The page of a draft: the paper, its edits, why it differs, and its PDF."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebill.access.acting import Role
from rebill.catalogue.fields import TierPrice
from rebill.charges.models import Charge
from rebill.rules.money import Money
from rebill.rules.pricing import PriceModel
from rebill.runs.commands import approve_drafts
from rebill.runs.models import Draft, DraftState
from tests.factories import NOW, make_customer_price, make_plan_price
from tests.office.billing import Billing, draft_for, september


@pytest.fixture
def billing(seller) -> Billing:
    return september(seller)


@pytest.fixture
def draft(billing) -> Draft:
    return draft_for(billing, "Rederij Nauta")


@pytest.fixture
def address(draft) -> str:
    return f"/s/waterkant/drafts/{draft.pk}/"


def phone(draft: Draft) -> Charge:
    return Charge.objects.get(claim=draft.pk, description="Desk phone T43")


def as_shown(draft: Draft, **changes: str) -> dict[str, str]:
    """What the paper posts when nothing but `changes` was typed."""
    line = phone(draft)
    typed = {f"text-{line.pk}": "Desk phone T43", f"quantity-{line.pk}": "1", f"price-{line.pk}": "5,30"}
    return {"intro": "", "closing": "", "reason": "", **typed, **changes}


def test_the_paper_speaks_the_customers_language(office, address):
    text = office.get(address).content.decode()

    assert '<article class="doc isdraft" lang="nl"' in text
    assert "nog geen nummer" in text
    assert "21% btw over 15,30" in text


def test_it_says_line_by_line_why_it_comes_to_more(office, address):
    text = office.get(address).content.decode()

    assert "Why €5.30 more than August 2026" in text
    assert "+5.30" in text


def test_a_price_is_changed_with_a_reason(office, draft, address):
    asked = as_shown(draft, reason="Promised to Femke", **{f"price-{phone(draft).pk}": "4,30"})

    answer = office.post(f"{address}save/", asked)

    draft.refresh_from_db()
    assert answer.status_code == 302
    assert draft.net_amount == Money(1430, "EUR")


def test_a_price_without_a_reason_is_refused_and_what_was_typed_stays(office, draft, address):
    asked = as_shown(draft, **{f"price-{phone(draft).pk}": "4,30"})

    answer = office.post(f"{address}save/", asked)

    draft.refresh_from_db()
    assert answer.status_code == 422
    assert 'value="4,30"' in answer.content.decode()
    assert "Say why: more than a text was changed." in answer.content.decode()
    assert draft.net_amount == Money(1530, "EUR")


def test_what_is_no_number_is_refused_beside_its_field(office, draft, address):
    asked = as_shown(draft, reason="x", **{f"quantity-{phone(draft).pk}": "two"})

    answer = office.post(f"{address}save/", asked)

    assert answer.status_code == 422
    assert f'id="wrong-quantity-{phone(draft).pk}"' in answer.content.decode()


def seat(draft: Draft) -> Charge:
    """The line of September."""
    return Charge.objects.get(claim=draft.pk, starts_on="2026-09-01", ends_before="2026-10-01")


def test_a_line_says_what_it_is_beside_the_paper_with_its_days(office, draft, address):
    line = seat(draft)

    answer = office.get(
        f"{address}lines/{line.pk}/why/", headers={"HX-Request": "true", "HX-Target": "this-line"}
    ).content.decode()

    assert answer.startswith("<section")
    assert "A subscription" in answer
    assert f'name="from-{line.pk}" value="2026-09-01" form="paper"' in answer
    assert f'name="until-{line.pk}" value="2026-09-30" form="paper"' in answer


def test_another_period_is_said_on_the_paper_with_a_reason(office, draft, address):
    line = seat(draft)
    days = {f"from-{line.pk}": "2026-09-07", f"until-{line.pk}": "2026-09-30"}

    answer = office.post(f"{address}save/", as_shown(draft, reason="Moved in on the 7th", **days))

    text = office.get(address).content.decode()
    line.refresh_from_db()
    assert answer.status_code == 302
    assert "7–30 sep" in text
    assert "Period: September 2026 → 7–30 Sep 2026" in text
    assert str(line.starts_on) == "2026-09-01"


def test_another_vat_rate_and_account_are_said_on_the_paper_with_a_reason(office, draft, address):
    line = seat(draft)
    taxed = {f"vat-{line.pk}": "reduced", f"account-{line.pk}": "8020"}

    refused = office.post(f"{address}save/", as_shown(draft, **taxed)).content.decode()
    saved = office.post(f"{address}save/", as_shown(draft, reason="A book", **taxed))

    text, why = (office.get(f"{address}{path}").content.decode() for path in ("", f"lines/{line.pk}/why/"))
    assert "Say why: more than a text was changed." in refused
    assert f'name="account-{line.pk}" value="8020"' in refused
    assert saved.status_code == 302
    assert "9% btw over 10,00" in text
    assert "VAT rate: Standard rate → Reduced rate" in text
    assert "on this draft, which says Reduced rate, account 8020: A book" in why


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [
        (("2026-09-07", "2026-09-30"), "", "Say why: more than a text was changed."),
        (("2026-09-07", "2026-09-06"), "Slip", "The last day comes before the first one."),
        (("2026-09-07", ""), "Slip", "Enter both days of the period."),
    ],
)
def test_a_period_that_cannot_be_is_refused_beside_its_days(office, draft, address, days, reason, words):
    line = seat(draft)
    typed = {f"from-{line.pk}": days[0], f"until-{line.pk}": days[1]}

    answer = office.post(f"{address}save/", as_shown(draft, reason=reason, **typed))

    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert f'name="from-{line.pk}" value="2026-09-07"' in text


def test_the_page_of_a_line_saves_its_period_alone(office, draft, address):
    line = seat(draft)
    page = office.get(f"{address}lines/{line.pk}/why/").content.decode()

    days = {f"from-{line.pk}": "2026-08-31", f"until-{line.pk}": "2026-09-29", "reason": "As they count it"}
    office.post(f"{address}save/", days)

    draft.refresh_from_db()
    assert "How it came about" in page
    assert "31 aug – 29 sep" in office.get(address).content.decode()
    assert draft.net_amount == Money(1530, "EUR")


def test_the_catalogue_is_searched_and_says_what_each_product_costs_this_customer(office, billing, draft, address):
    make_customer_price(draft.customer, billing.product("SEAT"), "7.95")
    steps = [TierPrice(up_to=None, unit_price=Decimal(3))]
    make_plan_price(billing.product("SIM"), "0", plan=billing.plan, model=PriceModel.VOLUME, tiers=steps)
    billing.product("FREE")

    page = office.get(f"{address}catalogue/").content.decode()
    found = office.get(f"{address}catalogue/", {"q": "seat"}, headers={"HX-Request": "true"}).content.decode()
    none = office.get(f"{address}catalogue/", {"q": "xyz"}, headers={"HX-Request": "true"}).content.decode()

    assert "by quantity" in page
    assert "no price" in page
    assert found.startswith("<ul")
    assert f'href="{address}add/?product=SEAT"' in found
    assert "7.95 a month" in found
    assert "SIM" not in found
    assert "No product is called “xyz”." in none


def test_the_catalogue_is_read_with_few_queries_however_many_products_match(office, billing, address):
    for index in range(12):
        make_plan_price(billing.product(f"SEAT-{index}"), "5", plan=billing.plan)

    with CaptureQueriesContext(connection) as queries:
        office.get(f"{address}catalogue/", {"q": "seat"}, headers={"HX-Request": "true"})

    reads = [each["sql"] for each in queries.captured_queries if "SAVEPOINT" not in each["sql"]]
    assert len(reads) <= 12, "\n".join(reads)


def test_a_price_that_depends_on_the_quantity_is_taken_where_the_quantity_has_one(office, billing, draft, address):
    """From ten on each costs three; a graduated price has two parts then, and is asked for."""
    tiers = [TierPrice(up_to=Decimal(9), unit_price=Decimal(4)), TierPrice(up_to=None, unit_price=Decimal(3))]
    make_plan_price(billing.product("SIM"), "0", plan=billing.plan, model=PriceModel.VOLUME, tiers=tiers)
    make_plan_price(billing.product("CALL"), "0", plan=billing.plan, model=PriceModel.GRADUATED, tiers=tiers)
    line = {"description": "", "quantity": "10", "unit_price": "", "supplied_on": "2026-09-01"}

    office.post(f"{address}add/", {**line, "product": "SIM"})
    refused = office.post(f"{address}add/", {**line, "product": "CALL"})

    draft.refresh_from_db()
    assert draft.net_amount == Money(1530 + 3000, "EUR")
    assert "has no single price for this customer, day and quantity: enter one." in refused.content.decode()


def test_an_edited_line_is_put_back(office, draft, address):
    line = phone(draft)
    office.post(f"{address}save/", as_shown(draft, reason="Slip", **{f"price-{line.pk}": "4,30"}))

    office.post(f"{address}lines/{line.pk}/reset/")

    draft.refresh_from_db()
    assert draft.net_amount == Money(1530, "EUR")


def test_texts_above_and_below_the_lines_are_saved(office, draft, address):
    office.post(f"{address}save/", as_shown(draft, intro="Beste Femke", closing="Tot volgende maand"))

    draft.refresh_from_db()
    assert (draft.intro, draft.closing) == ("Beste Femke", "Tot volgende maand")


@pytest.mark.parametrize(("waive", "is_waived"), [("", False), ("1", True)])
def test_a_line_is_taken_off_for_later_or_for_good(office, draft, address, waive, is_waived):
    line = phone(draft)

    office.post(f"{address}lines/{line.pk}/drop/", {"reason": "Not delivered", "waive": waive})

    line.refresh_from_db()
    draft.refresh_from_db()
    assert draft.net_amount == Money(1000, "EUR")
    assert bool(line.waived_reason) is is_waived


def test_a_line_is_added_with_its_own_price_or_that_of_the_catalogue(office, draft, address):
    line = {"description": "", "quantity": "2", "unit_price": "", "supplied_on": "2026-09-01", "product": "SEAT"}
    office.post(f"{address}add/", line)
    office.post(f"{address}add/", {**line, "product": "", "description": "Travel", "unit_price": "7.50"})

    draft.refresh_from_db()
    assert draft.net_amount == Money(1530 + 2000 + 1500, "EUR")


def test_a_line_without_a_price_anywhere_is_refused_at_the_price(office, address):
    line = {"description": "Travel", "quantity": "1", "unit_price": "", "supplied_on": "2026-09-01", "product": ""}

    answer = office.post(f"{address}add/", line)

    assert answer.status_code == 422
    assert "Enter a price" in answer.content.decode()


def test_a_line_explains_itself(office, draft, address):
    text = office.get(f"{address}lines/{phone(draft).pk}/why/").content.decode()

    assert "An interim line" in text
    assert "1 × 5.30 = €5.30, rounded once" in text


def test_an_approval_is_taken_back_on_the_page_of_its_draft(office, billing, draft, address):
    approve_drafts(acting=billing.acting, drafts=Draft.objects.filter(pk=draft.pk), now=NOW)
    before = office.get(address).content.decode()

    answer = office.post(f"/s/waterkant/runs/{draft.run_id}/reopen/", {"id": draft.pk, "back": address})

    draft.refresh_from_db()
    text = office.get(address).content.decode()
    assert "Take the approval back" in before
    assert "Save what is changed" not in before
    assert answer.headers["Location"] == address
    assert draft.state == DraftState.OPEN
    assert "Save what is changed" in text
    assert "Approval taken back" in text


def test_the_preview_is_a_pdf_of_the_draft(office, address):
    answer = office.get(f"{address}preview.pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_viewer_reads_the_paper_and_changes_nothing(member, draft, address):
    viewer = member(Role.VIEWER)

    text = viewer.get(address).content.decode()

    assert "Desk phone T43" in text
    assert "Save what is changed" not in text
    assert viewer.post(f"{address}save/", as_shown(draft, intro="x")).status_code == 403
