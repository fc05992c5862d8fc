"""What `rebill check` finds of rated calls: files that are gone or damaged, calls that were lost, sums that differ."""

import pytest

from rebill.sources.usage.checks.ratings import check_accounts, check_ratings
from rebill.sources.usage.models import (
    BilledRating,
    CallPart,
    RatedPart,
    Rating,
    RatingState,
    UsageSum,
    UsageTelling,
)
from rebill.sources.usage.queries.records import CallsLost, kept_file
from tests.factories import make_customer
from tests.usage.test_usage_source import NOVEMBER, mobile
from tests.usage.world import Partner

pytestmark = pytest.mark.django_db


@pytest.fixture
def partner(db) -> Partner:
    """A month of two calls, rated and on a draft."""
    partner = Partner()
    partner.rate("316", "0.06")
    partner.give_number(make_customer(partner.seller), "31201234567")
    partner.take([mobile(61), mobile(30)])
    partner.bill(NOVEMBER)
    return partner


def found(partner: Partner) -> list[str]:
    return [problem.what for problem in check_ratings(acting=partner.acting)]


@pytest.mark.parametrize("part", [CallPart, RatedPart])
def test_a_file_that_is_damaged_or_gone_is_a_problem_and_not_the_end(partner, part):
    path = kept_file(part.objects.get().path)
    whole = path.read_bytes()

    path.write_bytes(whole[: len(whole) // 2])
    assert found(partner) == ["calls.part_damaged"]

    path.write_bytes(b"")
    assert found(partner) == ["calls.part_damaged"]

    path.unlink()
    assert found(partner) == ["calls.part_missing"]

    path.write_bytes(whole)
    assert found(partner) == []


@pytest.mark.parametrize("content", [b"", None])
def test_a_month_is_not_rated_without_calls_that_are_lost(partner, content):
    path = kept_file(CallPart.objects.get().path)
    path.unlink()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CallsLost, match="backup"):
        partner.rate_month()
    assert [rating.state for rating in Rating.objects.all()] == [RatingState.CURRENT]


def flipped(whole: bytes) -> bytes:
    """The same length, with one bit of the first column's bytes turned over: the footer and its counts stay."""
    return whole[:20] + bytes([whole[20] ^ 1]) + whole[21:]


@pytest.mark.parametrize(
    ("billed", "state", "remedy"),
    [
        (False, RatingState.CURRENT, "Rate the month again."),
        (True, RatingState.CURRENT, "Restore the file from a backup."),
        (True, RatingState.REPLACED, "Restore the file from a backup."),
    ],
)
def test_price_rows_whose_bytes_were_turned_over_are_found(partner, billed, state, remedy):
    if not billed:
        BilledRating.objects.all().delete()
    Rating.objects.update(state=state)
    path = kept_file(RatedPart.objects.get().path)
    path.write_bytes(flipped(path.read_bytes()))

    [problem] = check_ratings(acting=partner.acting)

    assert (problem.what, problem.remedy, str(path) in problem.why) == ("calls.part_damaged", remedy, True)


def test_price_rows_without_a_hash_are_no_fault(partner):
    RatedPart.objects.update(content_hash="")

    assert found(partner) == []


def test_a_call_that_was_not_rated_is_missed(partner):
    Rating.objects.update(calls=1, rated=1)

    assert found(partner) == ["calls.not_all_rated"]


def test_sums_that_are_not_those_of_the_price_rows_are_a_problem(partner):
    UsageSum.objects.update(amount_e6=1)

    assert found(partner) == ["calls.sums_differ"]
    assert [problem.what for problem in check_accounts(acting=partner.acting)] == ["calls.account_differs"]


def test_what_was_told_is_what_tellings_say(partner):
    UsageTelling.objects.all().delete()

    assert "calls.account_differs" in [problem.what for problem in check_accounts(acting=partner.acting)]
