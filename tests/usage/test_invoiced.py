"""A supplier's invoice of calls against ours, by destination: what both sides count, what is missing, what is extra."""

from datetime import date
from decimal import Decimal
from io import StringIO

import pytest

from rebill.catalogue.commands import create_rate_deck
from rebill.interfaces.compared_calls import unmatched_words
from rebill.interfaces.imports.inspecting import Wishes, open_file
from rebill.interfaces.imports.running import import_file
from rebill.kit.imports.outcomes import ImportRecord
from rebill.rules.comparing import CallSums, InvoiceFinding, added, invoice_finding
from rebill.sources.usage.commands import import_call_invoices, remove_call_invoice
from rebill.sources.usage.models import CallInvoice, InvoicedCalls
from rebill.sources.usage.queries.invoiced import CallInvoiceUnknown, call_invoice_of, compare_invoice
from tests.factories import NOW, acting_of, make_customer, make_seller
from tests.usage.world import OCTOBER, Made, Partner

MOBILE, FIXED, GERMANY = "31612345678", "31201111111", "4915112345678"


@pytest.fixture
def partner(db) -> Partner:
    """What is sold at 0.10 is bought at 0.03 a minute, mobile at 0.05 and in whole minutes."""
    partner = Partner()
    bought = create_rate_deck(acting=partner.acting, code="transvox", name="Transvox", now=NOW)
    partner.rate("31", "0.03", deck=bought, destination="Netherlands, fixed")
    partner.rate("316", "0.05", deck=bought, destination="Netherlands, mobile", first_seconds=60, next_seconds=60)
    partner.open_deck(buy_deck_id=bought.pk)
    partner.rate("31", "0.10", destination="NL")
    partner.give_number(make_customer(partner.seller), "31201234567")
    return partner


def call(called: str, at: str, seconds: int, **terms) -> Made:
    return Made("31201234567", called, f"2026-10-{at}", seconds, **terms)


def take(partner: Partner, *lines: dict, number: str = "TX-1", deck: str = "transvox", **said):
    """The outcomes of these lines of one file."""
    head = {"invoice_number": number, "deck_code": deck, "starts_on": OCTOBER, **said}
    records = [ImportRecord(line, {**head, **values}) for line, values in enumerate(lines, start=2)]
    return import_call_invoices(acting=partner.acting, records=records, now=NOW)


def line(destination: str, amount: str, **values) -> dict:
    return {"destination": destination, "amount": Decimal(amount), **values}


def compared(partner: Partner, number: str = "TX-1"):
    return compare_invoice(acting=partner.acting, invoice=CallInvoice.objects.get(number=number))


def shown(found):
    return {row.destination: (row.finding, row.difference_e6) for row in found.rows}


def test_destinations_are_the_same_dearer_missing_and_extra(partner):
    partner.take([call(FIXED, "05T09:00", 60), call(FIXED, "06T09:00", 60), call(MOBILE, "05T09:00", 61)])
    partner.rate_month()
    take(
        partner,
        line("netherlands fixed", "0.06", calls=2, minutes=Decimal(2)),
        line("Kosovo, mobile", "2.95", calls=1, minutes=Decimal(10)),
    )

    found = compared(partner)

    assert shown(found) == {
        "netherlands fixed": (InvoiceFinding.SAME, 0),
        "Kosovo, mobile": (InvoiceFinding.ONLY_THEIRS, 2_950_000),
        "Netherlands, mobile": (InvoiceFinding.ONLY_OURS, -100_000),
    }
    assert found.ours == CallSums(3, 240, 160_000)
    assert found.theirs == CallSums(3, 720, 3_010_000)
    assert found.difference_e6 == 2_850_000


def test_seconds_of_ours_are_rounded_up_as_the_supplier_does(partner):
    partner.take([call(MOBILE, "05T09:00", 61), call(MOBILE, "06T09:00", 1)])
    partner.rate_month()
    take(partner, line("Netherlands, mobile", "0.15", calls=2, seconds=180))

    [row] = compared(partner).rows

    assert row.ours == row.theirs == CallSums(2, 180, 150_000)


