"""Seed 003 (Netvisor, tilitoimiston jälleenlaskutus) acted out: its sentences stand beside what proves them."""

from datetime import date, timedelta

import pytest

from rebill.access.acting import PERMISSIONS, Permission, Role
from rebill.invoices.commands import issue_invoices
from rebill.invoices.models import Invoice
from rebill.kit.errors import Forbidden, Invalid
from rebill.parties.commands import change_customer, change_seller
from rebill.runs.commands import approve_drafts, change_draft_texts, discard_drafts, prepare_run, rebill_purchase
from rebill.runs.models import Draft
from rebill.sources.supplier_invoices.commands import (
    change_supplier,
    confirm_orders,
    move_purchase_invoice,
    take_purchase_invoice,
)
from rebill.sources.supplier_invoices.commands.rebilling import NotToBeRebilled, RebillingTerms
from rebill.sources.supplier_invoices.models import PurchaseRow, PurchaseState, Target
from rebill.sources.supplier_invoices.queries.accounts import open_minor, supplier_balances
from rebill.sources.supplier_invoices.queries.splitting import Standing
from tests.factories import NOW, acting_of
from tests.paths import CORPORA, needs_corpora
from tests.sources.supplier_invoices.books import BILLED_ON, TOINEN, YRITYS, Firm
from tests.sources.supplier_invoices.written import Finvoice, Row

SAMPLE = ("..", "reference", "samples", "finvoice", "composed_service_invoice_reinvoice.xml")
OCTOBER = Finvoice([Row(party=YRITYS), Row(quantity="30", price="1.00", party=TOINEN)])


@pytest.fixture
def firm(db) -> Firm:
    return Firm()


def issue(firm: Firm) -> list[Invoice]:
    approve_drafts(acting=firm.acting, drafts=Draft.objects.filter(seller=firm.seller), now=NOW)
    issue_invoices(acting=firm.acting, today=BILLED_ON, now=NOW + timedelta(days=70))
    return list(Invoice.objects.filter(seller=firm.seller).order_by("id"))


def test_re_billing_is_given_to_chosen_people(firm):
    """Jälleenlaskutus voidaan lisätä halutulle henkilöille päälle. – Jälleenlaskuttajalla pitää olla vähintään oikeudet
    asiatarkastaa tilitoimiston ostolaskut. – Mikäli tätä toimintoa ei näy, sinulla ei ole oikeutta."""
    invoice = firm.take(OCTOBER)
    said = {"purchase_id": invoice.pk, "terms": RebillingTerms(invoice_on=BILLED_ON), "now": NOW}

    assert [role for role in Role if Permission.REBILL in PERMISSIONS[role]] == [Role.OWNER, Role.REVIEWER]
    with pytest.raises(Forbidden):
        rebill_purchase(acting=acting_of(firm.seller, role=Role.CLERK), **said)
    assert rebill_purchase(acting=acting_of(firm.seller, role=Role.REVIEWER), **said).drafts == 2


@needs_corpora("1_einvoice")
def test_the_invoice_comes_as_an_e_invoice(firm):
    """Netvisor lasku tulee vastaanottaa myös verkkolaskuna."""
    path = CORPORA.joinpath(*SAMPLE).resolve()
    if not path.exists():
        pytest.skip(f"the sample is not here ({path})")
    for code in ("NV-1001", "NV-2002"):
        firm.sells(code)

    invoice = take_purchase_invoice(acting=firm.acting, content=path.read_bytes(), file_name=path.name, now=NOW)

    ends = firm.split(invoice).customers
    assert [(end.name, end.standing) for end in ends] == [("Yritys Oy", "ready"), ("Toinen Oy", "ready")]
    assert (str(invoice.net), str(invoice.gross)) == ("80.00 EUR", "100.40 EUR")


