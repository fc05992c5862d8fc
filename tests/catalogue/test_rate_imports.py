"""A carrier's file: what changes is seen before it does, taken over from its day, left out, or taken back."""

from datetime import date
from decimal import Decimal

import pytest

from rebill.access.acting import Role
from rebill.catalogue.commands import (
    change_rate_deck,
    choose_rate_rows,
    create_rate_deck,
    drop_rate_import,
    import_rates,
    lay_rates,
    set_rate,
    set_sell_price,
    take_rate_import,
    withdraw_rate_import,
)
from rebill.catalogue.commands.laying_rates import RateEntry
from rebill.catalogue.commands.rate_imports import ImportDecided, NoSellDeck, RatesBilled, RatesChangedSince
from rebill.catalogue.models import CallCategory, Rate, RateImport, RateImportState
from rebill.catalogue.queries.decks import rates_on
from rebill.catalogue.queries.rate_imports import (
    count_import_rows,
    margin_of,
    rate_imports_of,
    rows_of_import,
    waiting_imports_of,
)
from rebill.kit.errors import Forbidden, NotFound
from rebill.kit.imports.outcomes import ImportRecord
from tests.factories import NOW, acting_of, make_product, make_seller

pytestmark = pytest.mark.django_db

JULY, SEPTEMBER, OCTOBER, NOVEMBER = (date(2026, month, 1) for month in (7, 9, 10, 11))
BOUGHT = {"31": "0.004", "49": "0.0072", "905": "0.112", "299": "0.61", "346": "0.031"}
SOLD = {"31": "0.009", "49": "0.014", "90": "0.139", "299": "0.765", "346": "0.043"}
FILE = {"31": "0.004", "49": "0.0079", "905": "0.149", "346": "0.027", "3834": "0.295"}


@pytest.fixture
def seller():
    return make_seller()


@pytest.fixture
def acting(seller):
    return acting_of(seller)


def make_deck(acting, code, prices, **terms):
    deck = create_rate_deck(acting=acting, code=code, now=NOW, **terms)
    entered = [RateEntry(prefix, JULY, None, {"minute": Decimal(price)}) for prefix, price in prices.items()]
    lay_rates(acting=acting, deck_id=deck.pk, entered=entered, now=NOW)
    return deck


@pytest.fixture
def bought(acting):
    return make_deck(acting, "transvox", BOUGHT)


@pytest.fixture
def sold(acting, seller, bought):
    return make_deck(
        acting, "standard", SOLD, buy_deck_id=bought.pk, product_id=make_product(seller, "CALLS", kind="usage").pk,
        markup=Decimal("0.25"), price_step=Decimal("0.0005"),
    )  # fmt: skip


def imported(acting, prices=FILE, deck="transvox", day=OCTOBER, **other):
    records = [
        ImportRecord(
            line,
            {
                "deck_code": deck,
                "valid_from": day,
                "prefix": prefix,
                "minute": Decimal(price),
                "file_name": "october.csv",
            }
            | other,
        )
        for line, (prefix, price) in enumerate(prices.items(), start=2)
    ]
    return [outcome.kind for outcome in import_rates(acting=acting, records=records, now=NOW)]


def waiting(acting):
    return waiting_imports_of(acting).get()


def minutes(acting, deck, on):
    return {rate.prefix: str(rate.minute.normalize()) for rate in rates_on(acting, deck.pk, on)}


def test_what_changes_waits_and_nothing_else_does(acting, bought, sold):
    before = minutes(acting, bought, NOVEMBER)

    assert imported(acting) == ["unchanged", "accepted", "accepted", "accepted", "accepted"]

    rate_import = waiting(acting)
    rows = {row.prefix: row for row in rows_of_import(rate_import)}
    assert {prefix: row.change for prefix, row in rows.items()} == {
        "49": "up", "905": "up", "346": "down", "3834": "new", "299": "gone"
    }  # fmt: skip
    assert (rate_import.lines, rate_import.unchanged, rate_import.file_name) == (5, 1, "october.csv")
    assert (rate_import.sell_deck, rate_import.starts_on) == (sold, OCTOBER)
    assert minutes(acting, bought, NOVEMBER) == before


def test_what_sells_below_cost_has_a_proposed_price(acting, sold):
    imported(acting)

    rate_import = waiting(acting)
    rows = {row.prefix: row for row in rows_of_import(rate_import)}
    # What is called is sold by the longest prefix: 905 by 90.
    assert (rows["905"].counterpart, rows["905"].sell_new) == (Decimal("0.139"), Decimal("0.1865"))
    assert (rows["3834"].counterpart, rows["3834"].sell_new) == (None, Decimal("0.369"))
    assert rows["49"].sell_new is None
    assert margin_of(rows["905"], rate_import) == 201_072
    assert margin_of(rows["905"], rate_import, at_new_price=False) == -71_942
    counts = count_import_rows(rate_import)
    assert (counts.below_cost, counts.loss) == (1, 0)
    assert margin_of(rows["49"], rate_import) == 435_714
    assert margin_of(rows["299"], rate_import) is None