def test_a_prefix_of_the_invoice_wins_and_the_longest_of_them(partner):
    partner.take(
        [call(FIXED, "05T09:00", 60), call("31209999999", "05T10:00", 60), call("31101234567", "05T11:00", 60)]
    )
    partner.rate_month()
    take(
        partner,
        line("Amsterdam", "0.06", prefix="+31 20"),
        line("Amsterdam, special", "0.03", prefix="312099"),
        line("Netherlands, fixed", "0.03"),
    )

    assert shown(compared(partner)) == {
        "Amsterdam": (InvoiceFinding.MORE, 30_000),
        "Amsterdam, special": (InvoiceFinding.SAME, 0),
        "Netherlands, fixed": (InvoiceFinding.SAME, 0),
    }


def test_only_calls_of_its_days_count(partner):
    partner.take([call(FIXED, "01T09:00", 60), call(FIXED, "15T09:00", 60), call(FIXED, "16T09:00", 60)])
    partner.rate_month()
    take(partner, line("Netherlands, fixed", "0.06"), ends_on=date(2026, 10, 15))

    assert shown(compared(partner)) == {"Netherlands, fixed": (InvoiceFinding.SAME, 0)}


def test_steps_are_those_of_the_day_of_the_call(partner):
    bought = create_rate_deck(acting=partner.acting, code="b2", name="B2", now=NOW)
    partner.rate("31", "0.06", deck=bought, destination="NL fixed")
    partner.rate(
        "31", "0.06", deck=bought, valid_from=date(2026, 10, 16), destination="NL fixed", first_seconds=60,
        next_seconds=60,
    )  # fmt: skip
    partner.deck.buy_deck = bought
    partner.deck.save()
    partner.take([call(FIXED, "15T09:00", 30), call(FIXED, "16T09:00", 30)])
    partner.rate_month()
    take(partner, line("NL fixed", "0.09", calls=2, seconds=90), deck="b2")

    assert [row.ours for row in compared(partner).rows] == [CallSums(2, 90, 90_000)]


def test_calls_of_nobody_are_counted_apart(partner):
    partner.take([call(FIXED, "05T09:00", 60), Made("31209876543", FIXED, "2026-10-05T09:00", 60)])
    partner.rate_month()
    take(partner, line("Netherlands, fixed", "0.06", calls=2))

    found = compared(partner)

    assert (found.unowned, found.unbought, found.ours.calls) == (1, 0, 1)


def test_calls_without_a_sell_price_are_bought_all_the_same(partner):
    bought = partner.deck.buy_deck
    partner.rate("49", "0.20", deck=bought, destination="Germany, mobile")
    partner.take([call(GERMANY, "05T09:00", 60)])
    assert partner.rate_month().unpriced == 1
    take(partner, line("Germany, mobile", "0.20", calls=1))

    assert shown(compared(partner)) == {"Germany, mobile": (InvoiceFinding.SAME, 0)}


def test_exceptions_of_a_customer_are_bought_as_its_plan_says(partner):
    customer = partner.seller.customers.get()
    own = create_rate_deck(
        acting=partner.acting, code="own", name="Own", customer_id=customer.pk, product_id=partner.deck.product_id,
        now=NOW,
    )  # fmt: skip
    partner.rate("3120", "0.01", deck=own)
    partner.take([call(FIXED, "05T09:00", 60)])
    partner.rate_month()
    take(partner, line("Netherlands, fixed", "0.03", calls=1))

    assert shown(compared(partner)) == {"Netherlands, fixed": (InvoiceFinding.SAME, 0)}


def test_without_a_deck_all_calls_with_a_buy_price_are_ours(partner):
    partner.take([call(FIXED, "05T09:00", 60)])
    partner.rate_month()
    take(partner, line("NL", "0.03", calls=1, seconds=60), deck="")

    assert shown(compared(partner)) == {"NL": (InvoiceFinding.SAME, 0)}


