"""A carrier corrects its prices for a month that is billed: taken over, looked at, and taken back."""

from datetime import timedelta

import pytest

from rebill.catalogue.commands import create_rate_deck, take_rate_import, withdraw_rate_import
from rebill.catalogue.commands.rate_imports import RatesBilled
from rebill.catalogue.models import RateImport, RateImportState
from rebill.interfaces.billed_calls import calls_billed_before
from rebill.interfaces.imports.inspecting import Wishes, open_file
from rebill.interfaces.imports.running import import_file
from rebill.pipeline import rate_calls
from rebill.rules.periods import add_months
from rebill.sources.usage.commands import take_rating
from rebill.sources.usage.models import RatingState
from tests.factories import NOW, make_customer
from tests.usage.world import OCTOBER, Made, Partner

NOVEMBER = add_months(OCTOBER, 1)


@pytest.fixture
def partner(db) -> Partner:
    """October is rated and billed; the carrier then says that mobile cost more, and sells for more with it."""
    partner = Partner()
    bought = create_rate_deck(acting=partner.acting, code="transvox", name="Transvox", now=NOW)
    partner.rate("316", "0.05", deck=bought)
    partner.open_deck(buy_deck_id=bought.pk)
    partner.rate("316", "0.10")
    partner.give_number(make_customer(partner.seller), "31201234567")
    partner.take([Made("31201234567", "31612345678", "2026-10-05T09:00", 600)])
    partner.rate_month()
    partner.bill(NOVEMBER)
    return partner


def corrected(partner: Partner) -> RateImport:
    """The deck for which the calls are sold says twice as much from October on, in a file that came afterwards."""
    wishes = Wishes(constants={"deck_code": "calls", "valid_from": "2026-10-01"})
    said = {"entity": "rates", "source": b"prefix;price per minute\n316;0.20\n", "file_name": "corrected.csv"}
    import_file(acting=partner.acting, opened=open_file(acting=partner.acting, wishes=wishes, **said), now=NOW)
    return take_rate_import(acting=partner.acting, import_id=RateImport.objects.get().pk, now=_at(1))


def _at(days: int):
    return NOW.replace(month=11, day=1 + days)


def taken_back(partner: Partner, rate_import: RateImport) -> RateImport:
    return withdraw_rate_import(
        acting=partner.acting,
        import_id=rate_import.pk,
        billed_before=calls_billed_before(partner.acting, rate_import),
        now=_at(5),
    )


def test_rates_are_taken_back_after_a_look_at_what_they_would_change(partner):
    rate_import = corrected(partner)
    [trial] = rate_calls(acting=partner.acting, months=[OCTOBER], trial=True, now=_at(2))
    assert trial.state == RatingState.WAITING

    assert taken_back(partner, rate_import).state == RateImportState.WITHDRAWN


def test_rates_by_which_calls_were_billed_are_not_taken_back(partner):
    rate_import = corrected(partner)
    [waiting] = rate_calls(acting=partner.acting, months=[OCTOBER], trial=True, now=_at(2))
    take_rating(acting=partner.acting, rating=waiting, now=_at(2))
    partner.bill(NOVEMBER + timedelta(days=3))

    with pytest.raises(RatesBilled):
        taken_back(partner, rate_import)