def test_only_an_unhandled_invoice_is_re_billed(firm):
    """Ostolasku pitää olla käsittelemätön-tilassa ennen jälleenlaskutusta."""
    invoice = firm.take(OCTOBER)
    move_purchase_invoice(acting=firm.acting, invoice_id=invoice.pk, to=PurchaseState.BOOKED, now=NOW)

    with pytest.raises(NotToBeRebilled):
        firm.rebill(invoice)


def test_a_customer_in_red_is_mended_by_its_business_id_and_the_invoice_read_again(firm):
    """Järjestelmä vertaa laskua ja asiakaskorttia keskenään ja erittelee laskutettavat palvelut yrityksittäin. – Mikäli
    yritys näkyy punaisella, asiakaskortti täytyy tarkastaa y-tunnuksen osalta. – Kun korjaus on tehty, voidaan
    käynnistää tämä toiminto uudelleen."""
    change_customer(acting=firm.acting, customer_id=firm.yritys.pk, chamber_id="9999999-9", now=NOW)
    invoice = firm.take(OCTOBER)
    assert [end.name for end in firm.split(invoice).standing(Standing.HELD)] == ["Yritys Oy"]

    change_customer(acting=firm.acting, customer_id=firm.yritys.pk, chamber_id="1478523-2", now=NOW)
    firm.read_again(invoice)

    assert firm.split(invoice).standing(Standing.HELD) == []


def test_a_product_in_red_is_added_and_holds_its_customer_until_then(firm):
    """Mikäli tuoterivi on näkymässä punaisella, pitää kyseinen tuote lisätä tuotelistaan. Tällöin tuotekoodi ja
    tuotteen nimike pitää täsmätä."""
    invoice = firm.take(Finvoice([Row(party=YRITYS), Row(code="NV-9", name="Uusi", party=YRITYS), Row(party=TOINEN)]))
    assert [row.code for row in firm.split(invoice).customers[0].rows if row.lacks_product] == ["NV-9"]

    firm.sells("NV-9", name="Uusi")
    firm.read_again(invoice)

    assert [end.standing for end in firm.split(invoice).customers] == ["ready", "ready"]


def test_the_suppliers_price_is_shown_with_vat(firm):
    """Alla olevat hinnat eivät ole myyntilaskulle muodostuvat hinnat, vaan laskun arvonlisäverollinen hinta."""
    invoice = firm.take(OCTOBER)

    assert [row.gross_or_made for row in firm.split(invoice).rows] == [6_275, 3_765]


def test_many_customers_are_billed_in_batches(firm):
    """Jos asiakkaita on paljon, on suositeltavaa laskuttaa pienemmissä erissä – jos laskurivien määrä on yli 500."""
    parties = [(f"{1_000_000 + each:07}-{each % 10}", f"Asiakas {each}") for each in range(60)]
    for party in parties:
        firm.customer(party)
    invoice = firm.take(Finvoice([Row(party=party) for party in parties for _row in range(9)]))

    first = firm.rebill(invoice, rows_max=500)
    second = firm.rebill(invoice, rows_max=500, goes_on=True)

    assert (first.rows, second.rows, first.drafts + second.drafts) == (495, 45, 60)
    assert firm.split(invoice).sums.left_over == 0


def test_the_invoice_has_the_day_that_was_chosen(firm):
    """Laskun päivä: päivä, jolle myyntilasku muodostetaan."""
    firm.rebill(firm.take(OCTOBER), invoice_on=date(2026, 11, 5))

    assert {invoice.issued_on for invoice in issue(firm)} == {date(2026, 11, 5)}


def test_due_by_the_customers_term_then_the_sellers_then_the_day_that_was_entered(firm):
    """Eräpäivä: laskulle tulee eräpäiväksi oletuksena asiakkaan oletusmaksuehdon mukainen eräpäivä. Sen jälkeen
    katsotaan yrityksen oletusmaksuehtoa. Mikäli kumpaakaan näistä ei ole, tulee eräpäiväksi annettu päivä."""
    change_seller(acting=firm.acting, payment_term_days=None, now=NOW)
    change_customer(acting=firm.acting, customer_id=firm.yritys.pk, payment_term_days=30, now=NOW)
    firm.rebill(firm.take(OCTOBER), due_on=date(2026, 11, 20))

    due = {invoice.customer_id: invoice.due_on for invoice in issue(firm)}

    assert due == {firm.yritys.pk: BILLED_ON + timedelta(days=30), firm.toinen.pk: date(2026, 11, 20)}


