"""Looking at drafts: holding, editing, accepting, approving by one or by two, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.access.acting import Acting, Role
from rebill.charges.models import Charge
from rebill.kit.errors import Conflict, Forbidden, Invalid, NotFound
from rebill.kit.models import Event
from rebill.rules.money import Money
from rebill.runs.commands import (
    accept_warning,
    add_draft_line,
    approve_drafts,
    auto_approve_drafts,
    change_draft_line,
    change_draft_texts,
    drop_draft_line,
    hold_drafts,
    prepare_manual_run,
    release_drafts,
    reopen_drafts,
    reset_draft_line,
    review_drafts,
)
from rebill.runs.models import Draft, DraftState
from rebill.runs.queries.drafts import DraftFilter, find_drafts, run_of, run_totals, warning_groups
from rebill.sources.oneoff.commands import LineTerms
from tests import factories
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

DAY = date(2026, 8, 1)


@pytest.fixture
def month() -> Month:
    return Month()


def drafted(month: Month, *, price: str = "10.00", **terms) -> Draft:
    """A customer with one subscription, and its draft."""
    customer = month.customer("Bakkerij Jansen", **terms)
    month.subscribe(customer, "HOSTING-M", price=price, start_on=DAY)
    month.prepare(DAY)
    return Draft.objects.get(customer=customer)


def line_of(draft: Draft) -> Charge:
    return Charge.objects.filter(claim=draft.id).earliest("id")


def test_a_held_draft_stays_behind_until_it_is_released(month):
    draft = drafted(month)

    hold_drafts(acting=month.acting, drafts=month.drafts(), reason="Waits for the contract", now=month.at(DAY))
    assert month.approve_all().approved == 0
    release_drafts(acting=month.acting, drafts=month.drafts(), now=month.at(DAY))

    assert month.approve_all().approved == 1
    assert Draft.objects.get(id=draft.id).hold_reason == ""


def test_holding_asks_for_a_reason(month):
    drafted(month)

    with pytest.raises(Invalid, match="reason"):
        hold_drafts(acting=month.acting, drafts=month.drafts(), reason=" ", now=month.at(DAY))


def test_a_line_changed_by_hand_changes_the_draft_and_not_the_charge(month):
    draft = drafted(month)
    charge = line_of(draft)

    changed = change_draft_line(
        acting=month.acting, draft_id=draft.id, charge_id=charge.id, unit_price=Decimal("8"), reason="Promised",
        now=month.at(DAY),
    )  # fmt: skip

    assert (changed.net_amount, changed.gross_amount) == (Money(800, "EUR"), Money(968, "EUR"))
    assert Charge.objects.get(id=charge.id).amount == Money(1000, "EUR")
    month.approve_all()
    month.issue(DAY)
    month.bill_on(date(2026, 9, 1))
    assert [each.net_amount.minor for each in month.invoices()] == [800, 1000]


def test_a_changed_amount_asks_for_a_reason_a_changed_text_does_not(month):
    draft = drafted(month)
    charge = line_of(draft)

    change_draft_line(
        acting=month.acting, draft_id=draft.id, charge_id=charge.id, description="Hosting, with care", now=month.at(DAY)
    )
    with pytest.raises(Invalid, match="reason"):
        change_draft_line(
            acting=month.acting, draft_id=draft.id, charge_id=charge.id, quantity=Decimal(2), now=month.at(DAY)
        )


def test_an_edit_can_be_taken_back(month):
    draft = drafted(month)
    charge = line_of(draft)
    change_draft_line(
        acting=month.acting, draft_id=draft.id, charge_id=charge.id, unit_price=Decimal("1"), reason="Slip",
        now=month.at(DAY),
    )  # fmt: skip

    reset = reset_draft_line(acting=month.acting, draft_id=draft.id, charge_id=charge.id, now=month.at(DAY))

    assert reset.net_amount == Money(1000, "EUR")


def test_a_dropped_line_waits_for_the_next_run(month):
    draft = drafted(month)

    dropped = drop_draft_line(
        acting=month.acting, draft_id=draft.id, charge_id=line_of(draft).id, reason="Next month", now=month.at(DAY)
    )
    month.prepare(DAY)

    assert (dropped.line_count, dropped.net_amount.minor) == (0, 0)
    assert Draft.objects.get(id=draft.id).line_count == 0
    month.prepare(date(2026, 9, 1))
    assert Draft.objects.latest("id").net_amount == Money(2000, "EUR")


def test_a_waived_line_is_never_billed(month):
    draft = drafted(month)

    drop_draft_line(
        acting=month.acting, draft_id=draft.id, charge_id=line_of(draft).id, reason="Goodwill", waive=True,
        now=month.at(DAY),
    )  # fmt: skip
    month.prepare(date(2026, 9, 1))

    assert Draft.objects.latest("id").net_amount == Money(1000, "EUR")


def test_a_line_is_added_to_an_open_draft(month):
    draft = drafted(month)
    terms = LineTerms(quantity=Decimal(2), unit_price=Decimal("89.00"), supplied_on=DAY, description="Telefoon")

    added = add_draft_line(acting=month.acting, draft_id=draft.id, terms=terms, now=month.at(DAY))

    assert (added.line_count, added.net_amount.minor) == (2, 18800)


def test_lines_of_an_approved_draft_cannot_be_changed(month):
    draft = drafted(month)
    month.approve_all()

    with pytest.raises(Conflict):
        drop_draft_line(
            acting=month.acting, draft_id=draft.id, charge_id=line_of(draft).id, reason="Too late", now=month.at(DAY)
        )


def test_texts_stand_on_the_invoice(month):
    draft = drafted(month)

    change_draft_texts(
        acting=month.acting, draft_id=draft.id, intro="Zoals besproken.", closing="Dank.", now=month.at(DAY)
    )
    month.approve_all()
    month.issue(DAY)

    [invoice] = month.invoices()
    assert (invoice.intro, invoice.closing) == ("Zoals besproken.", "Dank.")


def test_without_an_address_a_draft_cannot_be_approved_until_it_is_mended(month):
    draft = drafted(month, street="", city="", invoice_emails=[])
    assert set(draft.warnings.values_list("code", flat=True)) == {"no_address", "no_email"}
    assert month.approve_all().blocked == 1

    customer = draft.customer
    customer.street, customer.city, customer.invoice_emails = "Kade 1", "Groningen", ["a@b.example"]
    customer.save()
    review_drafts(acting=month.acting, drafts=month.drafts())

    assert month.approve_all().approved == 1


def test_a_missing_vat_id_can_be_accepted_with_a_reason_and_goes_out_with_vat(month):
    draft = drafted(month, country="DE", postcode="28195", city="Bremen", vat_id="")
    assert list(draft.warnings.values_list("code", "blocking")) == [("missing_vat_id", True)]

    accept_warning(acting=month.acting, draft=draft, code="missing_vat_id", reason="They have none", now=month.at(DAY))
    review_drafts(acting=month.acting, drafts=month.drafts())
    month.approve_all()
    month.issue(DAY)

    [invoice] = month.invoices()
    assert invoice.tax_amount == Money(210, "EUR")


def test_warnings_of_another_sellers_or_an_issued_draft_are_not_accepted(month):
    draft = drafted(month, country="DE", postcode="28195", city="Bremen", vat_id="")
    said = {"draft": draft, "code": "missing_vat_id", "reason": "They have none", "now": month.at(DAY)}

    with pytest.raises(NotFound):
        accept_warning(acting=Month().acting, **said)
    accept_warning(acting=month.acting, **said)
    month.approve_all()
    month.issue(DAY)
    with pytest.raises(Conflict):
        accept_warning(acting=month.acting, **said)


def test_a_german_customer_with_a_vat_id_gets_reverse_charge(month):
    drafted(month, country="DE", postcode="28195", city="Bremen", vat_id="DE136695976", language="de")
    month.approve_all()
    month.issue(DAY)

    [invoice] = month.invoices()
    [tax] = invoice.taxes.all()
    assert (invoice.tax_amount.minor, tax.category) == (0, "AE")
    assert "Steuerschuldnerschaft des Leistungsempfängers" in tax.exemption_text


def test_two_pairs_of_eyes_are_two_people():
    month = Month(approval_needs_two=True)
    drafted(month)
    second = Acting(seller_id=month.seller.id, role=Role.CLERK, user_id=factories.make_user().id)

    first_go = month.approve_all()
    same_again = month.approve_all()
    by_second = approve_drafts(acting=second, drafts=month.drafts(), now=month.at(DAY))

    assert (first_go.approved, first_go.waiting) == (0, 1)
    assert (same_again.approved, same_again.waiting) == (0, 1)
    assert (by_second.approved, by_second.waiting) == (1, 0)


def test_the_first_of_two_approvals_is_taken_back_and_told():
    month = Month(approval_needs_two=True)
    draft = drafted(month)
    second = Acting(seller_id=month.seller.id, role=Role.CLERK, user_id=factories.make_user().id)
    month.approve_all()
    month.approve_all()

    taken = reopen_drafts(acting=month.acting, drafts=month.drafts(), now=month.at(DAY))

    told = Event.objects.filter(subject_type="runs.draft", subject_id=draft.id).values_list("verb", flat=True)
    assert (taken, list(told)[-2:]) == (1, ["first_approved", "reopened"])
    assert approve_drafts(acting=second, drafts=month.drafts(), now=month.at(DAY)).waiting == 1


def test_an_edit_takes_the_first_approval_back():
    month = Month(approval_needs_two=True)
    draft = drafted(month)
    second = Acting(seller_id=month.seller.id, role=Role.CLERK, user_id=factories.make_user().id)
    month.approve_all()

    change_draft_texts(acting=month.acting, draft_id=draft.id, intro="Anders", now=month.at(DAY))

    assert approve_drafts(acting=second, drafts=month.drafts(), now=month.at(DAY)).approved == 0


def test_lines_that_come_later_take_the_first_approval_back():
    month = Month(approval_needs_two=True)
    draft = drafted(month)
    second = Acting(seller_id=month.seller.id, role=Role.CLERK, user_id=factories.make_user().id)
    month.approve_all()

    month.add_line(draft.customer, "Telefoon", price="500.00", on=DAY)
    month.prepare(DAY)

    assert approve_drafts(acting=second, drafts=month.drafts(), now=month.at(DAY)).approved == 0


def test_small_clean_drafts_approve_themselves_below_the_sellers_amount():
    month = Month(auto_approve_max=Money(1500, "EUR"))
    small = drafted(month)
    large = month.customer("Groot")
    month.subscribe(large, "BIG", price="100.00", start_on=DAY)
    run = run_of(acting=month.acting, run_id=month.prepare(DAY).run_id)

    assert auto_approve_drafts(acting=month.acting, run=run, now=month.at(DAY)) == 1
    assert Draft.objects.get(state=DraftState.APPROVED).id == small.id


def test_an_approval_is_taken_back_before_issue(month):
    drafted(month)
    month.approve_all()

    assert reopen_drafts(acting=month.acting, drafts=month.drafts(), now=month.at(DAY)) == 1
    assert month.issue(DAY).documents == 0


def test_a_total_far_from_the_average_is_looked_at(month):
    customer = month.customer("Taxicentrale Reitdiep")
    month.subscribe(customer, "HOSTING-M", price="10.00", start_on=date(2026, 3, 1))
    for number in range(3, 8):
        month.bill_on(date(2026, number, 1))
    month.add_line(customer, "Telefoons", price="30.00", on=DAY)

    month.prepare(DAY)

    [warning] = Draft.objects.latest("id").warnings.all()
    assert (warning.code, warning.details, warning.blocking) == ("big_change", {"percent": "300"}, False)


def test_zero_totals_and_ended_customers_are_looked_at(month):
    customer = month.customer("Stichting Zomerpodium")
    month.subscribe(customer, "GRATIS", price="0", start_on=DAY)
    customer.status = "ended"
    customer.save()

    month.prepare(DAY)

    [draft] = month.drafts()
    assert list(draft.warnings.values_list("code", flat=True)) == ["zero_total", "customer_ended"]
    assert month.approve_all().approved == 1


def test_a_run_says_what_it_comes_to_and_how_it_differs(month):
    drafted(month)
    month.subscribe(month.customer("Zonder", street="", city=""), "HOSTING-M", start_on=DAY)
    run = run_of(acting=month.acting, run_id=month.prepare(DAY).run_id)

    totals = run_totals(acting=month.acting, run=run, currency="EUR")

    assert (totals.drafts, totals.ready, totals.to_check, totals.net_minor) == (2, 1, 1, 2000)
    assert totals.previous_net_minor is None
    assert [(group.code, group.drafts) for group in warning_groups(acting=month.acting, run=run)] == [("no_address", 1)]


def test_drafts_are_found_by_name_number_and_product(month):
    draft = drafted(month, number="4711")
    for search in ("bakker", "4711", "hosting"):
        found = find_drafts(acting=month.acting, wanted=DraftFilter(search=search))
        assert [each.id for each in found] == [draft.id], search
    assert not find_drafts(acting=month.acting, wanted=DraftFilter(search="slager")).exists()


def test_a_manual_invoice_takes_what_is_owed_now(month):
    customer = month.customer("Kwartaal", invoice_interval_months=3)
    month.add_line(customer, "Spoed", price="50.00", on=date(2026, 8, 12))

    prepared = prepare_manual_run(
        acting=month.acting, customer_id=customer.id, billed_on=date(2026, 8, 12), now=month.at(date(2026, 8, 12))
    )

    assert prepared.drafts == 1
    with pytest.raises(Invalid, match="owes nothing"):
        prepare_manual_run(
            acting=month.acting, customer_id=customer.id, billed_on=date(2026, 8, 12), now=month.at(date(2026, 8, 12))
        )


def test_a_viewer_may_not_approve(month):
    drafted(month)
    viewer = Acting(seller_id=month.seller.id, role=Role.VIEWER)

    with pytest.raises(Forbidden):
        approve_drafts(acting=viewer, drafts=month.drafts(), now=month.at(DAY))


def test_another_sellers_draft_is_not_found(month):
    draft = drafted(month)
    other = Month()

    with pytest.raises(NotFound):
        change_draft_texts(acting=other.acting, draft_id=draft.id, intro="Mine", now=month.at(DAY))
    assert approve_drafts(acting=other.acting, drafts=Draft.objects.all(), now=month.at(DAY)).approved == 0


def test_every_step_is_in_the_event_log(month):
    draft = drafted(month)
    hold_drafts(acting=month.acting, drafts=month.drafts(), reason="Even wachten", now=month.at(DAY))
    release_drafts(acting=month.acting, drafts=month.drafts(), now=month.at(DAY))
    month.approve_all()

    events = Event.objects.filter(subject_type="runs.draft", subject_id=draft.id).order_by("id")
    assert list(events.values_list("verb", flat=True)) == ["held", "released", "approved"]
    assert events[0].details == {"reason": "Even wachten"}


def test_invoices_per_cost_centre_where_the_customer_asks(month):
    customer = month.customer("Scholengroep", per_cost_centre=True)
    for centre in ("Noord", "Zuid"):
        month.subscribe(customer, "HOSTING-M", price="10.00", start_on=DAY, cost_centre=centre)

    month.prepare(DAY)

    assert list(month.drafts().order_by("cost_centre").values_list("cost_centre", flat=True)) == ["Noord", "Zuid"]
