"""The partner's dealer: Wadtel of Den Helder, which resells what Waterkant sells under its own name and look."""

from decimal import Decimal
from typing import NamedTuple, Unpack

from rebill.access.acting import Acting, Role
from rebill.access.commands import create_user
from rebill.access.models import User
from rebill.access.queries import user_named
from rebill.catalogue.commands import ResaleTerms, adopt_product, set_resale_price
from rebill.catalogue.models import Product
from rebill.catalogue.queries import product_by_code
from rebill.exports.lines.layouts import Side
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import LineWriter
from rebill.exports.margins import By, margins, margins_file, totals
from rebill.exports.queries import lines_layout
from rebill.interfaces.demo.assortment import FIBRE, MAILBOX, SIM, VOICE
from rebill.interfaces.demo.partner import USERNAME as PARTNER
from rebill.interfaces.demo.stage import Stage
from rebill.invoices.commands import issue_invoices
from rebill.invoices.queries.invoices import find_invoices
from rebill.kit.errors import NotFound
from rebill.parties.commands import (
    add_seller_account,
    change_look,
    create_customer,
    grant_role,
    open_dealer,
    set_number_series,
)
from rebill.parties.fields import CustomerTerms
from rebill.parties.models import Customer, Seller, SeriesPurpose
from rebill.parties.queries import acting_for, customer_by_number, sellers_of
from rebill.pipeline import complete_documents, prepare
from rebill.rules.resale import ResaleKind
from rebill.runs.commands import approve_drafts, prepare_manual_run
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import DraftFilter, find_drafts
from rebill.subscriptions.commands import StartTerms, place_order, start_subscription, start_subscription_below

SLUG, USERNAME, NUMBER = "wadtel", "jelle", "20001"
_IBAN = "NL20INGB0001234567"


class Resold(NamedTuple):
    """A product of Waterkant as Wadtel sells it; without a kind, at what holds for all that is resold."""

    of: str
    code: str
    name: str
    kind: ResaleKind | None = None
    value: str = ""


_RESOLD = (
    Resold(VOICE, "WERKPLEK", "Wadtel Werkplek", ResaleKind.PERCENT, "40"),
    Resold(FIBRE, "GLAS", "Wadtel Glas 500", ResaleKind.FIXED, "79.00"),
    Resold(SIM, "SIM", "Wadtel Mobiel 5 GB", ResaleKind.AMOUNT, "2.00"),
    Resold(MAILBOX, "POSTVAK", "Wadtel Postvak"),
)
_ON_ALL = Decimal(25)

# Its customers, and how much they take of what.
_CUSTOMERS = (
    ("W-101", "Garage Van der Wal", "Industrieweg 12", "1785 AB", "Den Helder", {"WERKPLEK": 6, "GLAS": 1}),
    ("W-102", "Viswinkel De Zeeleeuw", "Visstraat 3", "1781 CR", "Den Helder", {"WERKPLEK": 2, "SIM": 2}),
    ("W-103", "Strandpaviljoen Noord", "Strandslag 21", "1796 AK", "De Koog", {"WERKPLEK": 4, "GLAS": 1, "SIM": 4}),
    ("W-104", "Administratiekantoor Bos", "Spoorstraat 40", "1781 JE", "Den Helder", {"WERKPLEK": 9, "POSTVAK": 14}),
    ("W-105", "Fietsverhuur Texel", "Pontweg 88", "1791 LC", "Den Burg", {"WERKPLEK": 3, "SIM": 1}),
)  # fmt: skip
# What Waterkant orders for a customer of its dealer, who phoned it by mistake.
_ORDERED_ABOVE, _ORDER = ("W-103", VOICE, 3), "WG-50311"


def open_dealers(stage: Stage) -> None:
    """A customer becomes a dealer with customers of its own, and both sides bill the month."""
    if stage.diary.is_done("dealers"):
        return
    with stage.diary.step("dealers"):
        dealer = _open(stage)
        _resell(stage, dealer)
        _sell(stage, dealer)
        _bill_dealer(stage)
        _bill_end_customers(stage, dealer)
        _write_files(stage, dealer)
        earned = totals(margins(acting=dealer, month=stage.days.month, by=By.CUSTOMER, language="nl"))
        [sums] = earned
        stage.diary.note(
            dealer={
                "name": "Wadtel",
                "customers": len(_CUSTOMERS),
                "sold": str(sums.sold.decimal),
                "bought": str(sums.bought.decimal),
                "earned": str(sums.earned.decimal),
            }
        )


def _open(stage: Stage) -> Acting:
    acting, now = stage.acting, stage.days.corrected_at
    owner = _owner(stage)
    if not sellers_of(owner).exists():
        customer = _customer(
            acting, NUMBER, "Wadtel Telecom", stage,
            street="Willemsoord 52", postcode="1781 AS", city="Den Helder", chamber_id="00456789",
            invoice_emails=["inkoop@wadtel.example"], currency="EUR",
        )  # fmt: skip
        open_dealer(acting=acting, customer_id=customer.pk, owner=owner, slug=SLUG, now=now)
    dealer = acting_for(owner, SLUG)
    seller = Seller.objects.get(pk=dealer.seller_id)
    if not seller.accounts.exists():
        add_seller_account(acting=dealer, iban=_IBAN, bic="INGBNL2A", holder="Wadtel Telecom", now=now)
        for purpose, pattern in (
            (SeriesPurpose.INVOICE, "WT{year}-{number:04}"),
            (SeriesPurpose.CREDIT_NOTE, "WTC{year}-{number:04}"),
        ):
            set_number_series(acting=dealer, purpose=purpose, pattern=pattern, today=now.date(), now=now)
        change_look(
            acting=dealer,
            accent_colour="#8a3b12",
            sender_name="Wadtel",
            sender_email="facturen@wadtel.example",
            texts={"nl": {"footer": "Wadtel, het netwerk van de kop. Bel 0223 00 00 00."}},
            now=now,
        )
        # So that who looks at the demo can step from one side to the other.
        grant_role(acting=dealer, user=user_named(PARTNER), role=Role.CLERK, now=now)
    return dealer


