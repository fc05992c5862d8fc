"""What a customer's next draft will be, computed as a run computes it and without writing anything."""

from datetime import UTC, date, datetime
from decimal import Decimal
from time import process_time

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebill.access.acting import Acting, Role
from rebill.parties.commands import change_customer
from rebill.parties.queries import CustomerUnknown
from rebill.runs.commands import drop_draft_line
from rebill.runs.models import Draft, DraftState
from rebill.runs.queries.lines import lines_of
from rebill.runs.queries.preview import preview_draft
from rebill.runs.queries.shown import draft_shown
from tests import factories
from tests.stories.month import LONG_AGO, Month

pytestmark = pytest.mark.django_db

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
NOW = datetime(2026, 8, 1, 8, tzinfo=UTC)


@pytest.fixture
def month() -> Month:
    return Month()


@pytest.fixture
def bakery(month):
    """A customer with something of everything: hosting that turns out to have ended, a domain, lines by hand."""
    bakery = month.customer("Bakkerij Jansen", number="1001")
    hosting = month.subscribe(bakery, "HOSTING-M", price="31", start_on=date(2026, 7, 1))
    month.subscribe(bakery, "DOMAIN-NL", price="10", price_months=12, months=12, start_on=date(2026, 9, 10))
    month.bill_on(date(2026, 7, 1))
    month.bill_on(AUGUST)
    month.cancel(hosting, last_day=date(2026, 7, 15))
    month.subscribe(bakery, "MAIL", price="5", quantity="3", start_on=date(2026, 8, 20))
    month.add_line(bakery, "Telefoon", price="89", on=date(2026, 8, 5))
    month.add_credit(bakery, "Storing", price="7.50", on=date(2026, 8, 5))
    return bakery


def rows_everywhere() -> dict[str, int]:
    return {model._meta.label: model.objects.count() for model in apps.get_models()}


def told(lines) -> list[tuple]:
    return [
        (line.kind, line.product_id, line.description, line.starts_on, line.ends_before, line.prorated_e8,
         line.price_e6, line.amount_minor, line.reference, line.corrects_id)
        for line in lines
    ]  # fmt: skip


def test_a_preview_is_what_the_run_then_makes(month, bakery):
    preview = preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=SEPTEMBER)

    month.prepare(SEPTEMBER)

    [draft] = month.drafts().filter(state=DraftState.OPEN)
    [shown] = preview.drafts
    made = lines_of(seller_id=month.seller.pk, draft_ids=[draft.pk])[draft.pk]
    assert told(each.line for each in shown.lines) == told(made)
    assert (shown.totals.net_minor, shown.totals.gross_minor) == (draft.net_amount.minor, draft.gross_amount.minor)
    _, now_shown = draft_shown(acting=month.acting, draft_id=draft.pk)
    assert [each.text for each in now_shown.lines] == [each.text for each in shown.lines]
    assert now_shown.totals == shown.totals
    assert now_shown.warnings == shown.warnings
    assert (now_shown.previous_minor, now_shown.average_minor) == (shown.previous_minor, shown.average_minor)


def test_a_preview_writes_nothing(month, bakery):
    before = rows_everywhere()

    with CaptureQueriesContext(
        connection,
    ) as asked:
        preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=SEPTEMBER)

    assert rows_everywhere() == before
    verbs = {query["sql"].split()[0].upper() for query in asked.captured_queries}
    assert verbs <= {"SELECT", "DECLARE", "FETCH", "CLOSE"}


def test_a_preview_comes_at_once(month, bakery):
    for number in range(10):
        month.subscribe(bakery, f"SERVICE-{number}", price="5", start_on=AUGUST)

    # Time of the processor, the least of ten: other work on the machine must not count.
    took = []
    for _ in range(10):
        began = process_time()
        preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=SEPTEMBER)
        took.append(process_time() - began)

    assert min(took) < 0.050


def test_the_reads_do_not_grow_with_the_subscriptions(month, bakery, django_assert_max_num_queries):
    for number in range(30):
        month.subscribe(bakery, f"SERVICE-{number}", price="5", start_on=date(2026, 1, 1))

    with django_assert_max_num_queries(25):
        preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=SEPTEMBER)


