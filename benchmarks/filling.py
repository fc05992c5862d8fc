"""A base to measure on: one seller, many customers, three subscriptions each."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

from django.db import connection, transaction

from rebill.access.acting import Acting, Role
from rebill.access.commands import create_user
from rebill.catalogue.commands import create_price_plan, create_product, set_price
from rebill.kit.bulk import insert_rows, reserve_ids
from rebill.kit.search import search_text
from rebill.parties.commands import create_customer, create_seller, set_number_series
from rebill.parties.models import Customer, SeriesPurpose
from rebill.subscriptions.models import Subscription

START = date(2026, 7, 1)
NOW = datetime(2026, 7, 1, 8, tzinfo=UTC)
PRICES = ("5.95", "12.50", "64.00")
# What customers are called: one word that half of them share, one of few, and their number.
_TRADES = ("Bakkerij", "Garage", "Praktijk", "Installatie", "Advies", "Drukkerij", "Kapsalon", "Transport")
_PEOPLE = ("Jansen", "de Vries", "Bakker", "Visser", "Smit", "Meijer", "de Boer", "Mulder", "Bos", "Vos", "Peters")
ADDRESS = {"street": "Kade 1", "postcode": "9700 AA", "city": "Groningen", "country": "NL"}


def fill(customers: int) -> Acting:
    """Fills the migrated database of this process and returns who acts."""
    owner = create_user(acting=None, username="bench", email="bench@bench.example", now=NOW)
    seller = create_seller(owner=owner, slug="bench", name="Bench", vat_id="NL004495445B01", now=NOW, **ADDRESS)
    acting = Acting(seller_id=seller.id, role=Role.OWNER, user_id=owner.id)
    for purpose in SeriesPurpose:
        set_number_series(
            acting=acting, purpose=purpose, pattern=f"{purpose.name[0]}{{year}}-{{number:06}}", today=START, now=NOW
        )
    plan = create_price_plan(acting=acting, code="standard", name="Standard", now=NOW)
    products = []
    for index, price in enumerate(PRICES):
        product = create_product(acting=acting, code=f"P{index}", name=f"Product {index}", kind="recurring", now=NOW)
        set_price(
            acting=acting,
            plan_id=plan.id,
            product_id=product.id,
            valid_from=date(2020, 1, 1),
            unit_price=Decimal(price),
            months=1,
            currency="EUR",
            now=NOW,
        )
        products.append(product.id)
    _insert(acting, customers, products)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return acting


def name_of(customer_id: int) -> str:
    """The name of a customer: many share its words, none shares all."""
    form = "B.V." if customer_id % 2 else "V.O.F."
    trade, person = _TRADES[customer_id % len(_TRADES)], _PEOPLE[customer_id % len(_PEOPLE)]
    return f"{trade} {person} {customer_id} {form}"


def quantity_of(customer_id: int) -> int:
    """How many of each product a customer takes."""
    return 1 + customer_id % 5


def _insert(acting: Acting, customers: int, products: list[int]) -> None:
    pattern = create_customer(
        acting=acting, name="Customer", number="1", invoice_emails=["c@customer.example"], now=NOW, **ADDRESS
    )
    own = ("id", "number", "name", "search_text")
    fields = [field for field in Customer._meta.concrete_fields if field.name not in own]
    same = [getattr(pattern, field.attname) for field in fields]
    with transaction.atomic():
        ids = reserve_ids(Customer, customers - 1)
        insert_rows(
            Customer,
            [*own, *[field.column for field in fields]],
            (
                (
                    each,
                    str(100_000 + each),
                    name_of(each),
                    search_text(acting.seller_id, str(100_000 + each), name_of(each), "Groningen"),
                    *same,
                )
                for each in ids
            ),
        )
        columns = (
            "seller_id", "customer_id", "uuid", "product_id", "description", "quantity", "start_on", "billing_months",
            "timing", "alignment", "cost_centre", "dimensions", "reference", "sequence", "created_at",
        )  # fmt: skip
        rows = (
            (acting.seller_id, customer, uuid4(), product, "", quantity_of(customer) * 10**8,
             START if customer % 3 else date(2026, 7, 12), 1, "advance", "calendar", "", {}, "", 0, NOW)
            for customer in (pattern.id, *ids)
            for product in products
        )  # fmt: skip
        insert_rows(Subscription, columns, rows)