def test_texts_of_500_characters_come_only_from_the_re_billing(firm):
    """Teksti ennen ja jälkeen laskurivien -kenttiin mahtuu 500 merkkiä per kenttä. Laskulle tieto muodostuu aina
    jälleenlaskutustyökalussa syötetyn tiedon perusteella. Jos kenttä jätetään tyhjäksi, muodostuu tyhjä tieto."""
    invoice = firm.take(OCTOBER)
    firm.rebill(invoice, intro="x" * 500)

    assert {(draft.intro, draft.closing, draft.own_texts) for draft in firm.drafts()} == {("x" * 500, "", True)}
    with pytest.raises(Invalid):
        firm.rebill(invoice, closing="x" * 501)


def test_as_invoices_or_as_orders(firm):
    """ "Kohde:"-pudotusvalikosta voi valita tehdäänkö jälleenlaskutus myyntireskontraan laskuna vai tilauksena."""
    invoice = firm.take(OCTOBER)
    firm.rebill(invoice, target=Target.ORDERS)
    assert firm.drafts() == []

    customers = [firm.yritys.pk, firm.toinen.pk]
    confirm_orders(acting=firm.acting, invoice_id=invoice.pk, customer_ids=customers, now=NOW)
    prepare_run(acting=firm.acting, billed_on=date(2026, 12, 1), now=NOW)

    assert len(firm.drafts()) == 2


def test_dimensions_from_the_card_or_made_from_the_customers_name(firm):
    """Myyntilaskulle vietävät asiakkaan oletuslaskentakohteet. – Tallenna puuttuvat asiakkaat laskentakohteeksi: tämä
    luo laskentakohteen asiakkaan nimestä valitun laskentakohdeotsikon alle [ja] yliajaa asiakkaan takana olevan
    laskentakohteen. – Tallenna kohteet myös ostolaskuriveille."""
    change_customer(acting=firm.acting, customer_id=firm.yritys.pk, dimensions={"Asiakas": "Vanha"}, now=NOW)
    invoice = firm.take(OCTOBER)
    firm.rebill(invoice, dimensions=["Asiakas"])
    assert [charge.dimensions for charge in firm.charges()] == [{"Asiakas": "Vanha"}, {}]

    firm.rebill(invoice, dimensions=["Asiakas"], named_dimension="Asiakas", writes_dimensions=True)

    names = [{"Asiakas": "Yritys Oy"}, {"Asiakas": "Toinen Oy"}]
    assert [charge.dimensions for charge in firm.charges()] == names
    assert [line.dimensions for invoice in issue(firm) for line in invoice.lines.all()] == names
    written = PurchaseRow.objects.order_by("position").values_list("dimensions", flat=True)
    assert list(written) == [{"Asiakas": "Yritys Oy"}, {"Asiakas": "Toinen Oy"}]


def test_the_invoices_are_unsent_and_can_be_edited(firm):
    """Laskut menevät lähettämätön-tilaan ja tarvittaessa laskuja voi muokata vielä ennen laskujen lähettämistä."""
    firm.rebill(firm.take(OCTOBER))
    draft = firm.drafts()[0]

    change_draft_texts(acting=firm.acting, draft_id=draft.pk, closing="Kiitos", now=NOW)

    draft.refresh_from_db()
    assert (draft.state, draft.closing, Invoice.objects.count()) == ("open", "Kiitos", 0)


