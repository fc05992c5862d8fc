"""A bar keeps accounts for its guests, as the manual of its till describes it, sentence by sentence.

"Met de facturatiemodule sla je bestellingen aan op een rekening en draai je via de beheeromgeving eenvoudig een
uitdraai van de gemaakte transacties."
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from rebill.access.acting import Acting, Role
from rebill.interfaces.imports.entities import importable
from rebill.interfaces.imports.rows import import_rows
from rebill.invoices.models import Invoice, InvoiceKind
from rebill.kit.errors import Conflict
from rebill.parties.models import Customer, CustomerKind
from rebill.rules.money import Money
from rebill.sources.tabs.commands import (
    TabChanges,
    accept_tab_terms,
    add_holder,
    change_tabs,
    link_holder,
    open_tab,
    set_tab_rules,
    undo_tab_change,
    withdraw_consent,
)
from rebill.sources.tabs.commands.ordering import HolderMayNotBuy
from rebill.sources.tabs.commands.taking import LimitExceeded, TabNotForSale
from rebill.sources.tabs.models import HolderKind, Tab, TabStatus
from rebill.sources.tabs.queries.agreeing import TermsNotAccepted
from rebill.sources.tabs.queries.holders import holdings_of
from rebill.sources.tabs.queries.orders import tab_orders_of
from rebill.sources.tabs.queries.tabs import find_tabs, tab_by_number, tabs_changed, tabs_for_till
from rebill.sources.tabs.texts import CURRENT
from tests import factories
from tests.sources.tabs.bar import EVENING, OCTOBER, Bar

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 8, 20, 9, 0, tzinfo=UTC)


@pytest.fixture
def bar() -> Bar:
    """The bar once it has agreed: "voordat je verder kan gaan … dien je akkoord te geven op de GDPR"."""
    bar = Bar(name="Paviljoen Waterkant")
    set_tab_rules(acting=bar.acting, scheme="2890-{number:04}", now=NOW)
    return bar


@pytest.fixture
def till(bar: Bar) -> Acting:
    """A till: it may do no more than a program that sells."""
    return Acting(seller_id=bar.seller.pk, role=Role.INTEGRATOR)


def imported(bar: Bar, *rows: dict[str, Any]) -> list[str]:
    outcomes = import_rows(acting=bar.acting, entity=importable("tabs"), rows=list(rows), now=NOW)
    return [outcome.kind for outcome in outcomes]


def seen_at(till: Acting, search: str = "", *, shown_only: bool = False) -> list[str]:
    return [tab.number for tab in tabs_for_till(till, search=search, shown_only=shown_only)]


def test_without_the_agreement_nothing_can_be_set_up():
    """Let op: voordat je verder kan gaan met het inrichten van deze module dien je akkoord te geven op de GDPR."""
    seller = factories.make_seller()
    acting, customer = factories.acting_of(seller), factories.make_customer(seller)
    with pytest.raises(TermsNotAccepted):
        open_tab(acting=acting, customer_id=customer.pk, now=NOW)

    accepted = accept_tab_terms(acting=acting, version=CURRENT, language="nl", now=NOW)

    assert (accepted.accepted_by, accepted.accepted_at, accepted.version) == (acting.user_id, NOW, CURRENT)
    assert open_tab(acting=acting, customer_id=customer.pk, now=NOW)


def test_one_user_and_one_account_step_by_step(bar, till):
    """Instellen van 1 gebruiker en rekening, steps 1 to 12."""
    # 1-2. "Voornaam: Bedrijf, Achternaam: Twelve, E-mail: je kan hier een fictief e-mailadres in zetten."
    customer = factories.make_customer(
        bar.seller, name="Bedrijf Twelve", kind=CustomerKind.ORGANISATION, invoice_emails=["test@test.nl"]
    )
    company = add_holder(
        acting=bar.acting,
        kind=HolderKind.PERSON,
        first_name="Bedrijf",
        last_name="Twelve",
        email="test@test.nl",
        now=NOW,
    )
    # 3-4. "Je maakt zelf een fictief rekeningnummer aan … Je kan het beste kiezen voor je eigen klantnummer."
    tab = open_tab(acting=bar.acting, customer_id=customer.pk, description="Terras", now=NOW)
    assert (tab.number, tab.description) == ("2890-0001", "Terras")
    # 5. "Voordat je verder kan moet je eerst de status van de rekening op 'Actief' zetten."
    assert tab.status == TabStatus.INACTIVE
    with pytest.raises(TabNotForSale):
        bar.buy(tab, "2.80")
    # 6-8. "Op naam kopen toestaan", "Standaard in op naam overzicht", "verhoog limiet".
    changes = TabChanges(status=TabStatus.ACTIVE, may_buy=True, is_shown=True, limit=Money.of("100", "EUR"))
    change_tabs(acting=bar.acting, tabs=find_tabs(bar.acting), changes=changes, now=NOW)
    # 10-11. "Extra gebruiker inzicht geven in de rekening."
    link_holder(acting=bar.acting, tab_id=tab.pk, holder_id=company.pk, now=NOW)
    # 12. "De rekening en de gebruiker is nu gekoppeld en zie je terug in het rekeningen overzicht."
    [found] = find_tabs(bar.acting, search="twelve")
    assert (found.number, str(found.limit), [each.holder.name for each in holdings_of(found)]) == (
        "2890-0001", "100.00 EUR", ["Bedrijf Twelve"],
    )  # fmt: skip
    assert seen_at(till, shown_only=True) == ["2890-0001"]


def test_the_till_sees_changes_without_signing_off_and_on(bar, till):
    """Om de wijzigingen door te voeren op de kassa dien je deze af-en aan te melden: here a till asks what changed."""
    tab = bar.tab("100", number="2890-0100")
    cursor = tabs_changed(till).cursor
    change_tabs(
        acting=bar.acting, tabs=find_tabs(bar.acting), changes=TabChanges(limit=Money.of("250", "EUR")), now=NOW
    )

    told = tabs_changed(till, cursor=cursor).tabs

    assert [(each.number, str(each.limit)) for each in told] == [(tab.number, "250.00 EUR")]


def test_an_existing_account_is_allowed_to_buy_on_name(bar, till):
    """Een bestaande gebruiker en rekening op naam kopen toestaan; shown by default, or found by searching only."""
    tab = bar.tab("100", customer=bar.customer("Jelle Bos"), may_buy=False)
    assert seen_at(till, "jelle") == []

    change_tabs(acting=bar.acting, tabs=find_tabs(bar.acting), changes=TabChanges(may_buy=True), now=NOW)

    assert seen_at(till, "jelle") == [tab.number]
    assert seen_at(till, shown_only=True) == []


def test_ten_companies_come_from_excel_and_get_their_limit_at_once(bar, till):
    """Hoe stel ik factuurbeheer in via Excel-import: 'Bedrijf' en 'Rekeningnummer', ten rows, then 'Wijzig credits'."""
    rows = [{"company": f"Bedrijf {row}", "number": f"2890-{row:04}"} for row in range(1, 11)]
    assert imported(bar, *rows) == ["accepted"] * 10
    # "Het systeem laat zien als de import succesvol is uitgevoerd": again, nothing changes.
    assert imported(bar, *rows) == ["unchanged"] * 10
    # "Ga nu Rekeningen & passen en zoek de rekeningnummers op die je zojuist hebt aangemaakt."
    found = find_tabs(bar.acting, search="2890-00")
    assert found.count() == 10
    # "Selecteer alle rekeningen en kies voor 'Wijzig credits' … Vergeet niet 'Maak Op-Naam en 'In overzicht'."
    changes = TabChanges(limit=Money.of("150", "EUR"), may_buy=True, is_shown=True)
    change = change_tabs(acting=bar.acting, tabs=found, changes=changes, now=NOW)

    assert change is not None
    assert len(seen_at(till, shown_only=True)) == 10
    assert {str(tab.limit) for tab in Tab.objects.all()} == {"150.00 EUR"}
    undo_tab_change(acting=bar.acting, change_id=change.pk, now=NOW)
    assert seen_at(till) == []


def test_a_batch_with_names_limits_and_numbers_of_accounts(bar):
    """Optie 1: een Excel bestand met de naam/bedrijfsnaam, limiet (bestedingsbudget) en het aantal rekeningen."""
    assert imported(
        bar,
        {"company": "Roeivereniging De Riem", "limit": "1500", "accounts": "2"},
        {"first_name": "Jelle", "last_name": "Bos", "email": "jelle@bos.example", "limit": "75"},
    ) == ["accepted", "accepted"]

    told = [(tab.customer.name, tab.number, str(tab.limit)) for tab in Tab.objects.order_by("number")]
    assert told == [
        ("Roeivereniging De Riem", "2890-0001", "1500.00 EUR"), ("Roeivereniging De Riem", "2890-0002", "1500.00 EUR"),
        ("Jelle Bos", "2890-0003", "75.00 EUR"),
    ]  # fmt: skip
    assert Customer.objects.get(name="Jelle Bos").kind == CustomerKind.PERSON


def test_orders_within_the_limit_and_the_printout_of_what_was_bought(bar):
    """Klanten op rekening laten betalen; een uitdraai van de gemaakte transacties."""
    tab = bar.tab("20")
    bar.buy(tab, ("Bier", "3", "2.80"), ("Tosti", "1", "4.50"))
    with pytest.raises(LimitExceeded, match=r"7\.10 EUR is left"):
        bar.buy(tab, "7.11")

    [order] = tab_orders_of(bar.acting, tab=tab)

    printed = [(line.description, line.quantity, str(line.amount)) for line in order.lines.all()]
    assert printed == [("Bier", Decimal(3), "8.40 EUR"), ("Tosti", Decimal(1), "4.50 EUR")]


def test_only_open_orders_are_invoiced(bar):
    """Staat de bestelling niet tussen de te factureren transacties? Dan is er mogelijk direct afgerekend of de
    bestelling is geannuleerd."""
    tab = bar.tab("100")
    bar.buy(tab, "12.10", key="open")
    bar.settle(bar.buy(tab, "20", key="settled").key)
    bar.cancel(bar.buy(tab, "30", key="cancelled").key)

    bar.bill_now(tab)
    [invoice] = bar.issue()

    assert str(invoice.gross_amount) == "12.10 EUR"
    assert bar.states(tab) == {"open": "billed", "settled": "settled", "cancelled": "cancelled"}
    assert bar.balance(tab) == "0.00"


def test_a_wrong_invoice_is_withdrawn_and_made_anew(bar):
    """Factuur foutief verzonden? Gebruik de functie 'factuur verwijderen' en maak daarna een nieuwe factuur aan."""
    tab = bar.tab("100")
    for number in range(7):
        bar.buy(tab, "1.35", key=f"order-{number}")
    bar.bill_now(tab)
    [wrong] = bar.issue()

    note = bar.withdraw(wrong)
    assert set(bar.states(tab).values()) == {"booked"}
    assert bar.balance(tab) == "9.45"
    bar.prepare(OCTOBER)
    [right] = bar.issue(OCTOBER)

    assert note.kind == InvoiceKind.CREDIT_NOTE
    assert [str(each.gross_amount) for each in (wrong, note, right)] == ["9.45 EUR", "-9.45 EUR", "9.45 EUR"]
    assert right.issued_on == date(2026, 10, 1)
    bar.prepare(OCTOBER)
    assert bar.issue(OCTOBER) == []
    assert sum(invoice.gross_amount.minor for invoice in Invoice.objects.all()) == 945
    assert bar.problems() == []


def test_several_accounts_of_one_customer_are_billed_apart_or_together(bar):
    """Facturen opmaken: for one account or for all; the run makes one invoice for the customer."""
    customer = bar.customer("Gemeente Havenzicht")
    terrace, hall = bar.tab("100", customer=customer), bar.tab("100", customer=customer)
    bar.buy(terrace, "10", at=EVENING)
    bar.buy(hall, "30", at=EVENING)

    bar.prepare()
    [invoice] = bar.issue()

    assert str(invoice.gross_amount) == "40.00 EUR"
    assert {tab_by_number(bar.acting, each.number).balance.minor for each in (terrace, hall)} == {0}


def test_a_customer_who_cannot_be_chosen_is_not_allowed_to_buy(bar, till):
    """Kun je een klant niet selecteren voor betaling op rekening? Zorg dat deze is aangemerkt als 'Op naam kopen'."""
    tab = bar.tab("100", may_buy=False)

    assert seen_at(till) == []
    with pytest.raises(Conflict, match="buying on name is not allowed"):
        bar.buy(tab, "1")

    # Nor is a person who took back the consent to be kept, on whichever tab.
    open_to_all, jelle = bar.tab("100"), add_holder(acting=bar.acting, first_name="Jelle", now=NOW)
    link_holder(acting=bar.acting, tab_id=open_to_all.pk, holder_id=jelle.pk, now=NOW)
    bar.buy(open_to_all, "1", holder_id=jelle.pk)
    withdraw_consent(acting=bar.acting, holder_id=jelle.pk, now=NOW)
    with pytest.raises(HolderMayNotBuy):
        bar.buy(open_to_all, "1", holder_id=jelle.pk)