def test_a_day_far_ahead_shows_all_until_then(month):
    bakery = month.customer("Bakkerij Jansen")
    month.subscribe(bakery, "HOSTING-M", price="10", start_on=AUGUST)

    [shown] = preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=date(2027, 7, 1)).drafts

    assert (len(shown.lines), shown.totals.net_minor) == (12, 12_000)


def test_nothing_owed_is_no_draft(month):
    preview = preview_draft(acting=month.acting, customer_id=month.customer("Nieuw").pk, billed_on=SEPTEMBER)

    assert preview.drafts == ()


def test_a_quarterly_customer_is_told_when_it_is_not_its_turn(month):
    bakery = month.customer("Bakkerij Jansen", invoice_interval_months=3)
    month.subscribe(bakery, "HOSTING-M", price="10", start_on=AUGUST)

    in_september = preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=SEPTEMBER)
    in_october = preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=date(2026, 10, 1))

    assert (in_september.is_turn, in_october.is_turn) == (False, True)


def test_charges_dropped_from_a_draft_are_in_the_next_preview(month):
    bakery = month.customer("Bakkerij Jansen")
    month.subscribe(bakery, "HOSTING-M", price="10", start_on=AUGUST)
    month.prepare(AUGUST)
    draft = Draft.objects.get()
    [line] = lines_of(seller_id=month.seller.pk, draft_ids=[draft.pk])[draft.pk]
    drop_draft_line(acting=month.acting, draft_id=draft.pk, charge_id=line.charge_id, reason="Later", now=NOW)

    [shown] = preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=SEPTEMBER).drafts

    assert [each.line.starts_on for each in shown.lines] == [AUGUST, SEPTEMBER]
    assert shown.lines[0].charge_id == line.charge_id
    assert shown.lines[1].charge_id is None


def test_what_has_no_price_is_warned_of(month):
    poor = month.customer("Arm", vat_id="", country="DE")
    month.subscribe(poor, "UNPRICED", price=None, start_on=AUGUST)

    preview = preview_draft(acting=month.acting, customer_id=poor.pk, billed_on=AUGUST)
    month.prepare(AUGUST)

    _, made = draft_shown(acting=month.acting, draft_id=Draft.objects.get().pk)
    [shown] = preview.drafts
    assert shown.warnings == made.warnings
    assert [warning.code for warning in shown.warnings] == ["price_missing"]
    assert "UNPRICED" in shown.warnings[0].why


def test_each_cost_centre_has_a_draft_of_its_own(month, bakery):
    change_customer(acting=month.acting, customer_id=bakery.pk, per_cost_centre=True, now=NOW)
    month.subscribe(bakery, "WIFI", price="8", start_on=date(2026, 8, 20), cost_centre="North")

    preview = preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=SEPTEMBER)
    month.prepare(SEPTEMBER)

    made = month.drafts().filter(state=DraftState.OPEN).order_by("cost_centre").values_list("cost_centre", "line_count")
    assert [(each.cost_centre, len(each.lines)) for each in preview.drafts] == list(made)


def test_a_setup_fee_is_shown(month):
    bakery = month.customer("Bakkerij Jansen")
    product = month.product("HOSTING-M")
    factories.make_plan_price(product, "10", valid_from=LONG_AGO, plan=month.plan, months=1, setup_price=Decimal(25))
    month.subscribe(bakery, "HOSTING-M", start_on=AUGUST)

    [shown] = preview_draft(acting=month.acting, customer_id=bakery.pk, billed_on=AUGUST).drafts

    assert [each.line.kind for each in shown.lines] == ["SETUP", "PERIODICFIRST"]


def test_another_sellers_customer_is_not_found(month, bakery):
    strange = Acting(seller_id=Month().seller.pk, role=Role.OWNER)

    with pytest.raises(CustomerUnknown):
        preview_draft(acting=strange, customer_id=bakery.pk, billed_on=SEPTEMBER)