def test_an_invoice_without_calls_of_ours_is_all_theirs(partner):
    take(partner, line("Oman", "1.00"))

    found = compared(partner)

    assert shown(found) == {"Oman": (InvoiceFinding.ONLY_THEIRS, 1_000_000)}
    assert found.theirs == CallSums(None, None, 1_000_000)


def test_a_deck_by_which_no_deck_buys_is_named_with_what_mends_it(partner):
    create_rate_deck(acting=partner.acting, code="other", name="Carrier Two", now=NOW)
    partner.take([call(FIXED, "05T09:00", 60)])
    partner.rate_month()
    take(partner, line("Netherlands, fixed", "0.03", prefix="31"), deck="other")

    found = compared(partner)

    assert (found.sells_nothing, found.unnamed) == (True, ())
    [words] = unmatched_words(found)
    assert words.startswith("No rate deck is bought by Carrier Two, so none of our calls is compared.")


def test_destinations_that_the_deck_does_not_name_are_said(partner):
    bought = partner.deck.buy_deck
    partner.rate("383", "0.90", deck=bought, destination="Kosovo", valid_from=date(2026, 11, 1))
    take(
        partner,
        line("NETHERLANDS FIXED", "0.03"),
        line("Kosovo", "0.90"),
        line("Nederland", "0.10"),
        line("Qatar", "0.50", prefix="974"),
    )

    found = compared(partner)

    assert (found.sells_nothing, found.unnamed) == (False, ("Kosovo", "Nederland"))
    [words] = unmatched_words(found)
    assert words.startswith("Transvox has no destinations with these names: Kosovo; Nederland.")


def test_without_a_deck_names_are_those_of_the_decks_in_its_currency(partner):
    take(partner, line("NL", "0.03"), line("Kosovo", "0.03"), deck="")

    found = compared(partner)

    assert (found.sells_nothing, found.unnamed) == (False, ("Kosovo",))
    assert unmatched_words(found) == [
        "No rate deck in EUR has this destination: Kosovo. Give its prefix on the line, or name it as the deck does."
    ]


def test_a_second_rating_is_compared_and_not_the_first(partner):
    partner.take([call(FIXED, "05T09:00", 60)])
    partner.rate_month()
    take(partner, line("Netherlands, fixed", "0.06"))
    partner.take([call(FIXED, "06T09:00", 60)], name="late.csv")
    partner.rate_month()

    assert shown(compared(partner)) == {"Netherlands, fixed": (InvoiceFinding.SAME, 0)}


# --- lines ------------------------------------------------------------------------------------------------------------


def test_lines_of_one_destination_are_added_and_the_same_file_again_changes_nothing(partner):
    lines = [line("Oman", "1.00", calls=1), line("Oman", "1.00", calls=1), line("Oman", "0.50", calls=3)]
    first = take(partner, *lines)
    second = take(partner, *lines)

    assert [each.kind for each in first] == ["accepted"] * 3
    assert [each.kind for each in second] == ["unchanged"] * 3
    assert [row.theirs for row in compared(partner).rows] == [CallSums(5, None, 2_500_000)]


def test_another_line_for_a_destination_of_an_earlier_file_is_refused(partner):
    take(partner, line("Oman", "1.00"))

    [corrected, new] = take(partner, line("Oman", "2.00"), line("Kosovo", "3.00"))

    assert (corrected.kind, corrected.problem.what) == ("rejected", "call_invoice.destination_refused")
    assert new.kind == "accepted"
    assert InvoicedCalls.objects.count() == 2


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"destination": ""}, "destination"),
        ({"prefix": "abc"}, "prefix"),
        ({"calls": -1}, "calls"),
        ({"minutes": Decimal(-1)}, "minutes"),
        ({"amount": None}, "amount"),
        ({"amount": Decimal("0.0000001")}, "amount"),
        ({"deck_code": "nobody"}, "deck_code"),
        ({"starts_on": None}, "starts_on"),
        ({"ends_on": date(2026, 9, 30)}, "ends_on"),
    ],
)
def test_a_bad_line_names_its_cell_and_the_rest_goes_on(partner, values, column):
    good, bad, last = take(partner, line("Oman", "1"), line("Qatar", "1") | values, line("Kosovo", "1"))

    assert (good.kind, bad.kind, last.kind) == ("accepted", "rejected", "accepted")
    assert bad.column == column
    assert bad.problem.remedy


