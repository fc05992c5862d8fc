"""A supplier's commission: never re-billed, and part payment of its package invoice."""

import pytest

from rebill.kit.models import Event
from rebill.sources.supplier_invoices.commands import change_supplier, settle_credit, undo_settlement
from rebill.sources.supplier_invoices.commands.rebilling import NotToBeRebilled
from rebill.sources.supplier_invoices.commands.settling import NotSettled
from rebill.sources.supplier_invoices.queries.accounts import open_minor, supplier_balances
from tests.factories import NOW
from tests.sources.supplier_invoices.books import YRITYS, Firm
from tests.sources.supplier_invoices.written import Finvoice, Row


@pytest.fixture
def firm(db):
    return Firm()


def test_c125_the_commission_is_set_against_the_package_invoice_and_never_re_billed(firm):
    package = firm.take(Finvoice([Row(price="398.41", party=YRITYS)]))
    change_supplier(acting=firm.acting, supplier_id=package.supplier_id, commission_codes=["PALKKIO"], now=NOW)

    commission = firm.take(Finvoice([Row(code="PALKKIO", price="95.62")], number="900200", kind="INV02"))

    assert (str(package.gross), str(commission.gross)) == ("500.00 EUR", "-120.00 EUR")
    assert commission.is_commission
    assert open_minor(package) == 38_000
    [balance] = supplier_balances(firm.acting)
    assert (str(balance.owed), str(package.vat), str(commission.vat)) == ("380.00 EUR", "101.59 EUR", "-24.38 EUR")
    with pytest.raises(NotToBeRebilled):
        firm.rebill(commission)


def test_the_commission_is_part_payment_of_the_package_invoice_however_much_the_older_model_comes_to(firm):
    firm.sells("NV-VANHA", name="Ostolasku")
    modules = firm.take(Finvoice([Row(code="77", name="Ostolasku", price="900", party=YRITYS)], number="1"))
    package = firm.take(Finvoice([Row(price="398.41", party=YRITYS)], number="2"))
    change_supplier(acting=firm.acting, supplier_id=package.supplier_id, commission_codes=["PALKKIO"], now=NOW)

    firm.take(Finvoice([Row(code="PALKKIO", price="95.62")], number="3", kind="INV02"))

    assert (open_minor(package), open_minor(modules)) == (38_000, modules.gross.minor)


def test_a_commission_is_taken_in_though_nothing_is_open_any_more(firm):
    package = firm.take(Finvoice([Row(price="10.00", party=YRITYS)]))
    change_supplier(acting=firm.acting, supplier_id=package.supplier_id, commission_codes=["PALKKIO"], now=NOW)

    first, second = (
        firm.take(Finvoice([Row(code="PALKKIO", price="20.00")], number=number, kind="INV02")) for number in ("2", "3")
    )

    assert (first.is_commission, second.is_commission, open_minor(package)) == (True, True, 0)


def test_c125_neighbour_a_commission_that_comes_before_its_package_invoice_waits_for_it(firm):
    october = firm.take(Finvoice([Row(price="398.41", party=YRITYS)], number="1", issued_on="20261001"))
    change_supplier(acting=firm.acting, supplier_id=october.supplier_id, commission_codes=["PALKKIO"], now=NOW)
    of_october, of_november = (
        firm.take(Finvoice([Row(code="PALKKIO", price="95.62")], number=number, kind="INV02", issued_on=day))
        for number, day in (("2", "20261001"), ("3", "20261101"))
    )
    assert (open_minor(october), open_minor(of_november)) == (38_000, -12_000)

    november = firm.take(Finvoice([Row(price="398.41", party=YRITYS)], number="4", issued_on="20261101"))

    assert [open_minor(each) for each in (october, november, of_october, of_november)] == [38_000, 38_000, 0, 0]


def test_a_commission_set_against_the_wrong_invoice_is_put_right(firm):
    wrong = firm.take(Finvoice([Row(price="398.41", party=YRITYS)], number="1"))
    right = firm.take(Finvoice([Row(price="100.00", party=YRITYS)], number="2"))
    change_supplier(acting=firm.acting, supplier_id=wrong.supplier_id, commission_codes=["PALKKIO"], now=NOW)
    commission = firm.take(Finvoice([Row(code="PALKKIO", price="95.62")], number="3", kind="INV02"))
    assert (open_minor(wrong), open_minor(right)) == (38_000, 12_550)
    said = {"acting": firm.acting, "credit_id": commission.pk, "now": NOW}

    undone = undo_settlement(invoice_id=wrong.pk, **said)

    assert (str(undone), open_minor(wrong)) == ("120.00 EUR", 50_000)
    firm.read_again(commission)
    assert open_minor(wrong) == 50_000
    settle_credit(invoice_id=right.pk, **said)
    assert (open_minor(wrong), open_minor(right)) == (50_000, 550)
    assert Event.objects.filter(verb="settlement_undone").count() == 1
    with pytest.raises(NotSettled):
        undo_settlement(invoice_id=wrong.pk, **said)


def test_what_becomes_open_again_is_added_to_what_was_set_before(firm):
    invoice = firm.take(Finvoice([Row(price="100.00", party=YRITYS)], number="1"))
    first, second = (firm.take(Finvoice([Row(price="80.00")], number=number, kind="INV02")) for number in ("2", "3"))
    said = {"acting": firm.acting, "invoice_id": invoice.pk, "now": NOW}
    for credit in (first, second):
        settle_credit(credit_id=credit.pk, **said)
    assert open_minor(invoice) == 0

    undo_settlement(credit_id=first.pk, **said)
    settle_credit(credit_id=second.pk, **said)

    assert open_minor(invoice) == invoice.gross.minor + second.gross.minor
