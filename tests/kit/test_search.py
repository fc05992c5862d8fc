"""Finding rows by words: what the indexes lead to is what stands in the rows."""

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebill.invoices.commands.freezing import freeze_seller
from rebill.invoices.commands.writing import write_documents
from rebill.invoices.models import Invoice
from rebill.kit.bulk import reserve_ids
from rebill.kit.database import is_postgresql
from rebill.kit.search import find_by_words, first_by_words, has_trigrams, says, search_patterns, search_text
from rebill.parties.models import Customer
from tests.factories import NOW, TODAY, make_customer, make_seller

SYLLABLES = st.sampled_from(
    ["na", "uta", "B.V.", "bv", "Ä", "äi", "ti", "ß", "2026", "-", "0", "9%", "_", "'", '"', "*", " "]
)
TEXTS = st.lists(SYLLABLES, min_size=1, max_size=6).map("".join)


def stands_in(text: str, row: Customer | Invoice) -> bool:
    """The plain answer, without any index."""
    return all(any(each in row.search_text for each in spellings) for spellings in search_patterns(text))


def keep(customer: Customer, text: str) -> Customer:
    customer.search_text = search_text(customer.seller_id, text)
    customer.save(update_fields=["search_text"])
    return customer


def issue(customer: Customer, *names: str) -> list[Invoice]:
    """Documents of the customer with these names printed on them, written as those of a run are."""
    with transaction.atomic():
        ids = reserve_ids(Invoice, len(names))
        rows = [
            (each, customer.seller_id, customer.pk, "invoice", f"F{each}", "test", each, None, None, False, "", TODAY,
             NOW, TODAY, None, None, "EUR", "nl", 100, 21, 121, "", name, "", {}, freeze_seller(seller=customer.seller),
             "", "", False, "", "")
            for each, name in zip(ids, names, strict=True)
        ]  # fmt: skip
        write_documents(invoices=rows, lines=(), taxes=())
    return list(Invoice.objects.filter(pk__in=ids).order_by("id"))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.lists(TEXTS, min_size=3, max_size=3), asked=TEXTS)
def test_what_a_slim_index_leads_to_is_what_stands_in_the_rows(some_customers, kept, asked):
    rows = [keep(customer, text) for customer, text in zip(some_customers, kept, strict=True)]
    seller_id = rows[0].seller_id

    found = find_by_words(Customer.objects.filter(seller_id=seller_id), asked, seller_id=seller_id)

    assert set(found) == {row for row in rows if stands_in(asked, row)}
    assert set(first_by_words(Customer, asked, seller_id=seller_id, most=9)) == set(found)
    assert set(Customer.objects.filter(says(asked), seller_id=seller_id)) == set(found)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=st.lists(TEXTS, min_size=3, max_size=3), asked=TEXTS)
def test_what_trigrams_lead_to_is_what_stands_in_the_rows(some_customers, kept, asked):
    seller_id = some_customers[0].seller_id
    rows = issue(some_customers[0], *kept)
    mine = Invoice.objects.filter(seller_id=seller_id)

    found = find_by_words(mine, asked, seller_id=seller_id, newest=1_000)

    assert set(found) == {row for row in mine if stands_in(asked, row)}
    assert {row.pk for row in rows} <= {row.pk for row in mine}


@pytest.fixture
def some_customers(db) -> list[Customer]:
    seller = make_seller()
    return [make_customer(seller) for _ in range(3)]


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("Rederij Nauta B.V.", "nauta bv"),
        ("Rederij Nauta B.V.", "B.V. REDERIJ"),
        ("Müller GmbH", "muller"),
        ("Muller GmbH", "MÜLLER"),
        ("ÄITI Oy", "äiti"),
        ("Großmann", "GROSSMANN"),
        ("2026-00117", "00117"),
        ("2026-00117", "202600117"),
        ("2026-00117", "6-001"),
        ("Wholesale 24", "24"),
        ("Wholesale 24", "w"),
    ],
)
def test_a_row_is_found_however_it_is_typed(some_customers, kept, asked):
    row = keep(some_customers[0], kept)

    found = find_by_words(Customer.objects.all(), asked, seller_id=row.seller_id)

    assert list(found) == [row]


