"""`rebill drafts`: looking at drafts, and deciding about one, some or all that match."""

import json

import pytest

from rebill.access.acting import Role
from rebill.parties.commands import change_customer, change_seller, grant_role
from rebill.runs.models import Draft, DraftState
from tests import factories
from tests.interfaces.conftest import THIS_MONTH

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(month, typed):
    """The run of this month, prepared."""
    typed("prepare")
    return month


def draft_of(number: str) -> Draft:
    return Draft.objects.get(customer__number=number)


def states() -> dict[str, str]:
    return dict(Draft.objects.values_list("customer__number", "state"))


def test_drafts_are_listed_with_what_they_come_to(run, typed):
    shown = typed("drafts", "list").shown

    for words in ("Bakkerij Jansen", "ready", "Rederij Nauta", "cannot be sent", "no_email", "price_missing"):
        assert words in shown
    assert "All that match: 25.00 EUR excl. VAT, 30.26 incl. VAT." in shown


def test_the_list_for_programs_is_exact(run, typed):
    told = json.loads(typed("drafts", "list", "--tab", "ready", "--json").shown)

    [draft] = told["drafts"]
    assert (told["matching"], told["sums"]) == (
        1,
        [{"currency": "EUR", "drafts": 1, "net": "12.50", "gross": "15.13"}],
    )
    assert draft == {
        "draft": draft_of("1001").pk,
        "run": THIS_MONTH.isoformat(),
        "customer": {"number": "1001", "name": "Bakkerij Jansen"},
        "currency": "EUR",
        "cost_centre": "",
        "state": "open",
        "status": "ready",
        "net": "12.50",
        "gross": "15.13",
        "lines": 1,
        "channel": "email",
        "hold_reason": "",
        "warnings": [],
        "average_percent": None,
    }


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        (("--tab", "to_check"), ["1002", "1003"]),
        (("--tab", "blocked"), ["1002", "1003"]),
        (("--tab", "held"), []),
        (("--warning", "no_email"), ["1002"]),
        (("--search", "nauta"), ["1002"]),
        (("--search", "HOSTING"), ["1001", "1002"]),
        (("--run", THIS_MONTH), ["1001", "1002", "1003"]),
    ],
)
def test_drafts_are_found_by_how_they_stand_and_by_words(run, typed, words, numbers):
    told = json.loads(typed("drafts", "list", "--json", *words).shown)

    assert [draft["customer"]["number"] for draft in told["drafts"]] == numbers


def test_a_list_reads_one_page_whatever_matches(run, typed, django_assert_max_num_queries):
    for number in range(40):
        customer = run.customer(f"Klant {number}", number=f"2{number:03}")
        run.subscribe(customer, "HOSTING-M", start_on=THIS_MONTH)
    typed("prepare")

    with django_assert_max_num_queries(14) as asked:
        told = json.loads(typed("drafts", "list", "--limit", "5", "--page", "2", "--json").shown)

    assert (told["matching"], len(told["drafts"])) == (43, 5)
    assert any("LIMIT 5 OFFSET 5" in query["sql"] for query in asked.captured_queries)


def test_a_draft_is_shown_with_lines_vat_and_what_mends_it(run, typed):
    run.add_line(draft_of("1002").customer, "Telefoon", price="89", on=THIS_MONTH)
    typed("prepare")

    shown = typed("drafts", "show", draft_of("1002").pk).shown

    for words in ("Rederij Nauta", "Telefoon (one-off)", "101.50", "VAT 21% (S)", "21.32", "122.82", "Cannot be sent",
                  "Nowhere to send the invoice to.", "Add an e-mail address"):  # fmt: skip
        assert words in shown


def test_a_draft_compares_with_last_month_and_the_average(month, typed):
    month.bill_on(THIS_MONTH)
    bakery = Draft.objects.get(customer__number="1001").customer
    month.add_line(bakery, "Telefoon", price="89", on=THIS_MONTH)
    typed("prepare", "--customer", "1001", "--on", THIS_MONTH.replace(day=28))

    draft = Draft.objects.exclude(state=DraftState.ISSUED).get(customer=bakery)
    told = json.loads(typed("drafts", "show", draft.pk, "--json").shown)

    assert (told["previous_net"], told["average_net"], told["average_percent"]) == ("12.50", "12.50", 612)
    assert [warning["code"] for warning in told["warnings"]] == ["big_change"]


def test_a_line_is_explained_down_to_the_price(run, typed):
    [line] = json.loads(typed("drafts", "show", draft_of("1001").pk, "--json").shown)["lines"]

    shown = typed("drafts", "explain", line["charge"]).shown
    told = json.loads(typed("drafts", "explain", line["charge"], "--json").shown)

    assert "price plan Plan" in shown
    assert "1 × 12.50 = 12.50" in shown
    assert (told["kind"], told["amount"], told["stands"]) == ("PERIODICFIRST", "12.50", f"draft {draft_of('1001').pk}")