def _owner(stage: Stage) -> User:
    try:
        return user_named(USERNAME)
    except NotFound:
        return create_user(
            acting=None,
            username=USERNAME,
            email="jelle@wadtel.example",
            full_name="Jelle Dekker",
            language="nl",
            password=stage.diary.figures["password"],
            now=stage.days.corrected_at,
        )


def _customer(acting: Acting, number: str, name: str, stage: Stage, **terms: Unpack[CustomerTerms]) -> Customer:
    known = Customer.objects.filter(seller_id=acting.seller_id, number=number).first()
    return known or create_customer(acting=acting, name=name, number=number, now=stage.days.corrected_at, **terms)


def _resell(stage: Stage, dealer: Acting) -> None:
    """Takes four products over, each priced in another way, from long before the first order on."""
    since, now = stage.days.first_month, stage.days.corrected_at
    common = ResaleTerms(kind=ResaleKind.PERCENT, value=_ON_ALL)
    set_resale_price(acting=dealer, product_id=None, terms=common, valid_from=since, now=now)
    for each in _RESOLD:
        if Product.objects.filter(seller_id=dealer.seller_id, code=each.code).exists():
            continue
        adopt_product(
            acting=dealer,
            resells_id=product_by_code(stage.acting, each.of).pk,
            code=each.code,
            name=each.name,
            ledger_account="8000",
            terms=None if each.kind is None else ResaleTerms(kind=each.kind, value=Decimal(each.value)),
            valid_from=since,
            now=now,
        )


def _sell(stage: Stage, dealer: Acting) -> None:
    """Its customers' orders of the month, and one that Waterkant places for one of them."""
    now, first = stage.days.corrected_at, stage.days.month
    for number, name, street, postcode, city, taken in _CUSTOMERS:
        mail = f"{name.split()[-1].lower()}@kop.example"
        customer = _customer(
            dealer, number, name, stage, street=street, postcode=postcode, city=city, invoice_emails=[mail]
        )
        if customer.subscriptions.exists():
            continue
        order = place_order(acting=dealer, customer=customer, number=f"WT-{number[2:]}", now=now)
        for code, quantity in taken.items():
            start_subscription(
                acting=dealer,
                customer=customer,
                product=product_by_code(dealer, code),
                order=order,
                terms=StartTerms(quantity=Decimal(quantity), start_on=first, owes_setup=False),
                now=now,
            )
    number, code, quantity = _ORDERED_ABOVE
    customer = customer_by_number(dealer, number)
    if not customer.orders.filter(number=_ORDER).exists():
        start_subscription_below(
            acting=stage.acting,
            customer_id=customer.pk,
            product_id=product_by_code(stage.acting, code).pk,
            terms=StartTerms(quantity=Decimal(quantity), start_on=first, reference="Zomerterras"),
            order_number=_ORDER,
            now=now,
        )


def _bill_dealer(stage: Stage) -> None:
    """Waterkant's invoice to its dealer, in between: a line for each thing that an end customer takes."""
    acting, days = stage.acting, stage.days
    customer = customer_by_number(acting, NUMBER)
    if not find_invoices(acting=acting).filter(customer=customer).exists():
        drafts = Draft.objects.filter(seller_id=acting.seller_id, customer=customer)
        if not drafts.exists():
            prepare_manual_run(acting=acting, customer_id=customer.pk, billed_on=days.next_week, now=days.corrected_at)
        approve_drafts(acting=acting, drafts=drafts, now=days.corrected_at)
        issue_invoices(acting=acting, today=days.next_week, now=days.corrected_at)
    complete_documents(acting=acting, now=days.corrected_at)


def _bill_end_customers(stage: Stage, dealer: Acting) -> None:
    """The dealer's own month, with its own numbers and look; its mails wait to be sent."""
    days = stage.days
    run = prepare(acting=dealer, billed_on=days.month, now=days.corrected_at)
    drafts = find_drafts(acting=dealer, wanted=DraftFilter(run_id=run.run_id))
    approve_drafts(acting=dealer, drafts=drafts, now=days.corrected_at)
    issue_invoices(acting=dealer, today=days.next_week, now=days.corrected_at)
    complete_documents(acting=dealer, now=days.corrected_at)


def _write_files(stage: Stage, dealer: Acting) -> None:
    """What the dealer bought and sold, line by line, and what it earned."""
    folder, month = stage.folder / "exports", stage.days.month
    folder.mkdir(parents=True, exist_ok=True)
    for side, name in ((Side.PURCHASE, "ek"), (Side.SALES, "vk")):
        writer = LineWriter(LineReader(dealer, side), lines_layout(dealer, side))
        (folder / f"wadtel-{name}-{month:%Y-%m}.csv").write_bytes(b"".join(writer.chunks(month, "nl")))
    rows = margins(acting=dealer, month=month, by=By.CUSTOMER, language="nl")
    (folder / f"wadtel-margins-{month:%Y-%m}.csv").write_bytes(margins_file(rows))