def test_lines_of_another_period_need_another_number(partner):
    [first, other] = take(partner, line("Oman", "1"), line("Kosovo", "1") | {"starts_on": date(2026, 11, 1)})

    assert (first.kind, other.kind, other.column) == ("accepted", "rejected", "invoice_number")


def test_a_file_with_headings_of_its_own_and_decimal_commas_comes_in(partner):
    partner.take([call(FIXED, "05T09:00", 60)])
    partner.rate_month()
    file = StringIO()
    file.write(
        "Zielname;Anzahl;Minuten;Betrag\nNetherlands, fixed;1;1,0;0,03\nKosovo;zwei;1,0;0,30\nÖland;1;0,5;1,25\n"
    )
    wishes = Wishes(constants={"invoice_number": "TX-9", "deck_code": "transvox", "starts_on": "2026-10-01"})
    said = {"entity": "call-invoices", "source": file.getvalue().encode("cp1252"), "file_name": "tx.csv"}

    told = import_file(acting=partner.acting, opened=open_file(acting=partner.acting, wishes=wishes, **said), now=NOW)

    assert (told.result.accepted, told.result.rejected) == (2, 1)
    assert told.result.first_rejected[0].line == 3
    assert shown(compared(partner, "TX-9")) == {
        "Netherlands, fixed": (InvoiceFinding.SAME, 0),
        "Öland": (InvoiceFinding.ONLY_THEIRS, 1_250_000),
    }


def test_an_invoice_is_removed_with_its_lines(partner):
    take(partner, line("Oman", "1.00"))

    remove_call_invoice(acting=partner.acting, call_invoice_id=CallInvoice.objects.get().pk, now=NOW)

    assert not CallInvoice.objects.exists()
    assert not InvoicedCalls.objects.exists()


def test_another_sellers_invoice_is_not_found(partner):
    take(partner, line("Oman", "1.00"))
    other = acting_of(make_seller(name="Other", slug="other"))

    with pytest.raises(CallInvoiceUnknown):
        call_invoice_of(other, CallInvoice.objects.get().pk)
    with pytest.raises(CallInvoiceUnknown):
        remove_call_invoice(acting=other, call_invoice_id=CallInvoice.objects.get().pk, now=NOW)


# --- rules ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (None, CallSums(1, 60, 0), InvoiceFinding.ONLY_THEIRS),
        (CallSums(1, 60, 0), None, InvoiceFinding.ONLY_OURS),
        (CallSums(1, 60, 100), CallSums(None, None, 100), InvoiceFinding.SAME),
        (CallSums(1, 60, 9_999), CallSums(1, 60, 0), InvoiceFinding.SAME),
        (CallSums(1, 60, 10_000), CallSums(1, 60, 0), InvoiceFinding.LESS),
        (CallSums(1, 60, 0), CallSums(1, 60, 10_000), InvoiceFinding.MORE),
        (CallSums(2, 60, 0), CallSums(1, 60, 0), InvoiceFinding.COUNTED),
        (CallSums(1, 60, 0), CallSums(1, 122, 0), InvoiceFinding.SAME),
        (CallSums(1, 60, 0), CallSums(1, 123, 0), InvoiceFinding.COUNTED),
        (CallSums(1, 60, -10_000), CallSums(1, 60, 0), InvoiceFinding.MORE),
    ],
)
def test_two_sums_say(ours, theirs, expected):
    assert invoice_finding(ours, theirs) is expected


def test_what_one_line_does_not_say_is_not_said_of_both():
    assert added(CallSums(1, None, 5), CallSums(2, 60, 7)) == CallSums(3, None, 12)