def test_a_correction_explains_what_it_corrects_and_why(month, typed):
    hosting = month.subscribe(month.customer("Opzegger", number="1004"), "HOSTING-M", start_on=THIS_MONTH)
    month.bill_on(THIS_MONTH)
    invoice = month.invoices()[-1]
    month.cancel(hosting, last_day=THIS_MONTH.replace(day=10))
    typed("prepare", "--customer", "1004")
    [draft] = Draft.objects.filter(customer__number="1004", state=DraftState.OPEN)
    [line] = json.loads(typed("drafts", "show", draft.pk, "--json").shown)["lines"]

    shown = typed("drafts", "explain", line["charge"]).shown

    assert line["kind"] == "PERIODICCORRECTION"
    assert invoice.number in shown
    assert "cancelled from 11" in shown
    assert "actual days" in shown


def test_all_that_match_are_approved_in_one_go_and_the_rest_stays(run, typed):
    ended = typed("drafts", "approve", "--tab", "ready")

    assert ended.code == 0
    assert "1 draft approved, 12.50 EUR excl. VAT." in ended.shown
    assert states() == {"1001": "approved", "1002": "open", "1003": "open"}


def test_approving_what_cannot_be_sent_says_so(run, typed):
    ended = typed("drafts", "approve", draft_of("1001").pk, draft_of("1002").pk)

    assert ended.code == 1
    assert "1 cannot be sent as they are" in ended.shown
    assert states()["1001"] == "approved"


@pytest.mark.parametrize("words", [(), ("1", "--tab", "ready")])
def test_drafts_are_never_chosen_by_accident(run, typed, words):
    ended = typed("drafts", "approve", *words)

    assert ended.code == 2
    assert "Name drafts by their numbers" in ended.aside
    assert "approved" not in states().values()


def test_one_unknown_number_stops_all(run, typed):
    ended = typed("drafts", "approve", draft_of("1001").pk, 999_999)

    assert (ended.code, states()["1001"]) == (2, "open")
    assert "There is no draft 999999." in ended.aside


def test_a_draft_of_another_seller_is_not_there(run, typed):
    factories.make_seller("zuidkade")

    for words in (("show",), ("approve",), ("hold", "--reason", "x")):
        ended = typed("drafts", words[0], draft_of("1001").pk, *words[1:], "--seller", "zuidkade")
        assert (ended.code, "There is no draft" in ended.aside) == (2, True)


def test_where_two_must_approve_the_first_only_notes_it(run, typed):
    change_seller(acting=run.acting, approval_needs_two=True, now=run.at(THIS_MONTH))
    second = factories.make_user("mede")
    grant_role(acting=run.acting, user=second, role=Role.CLERK, now=run.at(THIS_MONTH))

    first = typed("drafts", "approve", "--tab", "ready")
    typed("drafts", "approve", "--tab", "ready", "--user", "mede")

    assert "1 wait for a second person's approval" in first.shown
    assert states()["1001"] == "approved"


def test_drafts_are_held_back_released_and_reopened(run, typed):
    held = typed("drafts", "hold", draft_of("1001").pk, "--reason", "Belt maandag")
    in_list = typed("drafts", "list", "--tab", "held").shown
    released = typed("drafts", "release", "--tab", "held")
    typed("drafts", "approve", "--tab", "ready")
    reopened = typed("drafts", "reopen", "--tab", "approved")

    assert "1 draft held back." in held.shown
    assert "Belt maandag" in in_list
    assert (released.code, reopened.code, states()["1001"]) == (0, 0, "open")


def test_holding_back_needs_a_reason(run, typed):
    ended = typed("drafts", "hold", draft_of("1001").pk)

    assert (ended.code, states()["1001"]) == (2, "open")
    assert "reason" in ended.aside


def test_a_draft_thrown_away_is_made_again_from_the_prices_as_they_are(run, typed):
    run.set_price("HOSTING-M", "15", valid_from=THIS_MONTH)

    typed("drafts", "discard", draft_of("1001").pk, "--reason", "Oude prijs")
    typed("prepare")

    assert [draft.net_amount.minor for draft in Draft.objects.filter(customer__number="1001").order_by("id")] == [
        0,
        1500,
    ]


def test_what_stands_elsewhere_is_left_as_it_is_and_told(run, typed):
    typed("drafts", "approve", "--tab", "ready")

    ended = typed("drafts", "release", draft_of("1001").pk)

    assert ended.code == 1
    assert "1 were left as they are" in ended.shown


def test_a_mended_customer_is_looked_at_again(run, typed):
    customer = draft_of("1002").customer
    change_customer(
        acting=run.acting, customer_id=customer.pk, invoice_emails=["a@nauta.example"], now=run.at(THIS_MONTH)
    )

    typed("drafts", "review", "--warning", "no_email")

    assert not draft_of("1002").warnings.exists()


def test_a_missing_vat_id_is_accepted_with_a_reason(month, typed):
    foreign = month.customer("Maasvlak GmbH", number="1005", country="DE")
    month.subscribe(foreign, "HOSTING-M", start_on=THIS_MONTH)
    typed("prepare")

    refused = typed("drafts", "accept", draft_of("1005").pk, "--warning", "missing_vat_id")
    accepted = typed("drafts", "accept", draft_of("1005").pk, "--warning", "missing_vat_id", "--reason", "Met btw")
    typed("drafts", "approve", draft_of("1005").pk)

    assert (refused.code, accepted.code, states()["1005"]) == (2, 0, "approved")
    assert "Accepted: Missing VAT id" in accepted.shown