def test_any_number_of_times(firm):
    """Jälleenlaskutusta voidaan ajaa rajaton määrä per ostolasku, eli jos tulee virheitä, niin poistetaan virheelliset
    laskut, korjataan tarvittaessa asetukset ja jälleenlaskutetaan uudelleen."""
    invoice = firm.take(OCTOBER)
    for factor in ("1.10", "1.20", "1.30"):
        firm.margin(factor, firm.yritys, firm.toinen)
        firm.rebill(invoice)
        discard_drafts(acting=firm.acting, drafts=Draft.objects.filter(state="open"), reason="Virhe", now=NOW)
    firm.rebill(invoice)

    assert [str(draft.net_amount) for draft in firm.drafts()] == ["39.00 EUR", "65.00 EUR"]
    assert len(firm.charges()) == 2


def test_packages_by_code_and_the_older_model_by_name(firm):
    """Pakettihinnoittelun jälleenlaskutuksessa tuotteet tunnistetaan tuotekoodin perusteella. Vanhan osio-
    hinnoittelun jälleenlaskutuksessa kohdistava tekijä on tuotteen nimike."""
    older = firm.sells("NV-VANHA", name="Ostolasku")
    rows = [Row(code="NV-1", name="Muu nimi", party=YRITYS), Row(code="77", name="Ostolasku", party=YRITYS)]

    found = firm.split(firm.take(Finvoice(rows))).customers[0].rows

    assert [(row.product_id, row.product_by) for row in found] == [(firm.product.pk, "code"), (older.pk, "name")]


def test_who_is_in_no_price_group_pays_the_price_on_the_suppliers_invoice(firm):
    """Jälleenlaskutustyökalu muodostaa loppuasiakkaalta laskutettavan tuoterivin Visma Solutions Oy:n laskulla olevalla
    hinnalla, kun asiakas ja tuote ei kuulu hintaryhmään."""
    firm.margin("1.25", firm.yritys)

    rows = list(firm.split(firm.take(OCTOBER)).rows)

    assert [(row.net, row.sell) for row in rows] == [(5_000, 6_250), (3_000, 3_000)]


def test_three_invoices_a_month_and_the_commission_is_part_payment(firm):
    """Tilitoimisto saa kuukausittain kolme laskua: osiohinnoittelun lasku jälleenlaskutetaan lisäten katteet,
    pakettihinnoittelun lasku sellaisenaan, jälleenlaskutuspalkkiolaskua ei jälleenlaskuteta loppuasiakkailta. –
    Jälleenmyyntipalkkiolasku tulee myös käyttää osasuorituksena ko. kuukauden pakettihinnoittelulaskulle."""
    firm.margin("1.25", firm.yritys, product=firm.sells("OSIO"))
    modules = firm.take(Finvoice([Row(code="OSIO", price="20.00", party=YRITYS)], number="1"))
    package = firm.take(Finvoice([Row(price="398.41", party=YRITYS)], number="2"))
    change_supplier(acting=firm.acting, supplier_id=package.supplier_id, commission_text="palkkio", now=NOW)
    commission = firm.take(
        Finvoice([Row(code="P", name="Jälleenmyyntipalkkio", price="95.62")], number="3", kind="INV02")
    )

    for invoice in (modules, package):
        firm.rebill(invoice)
    with pytest.raises(NotToBeRebilled):
        firm.rebill(commission)

    assert sorted(str(draft.net_amount) for draft in firm.drafts()) == ["25.00 EUR", "398.41 EUR"]
    assert (open_minor(package), open_minor(modules)) == (38_000, 2_510)
    assert str(supplier_balances(firm.acting)[0].owed) == "405.10 EUR"


def test_credits_of_end_customers_are_handled_like_charges(firm):
    """Loppuasiakkaalle kuuluvat hyvitykset käsitellään pakettihinnoittelun seuraavalla laskulla samalla tavalla."""
    firm.margin("1.25", firm.yritys)
    invoice = firm.take(Finvoice([Row(party=YRITYS), Row(quantity="-1", price="12.00", party=YRITYS)]))

    firm.rebill(invoice)

    assert [str(charge.amount) for charge in firm.charges()] == ["62.50 EUR", "-15.00 EUR"]