@pytest.mark.parametrize("asked", ["au", "zz", "nauta sneek", "%", "_", '" OR "', "*", "§1§"])
def test_a_row_is_not_found_by_what_it_does_not_say(some_customers, asked):
    row = keep(some_customers[0], "Rederij Nauta")

    assert row not in find_by_words(Customer.objects.all(), asked, seller_id=row.seller_id)


def test_no_more_are_found_than_are_asked_for(some_customers):
    for customer in some_customers:
        keep(customer, "nauta")
    seller_id = some_customers[0].seller_id

    found = first_by_words(Customer, "nauta", seller_id=seller_id, most=2)

    assert len(found) == 2


def test_the_newest_are_found_when_there_are_many(some_customers):
    seller_id = some_customers[0].seller_id
    rows = issue(some_customers[0], "Nauta", "Nauta", "Nauta")

    found = find_by_words(Invoice.objects.filter(seller_id=seller_id), "nauta", seller_id=seller_id, newest=2)

    assert list(found.order_by("id")) == rows[1:]


def test_the_newest_of_one_seller_are_not_crowded_out_by_another(some_customers):
    seller_id = some_customers[0].seller_id
    [row] = issue(some_customers[0], "Nauta")
    issue(make_customer(make_seller()), "Nauta")

    found = find_by_words(Invoice.objects.filter(seller_id=seller_id), "nauta", seller_id=seller_id, newest=1)

    assert list(found) == [row]


def test_a_table_that_is_emptied_forgets_its_words(some_customers):
    seller_id = some_customers[0].seller_id
    issue(some_customers[0], "Nauta", "Nauta", "Nauta")
    Invoice.objects.all().delete()
    if not is_postgresql():
        # A flush gives ids out again: what were left behind would stand before the new rows.
        with connection.cursor() as cursor:
            cursor.execute("SELECT rowid FROM invoices_invoice_search WHERE invoices_invoice_search MATCH '\"nau\"'")
            assert cursor.fetchall() == []
    [row, _] = issue(some_customers[0], "Nauta", "Smit")

    found = find_by_words(Invoice.objects.filter(seller_id=seller_id), "nauta", seller_id=seller_id, newest=1)

    assert list(found) == [row]


def test_a_row_without_words_can_be_deleted(some_customers):
    [row, other] = issue(some_customers[0], "Nauta", "Smit")
    Invoice.objects.filter(pk=row.pk).update(search_text="never indexed")

    Invoice.objects.filter(pk=row.pk).delete()

    assert list(find_by_words(Invoice.objects.all(), "smit", seller_id=other.seller_id, newest=9)) == [other]


@pytest.mark.parametrize("model", [Customer, Invoice])
def test_every_search_text_has_its_index(db, model):
    """A migration that makes the table anew on SQLite loses the index: it must run SearchIndex again."""
    catalogue = "SELECT indexname FROM pg_indexes" if is_postgresql() else "SELECT name FROM sqlite_master"
    with connection.cursor() as cursor:
        cursor.execute(catalogue)
        kept = {name for (name,) in cursor.fetchall()}
    assert f"{model._meta.db_table}_search" in kept
    # Only a table of trigrams beside the rows has to be told that these are gone.
    assert ("invoices_invoice_search_forgets" in kept) == (not is_postgresql())


def test_search_goes_without_an_index_where_there_is_no_extension(db):
    assert not has_trigrams(connection, "no_such_extension")
    assert has_trigrams(connection) == is_postgresql()


def test_postgresql_remembers_enough_to_know_rare_words(db):
    remembered = "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'invoices_invoice'::regclass AND attname = %s"
    known = "SELECT count(*) FROM pragma_table_info('invoices_invoice') WHERE name = %s"
    with connection.cursor() as cursor:
        cursor.execute(remembered if is_postgresql() else known, ["search_text"])
        assert cursor.fetchone() == ((1000,) if is_postgresql() else (1,))
