"""`rebill drafts`: mending lines, texts and dates."""

import json

import pytest

from rebill.charges.models import Charge
from rebill.runs.models import Draft, Run
from tests import factories
from tests.interfaces.conftest import THIS_MONTH

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(month, typed) -> Draft:
    """A draft with one line, ready to go."""
    typed("prepare")
    return Draft.objects.get(customer__number="1001")


def line_of(draft: Draft) -> int:
    return Charge.objects.filter(claim=draft.pk).order_by("id").first().pk


def net_of(draft: Draft) -> int:
    draft.refresh_from_db()
    return draft.net_amount.minor


def test_a_line_is_added(draft, typed):
    ended = typed("drafts", "add-line", draft.pk, "--text", "Monteur", "--price", "75.50", "--quantity", "1.5")

    assert (ended.code, net_of(draft)) == (0, 1250 + 11325)
    assert "Monteur (one-off)" in ended.shown


def test_a_line_is_given_back(draft, typed):
    told = json.loads(
        typed("drafts", "add-line", draft.pk, "--text", "Storing", "--price", "5", "--credit", "--json").shown
    )

    assert (told["net"], [line["net"] for line in told["lines"]]) == ("7.50", ["-5.00", "12.50"])


def test_a_product_brings_its_name_and_the_price_of_the_list(draft, month, typed):
    phone = factories.make_product(month.seller, "PHONE", name="Bureautelefoon", kind="hardware")
    factories.make_plan_price(phone, "89", plan=month.plan)

    shown = typed("drafts", "add-line", draft.pk, "--product", "PHONE", "--quantity", "2").shown

    assert "Bureautelefoon" in shown
    assert net_of(draft) == 1250 + 17800


def test_a_line_without_a_price_is_refused(draft, typed):
    ended = typed("drafts", "add-line", draft.pk, "--text", "Iets")

    assert (ended.code, net_of(draft)) == (2, 1250)
    assert "--price" in ended.aside


def test_a_line_is_changed_with_a_reason_and_reset(draft, typed):
    refused = typed("drafts", "change-line", draft.pk, line_of(draft), "--price", "10")
    changed = typed("drafts", "change-line", draft.pk, line_of(draft), "--price", "10", "--reason", "Afspraak")
    after_change = net_of(draft)
    explained = typed("drafts", "explain", line_of(draft)).shown
    typed("drafts", "reset-line", draft.pk, line_of(draft))

    assert (refused.code, changed.code, after_change, net_of(draft)) == (2, 0, 1000, 1250)
    assert "edited" in changed.shown
    assert "Reason: Afspraak" in explained


def test_the_period_of_a_line_is_changed_with_both_its_days(draft, typed):
    line = line_of(draft)
    half = typed("drafts", "change-line", draft.pk, line, "--from", "2026-09-07", "--reason", "Afspraak")
    changed = typed(
        "drafts", "change-line", draft.pk, line, "--from", "2026-09-07", "--last-day", "2026-09-20",
        "--reason", "Afspraak", "--json",
    )  # fmt: skip
    explained = typed("drafts", "explain", line).shown

    [shown] = json.loads(changed.shown)["lines"]
    assert (half.code, changed.code) == (2, 0)
    assert (shown["starts_on"], shown["ends_before"]) == ("2026-09-07", "2026-09-21")
    assert "Reason: Afspraak" in explained


def test_a_change_of_nothing_is_refused(draft, typed):
    assert typed("drafts", "change-line", draft.pk, line_of(draft)).code == 2
    assert typed("drafts", "text", draft.pk).code == 2


def test_a_dropped_line_waits_and_can_be_opened_again(draft, typed):
    line = line_of(draft)

    dropped = typed("drafts", "drop-line", draft.pk, line, "--reason", "Volgende maand")
    where = typed("drafts", "explain", line).shown
    typed("drafts", "reopen-line", line)
    typed("prepare")

    assert (dropped.code, net_of(draft)) == (0, 1250)
    assert "open, for runs from" in where


def test_a_waived_line_is_never_billed(draft, typed):
    line = line_of(draft)

    typed("drafts", "drop-line", draft.pk, line, "--waive", "--reason", "Coulance")
    typed("prepare")

    assert net_of(draft) == 0
    assert "never billed: Coulance" in typed("drafts", "explain", line).shown


def test_texts_stand_above_and_below(draft, typed):
    shown = typed("drafts", "text", draft.pk, "--intro", "Beste bakker", "--closing", "Tot ziens").shown

    draft.refresh_from_db()
    assert (draft.intro, draft.closing) == ("Beste bakker", "Tot ziens")
    assert "Beste bakker" in shown


def test_a_texts_markup_and_escapes_are_shown_as_they_are(draft, typed):
    shown = typed("drafts", "text", draft.pk, "--intro", "[bold]vet[/bold] \x1b[31mrood").shown

    assert "[bold]vet[/bold]" in shown
    assert "\x1b" not in shown


def test_the_date_of_the_invoices_is_fixed_and_freed(draft, typed):
    fixed = typed("drafts", "date", "--run", THIS_MONTH, "--on", THIS_MONTH.replace(day=5))
    dated = Run.objects.get().invoice_on
    typed("drafts", "date", "--run", THIS_MONTH)

    assert (fixed.code, dated, Run.objects.get().invoice_on) == (0, THIS_MONTH.replace(day=5), None)


def test_an_approved_draft_is_no_longer_mended(draft, typed):
    typed("drafts", "approve", draft.pk)

    ended = typed("drafts", "add-line", draft.pk, "--text", "Te laat", "--price", "1")

    assert (ended.code, net_of(draft)) == (2, 1250)
    assert "approved" in ended.aside
