"""A supplier's records against ours: missing, extra, longer; a call that ended oddly is among them (trap C86)."""

from datetime import date

import pytest

from rebill.rules.comparing import Finding, finding
from rebill.sources.usage.models import Switch
from rebill.sources.usage.queries.comparing import compare_calls
from tests.factories import make_customer
from tests.usage.world import OCTOBER, Made, Partner


@pytest.fixture
def partner(db) -> Partner:
    partner = Partner()
    partner.rate("31", "0.03")
    partner.give_number(make_customer(partner.seller), "31201234567")
    Switch.objects.create(seller=partner.seller, code="carrier", dialect="neutral", compared=True)
    return partner


def compared(partner: Partner):
    supplier = Switch.objects.get(seller=partner.seller, code="carrier")
    return compare_calls(acting=partner.acting, supplier=supplier, month=OCTOBER)


def call(called: str, at: str, seconds: int, **terms) -> Made:
    return Made("31201234567", called, f"2026-10-{at}", seconds, **terms)


def test_calls_are_found_missing_extra_longer_and_the_same(partner):
    partner.take(
        [
            call("31612345678", "05T09:00", 60),
            call("31612345678", "05T10:00", 60),
            call("31612345678", "06T10:00", 60),
        ]
    )
    partner.take(
        [
            call("31612345678", "05T09:00", 61, buy_e6=10_000),
            call("31612345678", "05T10:01", 90, buy_e6=15_000),
            call("4915112345678", "07T10:00", 30, buy_e6=20_000),
        ],
        name="carrier.csv",
        switch="carrier",
    )

    found = compared(partner)

    counts = found.counts()
    assert {each: counts[each] for each in Finding if counts[each]} == {
        Finding.SAME: 1, Finding.LONGER: 1, Finding.ONLY_THEIRS: 1, Finding.ONLY_OURS: 1,
    }  # fmt: skip
    assert [(each.finding, each.called) for each in found.differing()] == [
        (Finding.ONLY_OURS, "31612345678"), (Finding.LONGER, "31612345678"), (Finding.ONLY_THEIRS, "4915112345678"),
    ]  # fmt: skip
    theirs = {each.destination: (each.ours_calls, each.theirs_calls, each.theirs_e6) for each in found.sums()}
    assert theirs == {"31612": (3, 2, 25_000), "49151": (0, 1, 20_000)}


def test_c86_a_call_that_ended_by_a_timer_is_billed_and_listed_with_its_cause(partner):
    partner.take([call("31612345678", "05T09:00", 72, reason="RECOVERY_ON_TIMER_EXPIRE")])

    assert partner.rate_month().rated == 1
    [listed] = compared(partner).differing()
    assert (listed.finding, listed.ours_s, listed.reason) == (Finding.ONLY_OURS, 72, "RECOVERY_ON_TIMER_EXPIRE")


def test_a_suppliers_records_are_never_rated(partner):
    partner.take([call("31612345678", "05T09:00", 60)])
    partner.take([call("31612345678", "05T09:00", 60)], name="carrier.csv", switch="carrier")

    rating = partner.rate_month()

    assert rating.calls == 1


def test_a_call_of_ours_is_one_record_of_theirs(partner):
    partner.take([call("31612345678", "05T09:00", 60)])
    partner.take(
        [call("31612345678", "05T09:00:10", 60), call("31612345678", "05T09:01:00", 60)],
        name="carrier.csv",
        switch="carrier",
    )

    counts = compared(partner).counts()

    assert (counts[Finding.SAME], counts[Finding.ONLY_THEIRS], counts[Finding.ONLY_OURS]) == (1, 1, 0)


def test_a_month_without_records_is_empty(partner):
    assert sum(compared(partner).counts().values()) == 0
    assert compared(partner).sums() == []


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        (60, 60, Finding.SAME),
        (60, 62, Finding.SAME),
        (60, 63, Finding.LONGER),
        (63, 60, Finding.SHORTER),
        (None, 1, Finding.ONLY_THEIRS),
        (1, None, Finding.ONLY_OURS),
    ],
)
def test_a_pair_says(ours, theirs, expected):
    assert finding(ours, theirs) is expected


def test_another_month_is_another_comparison(partner):
    partner.take([call("31612345678", "05T09:00", 60)])
    supplier = Switch.objects.get(seller=partner.seller, code="carrier")

    assert sum(compare_calls(acting=partner.acting, supplier=supplier, month=date(2026, 9, 1)).counts().values()) == 0
