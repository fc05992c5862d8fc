"""A supplier's commission: never re-billed, and part payment of its package invoice."""

import pytest

from rebill.sources.supplier_invoices.commands import change_supplier
from rebill.sources.supplier_invoices.commands.rebilling import NotToBeRebilled
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
