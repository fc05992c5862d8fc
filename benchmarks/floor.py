"""The floor: the bare same month by hand-written SQL, set-based, no rules, no corrections, no events. Prints seconds.

Drafts from subscriptions, VAT once per document, numbers in order, lines copied to the invoice: what a database can do
when it is asked for nothing else. Both databases take the same text but for the types of keys.
"""

import sqlite3
import sys
import time
from pathlib import Path

import psycopg

from benchmarks.base import POSTGRES

SCHEMA = """
CREATE TABLE customer (id {key}, number TEXT UNIQUE, name TEXT);
CREATE TABLE subscription (id {key}, customer_id BIGINT REFERENCES customer, product INT, quantity BIGINT,
    price BIGINT);
CREATE TABLE draft (id {key}, run TEXT, customer_id BIGINT REFERENCES customer, net BIGINT, UNIQUE (run, customer_id));
CREATE TABLE charge (id {key}, subscription_id BIGINT REFERENCES subscription, draft_id BIGINT REFERENCES draft,
    period TEXT, quantity BIGINT, price BIGINT, amount BIGINT, UNIQUE (subscription_id, period));
CREATE INDEX charge_by_draft ON charge (draft_id);
CREATE TABLE invoice (id {key}, number TEXT UNIQUE, draft_id BIGINT UNIQUE REFERENCES draft,
    customer_id BIGINT REFERENCES customer, net BIGINT, tax BIGINT, gross BIGINT, customer_name TEXT);
CREATE TABLE line (id {key}, invoice_id BIGINT REFERENCES invoice, position INT, quantity BIGINT, price BIGINT,
    amount BIGINT, UNIQUE (invoice_id, position));
"""
SUBSCRIBE = "INSERT INTO subscription (customer_id, product, quantity, price) VALUES ({v}, {v}, {v}, {v})"
MONTH = (
    "INSERT INTO draft (run, customer_id, net) SELECT '{month}', customer_id, SUM(quantity * price) FROM subscription"
    " GROUP BY customer_id",
    "INSERT INTO charge (subscription_id, draft_id, period, quantity, price, amount) SELECT s.id, d.id, '{month}',"
    " s.quantity, s.price, s.quantity * s.price FROM subscription s JOIN draft d ON d.customer_id = s.customer_id"
    " AND d.run = '{month}'",
    "INSERT INTO invoice (number, draft_id, customer_id, net, tax, gross, customer_name) SELECT '{month}-' ||"
    " ROW_NUMBER() OVER (ORDER BY d.id), d.id, d.customer_id, d.net, (d.net * 21 + 50) / 100, d.net + (d.net * 21 + 50)"
    " / 100, c.name FROM draft d JOIN customer c ON c.id = d.customer_id WHERE d.run = '{month}'",
    "INSERT INTO line (invoice_id, position, quantity, price, amount) SELECT i.id, ROW_NUMBER() OVER (PARTITION BY i.id"
    " ORDER BY c.id), c.quantity, c.price, c.amount FROM invoice i JOIN charge c ON c.draft_id = i.draft_id"
    " WHERE i.number LIKE '{month}-%'",
)


def main(database: str, customers: int, folder: str) -> None:
    connection = (
        sqlite3.connect(Path(folder) / "floor.sqlite3")
        if database == "SQLite"
        else psycopg.connect(f"{POSTGRES}/rebill_bench")
    )
    key = "INTEGER PRIMARY KEY" if database == "SQLite" else "BIGSERIAL PRIMARY KEY"
    value = "?" if database == "SQLite" else "%s"
    cursor = connection.cursor()
    if database == "SQLite":
        cursor.execute("PRAGMA journal_mode=WAL")
    for statement in SCHEMA.format(key=key).split(";")[:-1]:
        cursor.execute(statement)
    people = [(f"K{index}", f"Customer {index}") for index in range(customers)]
    cursor.executemany(f"INSERT INTO customer (number, name) VALUES ({value}, {value})", people)
    subscriptions = [
        (customer, product, 1 + customer % 5, (595, 1250, 6400)[product])
        for customer in range(1, customers + 1)
        for product in range(3)
    ]
    cursor.executemany(SUBSCRIBE.format(v=value), subscriptions)
    connection.commit()
    cursor.execute("ANALYZE")
    since = time.perf_counter()
    for month in ("2026-07", "2026-08"):
        for statement in MONTH:
            cursor.execute(statement.format(month=month))
        connection.commit()
    print(time.perf_counter() - since)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