def test_rows_are_counted_by_what_they_do_to_the_margin(acting, sold, django_assert_num_queries):
    change_rate_deck(acting=acting, deck_id=sold.pk, markup=None, now=NOW)
    imported(acting, {**FILE, "49": "0.0135"})
    rate_import = waiting(acting)

    with django_assert_num_queries(2):
        counts = count_import_rows(rate_import)

    assert (counts.all, counts.up, counts.down, counts.new, counts.gone) == (5, 2, 1, 1, 1)
    assert (counts.low, counts.below_cost, counts.chosen, counts.sell_new) == (2, 1, 5, 0)
    assert [row.prefix for row in rows_of_import(rate_import, "low")] == ["49", "905"]


def test_what_is_taken_over_holds_from_its_day(acting, bought, sold):
    imported(acting)
    rate_import = waiting(acting)
    row = rate_import.rows.get(prefix="346")
    set_sell_price(acting=acting, row_id=row.pk, price=Decimal("0.04"), now=NOW)

    take_rate_import(acting=acting, import_id=rate_import.pk, now=NOW)

    assert minutes(acting, bought, SEPTEMBER) == BOUGHT
    assert minutes(acting, bought, OCTOBER) == FILE
    assert minutes(acting, sold, SEPTEMBER) == SOLD
    assert minutes(acting, sold, OCTOBER) == {
        "31": "0.009", "49": "0.014", "90": "0.139", "905": "0.1865", "346": "0.04", "3834": "0.369"
    }  # fmt: skip
    assert imported(acting) == ["unchanged"] * 5
    assert not waiting_imports_of(acting).exists()


def test_rows_that_are_not_chosen_stay_as_they_are(acting, bought, sold):
    imported(acting)
    rate_import = waiting(acting)
    choose_rate_rows(acting=acting, import_id=rate_import.pk, chosen=False, now=NOW)
    some = list(rate_import.rows.filter(prefix__in=["49", "299"]).values_list("pk", flat=True))
    choose_rate_rows(acting=acting, import_id=rate_import.pk, row_ids=some, chosen=True, now=NOW)

    take_rate_import(acting=acting, import_id=rate_import.pk, now=NOW)

    assert minutes(acting, bought, OCTOBER) == {"31": "0.004", "49": "0.0079", "905": "0.112", "346": "0.031"}


def test_an_import_is_taken_back_as_if_it_had_never_been(acting, bought, sold):
    before = list(Rate.objects.order_by("pk").values())
    imported(acting)
    rate_import = take_rate_import(acting=acting, import_id=waiting(acting).pk, now=NOW)

    withdraw_rate_import(acting=acting, import_id=rate_import.pk, billed_before=OCTOBER, now=NOW)

    assert list(Rate.objects.order_by("pk").values()) == before
    assert RateImport.objects.get().state == RateImportState.WITHDRAWN
    with pytest.raises(ImportDecided):
        take_rate_import(acting=acting, import_id=rate_import.pk, now=NOW)


def test_corrected_and_ended_rates_of_the_same_day_come_back_too(acting, bought, sold):
    before = list(Rate.objects.filter(deck=bought).order_by("prefix").values_list("prefix", "valid_before", "minute"))
    imported(acting, day=JULY)
    rate_import = take_rate_import(acting=acting, import_id=waiting(acting).pk, now=NOW)
    assert "299" not in minutes(acting, bought, JULY)

    withdraw_rate_import(acting=acting, import_id=rate_import.pk, billed_before=None, now=NOW)

    after = list(Rate.objects.filter(deck=bought).order_by("prefix").values_list("prefix", "valid_before", "minute"))
    assert after == before


def test_what_was_billed_or_changed_since_is_not_taken_back(acting, bought, sold):
    imported(acting)
    rate_import = take_rate_import(acting=acting, import_id=waiting(acting).pk, now=NOW)

    with pytest.raises(RatesBilled):
        withdraw_rate_import(acting=acting, import_id=rate_import.pk, billed_before=NOVEMBER, now=NOW)

    set_rate(acting=acting, deck_id=sold.pk, prefix="44", valid_from=OCTOBER, minute=Decimal("0.02"), now=NOW)
    with pytest.raises(RatesChangedSince):
        withdraw_rate_import(acting=acting, import_id=rate_import.pk, billed_before=None, now=NOW)


def test_a_second_file_stands_in_the_place_of_the_first(acting, bought, sold):
    imported(acting)
    first = waiting(acting)

    imported(acting, {**FILE, "49": "0.0080"})

    first.refresh_from_db()
    assert first.state == RateImportState.LEFT_OUT
    assert waiting(acting).rows.get(prefix="49").minute_new == Decimal("0.008")


def test_an_import_is_left_out(acting, bought, sold):
    imported(acting)

    drop_rate_import(acting=acting, import_id=waiting(acting).pk, now=NOW)

    assert not waiting_imports_of(acting).exists()
    assert minutes(acting, bought, OCTOBER) == BOUGHT


def test_a_file_of_changes_only_ends_nothing(acting, bought):
    imported(acting, {"49": "0.0079"}, whole_deck=False)

    assert [row.change for row in rows_of_import(waiting(acting))] == ["up"]


def test_bad_lines_are_rejected_and_end_nothing(acting, bought):
    kinds = imported(acting, {**BOUGHT, "2x": "1"}, deck="nowhere")
    assert kinds == ["rejected"] * 6

    records = [
        ImportRecord(2, {"deck_code": "transvox", "valid_from": OCTOBER, "prefix": "49", "minute": None}),
        ImportRecord(3, {"deck_code": "transvox", "valid_from": None, "prefix": "31", "minute": Decimal(1)}),
        ImportRecord(4, {"deck_code": "transvox", "valid_from": OCTOBER, "prefix": "7", "setup": Decimal(1)}),
        ImportRecord(5, {"deck_code": "transvox", "valid_from": OCTOBER, "prefix": "+7", "setup": Decimal(2)}),
        ImportRecord(6, {"deck_code": "transvox", "valid_from": OCTOBER, "prefix": "8"}),
        ImportRecord(7, {"deck_code": "transvox", "valid_from": OCTOBER, "prefix": "9", "product_code": "NONE"}),
        ImportRecord(
            8, {"deck_code": "transvox", "valid_from": OCTOBER, "prefix": "905", "minute": Decimal("0.0000001")}
        ),
    ]
    outcomes = import_rates(acting=acting, records=records, now=NOW)

    assert [each.kind for each in outcomes] == ["unchanged", "rejected", "accepted", *["rejected"] * 4]
    changes = {row.prefix: row.change for row in rows_of_import(waiting(acting))}
    assert changes == {"7": "new", "299": "gone", "346": "gone"}


def test_new_prefixes_have_a_likely_category(acting, bought):
    imported(acting, {"316": "0.01"}, destination="Netherlands, mobile", whole_deck=False)

    take_rate_import(acting=acting, import_id=waiting(acting).pk, now=NOW)

    assert Rate.objects.get(prefix="316").category == CallCategory.NATIONAL_MOBILE


def test_a_file_for_a_deck_that_is_sold_shows_what_it_is_bought_for(acting, bought, sold):
    imported(acting, {"31": "0.0041"}, deck="standard", whole_deck=False)

    rate_import = waiting(acting)
    [row] = rows_of_import(rate_import)
    assert (rate_import.sell_deck, row.counterpart, margin_of(row, rate_import)) == (None, Decimal("0.004"), 24_390)
    assert count_import_rows(rate_import).low == 1
    with pytest.raises(NoSellDeck):
        set_sell_price(acting=acting, row_id=row.pk, price=Decimal(1), now=NOW)


def test_each_line_may_have_its_own_day(acting, bought):
    records = [
        ImportRecord(2, {"deck_code": "transvox", "valid_from": day, "prefix": "49", "minute": Decimal(price)})
        for day, price in ((OCTOBER, "0.0080"), (NOVEMBER, "0.0085"))
    ]
    import_rates(acting=acting, records=records, now=NOW)
    take_rate_import(acting=acting, import_id=waiting(acting).pk, now=NOW)

    assert minutes(acting, bought, OCTOBER) == {"49": "0.008"}
    assert minutes(acting, bought, NOVEMBER) == {"49": "0.0085"}


def test_another_seller_and_a_viewer_see_and_do_nothing(acting, seller, bought, sold):
    imported(acting)
    rate_import = waiting(acting)
    stranger = acting_of(make_seller())

    assert not rate_imports_of(stranger).exists()
    with pytest.raises(NotFound):
        set_sell_price(acting=stranger, row_id=rate_import.rows.all()[0].pk, price=None, now=NOW)
    with pytest.raises(Forbidden):
        take_rate_import(acting=acting_of(seller, role=Role.VIEWER), import_id=rate_import.pk, now=NOW)
    assert imported(stranger) == ["rejected"] * 5
