"""Writing the line export of a month of many lines: rows a second and memory, beside what Django alone would need.

The floor is Django's own road for the same rows and columns: `values_list().iterator()` over the line, its document
and its customer, straight into the csv module. It looks up no charge, no order and no chain, and writes dates and
figures as they come, so it does less than half of the work.

    python -m benchmarks.ready benchmarks.lines_export 1000000

It runs in an empty database and prints JSON.
"""

import csv
import json
import resource
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks.filling import NOW, START, fill
from rebill.charges.commands import COLUMNS as CHARGE_COLUMNS
from rebill.charges.models import Charge
from rebill.exports.lines.columns import COLUMNS
from rebill.exports.lines.layouts import LinesLayout, Side
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import LineWriter
from rebill.invoices.models import Frozen, Invoice, InvoiceLine
from rebill.kit.bulk import insert_rows, reserve_ids
from rebill.rules.money import amount_minor
from rebill.subscriptions.models import Subscription

LINES_OF_INVOICE = 5
LINE_COLUMNS = (
    "id", "invoice_id", "position", "charge", "kind", "product_code", "description", "summary_group", "starts_on",
    "ends_before", "quantity", "prorated_quantity", "unit", "unit_price", "currency", "net_amount", "tax_category",
    "tax_rate", "ledger_account", "cost_centre", "reference",
    "corrects_number", "dimensions",
)  # fmt: skip
# As many columns as the usual layout has.
PLAIN_COLUMNS = (
    "invoice__number", "invoice__issued_on", "invoice__customer_id", "invoice__customer__number",
    "invoice__customer__name", "invoice__customer__cost_centre", "invoice__kind", "invoice__due_on",
    "invoice__payment_reference", "position", "product_code", "starts_on", "ends_before", "reference",
    "corrects_number", "cost_centre", "unit", "charge", "currency", "summary_group", "quantity", "prorated_quantity",
    "description", "unit_price", "tax_rate", "net_amount", "ledger_account", "kind",
)  # fmt: skip
INVOICE_COLUMNS = (
    "id", "seller_id", "customer_id", "kind", "number", "sequence_key", "sequence_number", "issued_on", "issued_at",
    "due_on", "currency", "language", "net_amount", "tax_amount", "gross_amount", "customer_name", "customer_frozen",
    "frozen_id", "withdraws", "reason", "payment_reference", "customer_number", "intro", "closing",
    "customer_reference", "cost_centre", "search_text",
)  # fmt: skip


def add_lines(seller_id: int, count: int) -> None:
    """So many lines on invoices of one month, each of a subscription, with prices and days that differ."""
    subscriptions = list(Subscription.objects.order_by("id").values_list("id", "customer_id", "product_id"))
    frozen = Frozen.objects.create(seller_id=seller_id, hash="bench", content={})
    charge_ids, line_ids = reserve_ids(Charge, count), reserve_ids(InvoiceLine, count)
    invoice_ids = reserve_ids(Invoice, count // LINES_OF_INVOICE)

    def priced(number: int) -> tuple[int, int, int, date]:
        prorated, price = 10**8 * (1 + number % 40) // (1 + number % 3), 1_000_000 + number % 5_000 * 10_000
        return prorated, price, amount_minor(prorated, price, 2), START + timedelta(number % 28)

    def charges() -> Iterator[tuple[object, ...]]:
        for number in range(count):
            subscription_id, customer_id, product_id = subscriptions[number % len(subscriptions)]
            prorated, price, amount, day = priced(number)
            yield (
                charge_ids[number],
                seller_id, customer_id, customer_id, "recurring", f"s{number}", "PERIODIC", product_id, "", day, day,
                START, START, 0, prorated, prorated, price, "EUR", amount, "standard", "services", "8010", 2, "",
                subscription_id, 0, "", None, "plan", NOW, number, None, "", False, 0, {}, None, None,
            )  # fmt: skip

    def invoices() -> Iterator[tuple[object, ...]]:
        for number, invoice_id in enumerate(invoice_ids):
            _subscription, customer_id, _product = subscriptions[number * LINES_OF_INVOICE % len(subscriptions)]
            yield (
                invoice_id, seller_id, customer_id, "invoice", f"B{number:08}", "bench", number, START, NOW, START,
                "EUR", "nl", 0, 0, 0, "", {}, frozen.pk, False, "", "", "", "", "", "", "", "",
            )  # fmt: skip

    def lines() -> Iterator[tuple[object, ...]]:
        for number in range(count):
            prorated, price, amount, day = priced(number)
            yield (
                line_ids[number], invoice_ids[number // LINES_OF_INVOICE], number % LINES_OF_INVOICE + 1,
                charge_ids[number], "PERIODIC", "P0", "Zakelijk bellen, werkplek", 2, day, day + timedelta(3), prorated,
                prorated, "piece", price, "EUR", amount, "S", 21_000_000, "8010", "", "", "", {},
            )  # fmt: skip

    insert_rows(Charge, ("id", *CHARGE_COLUMNS), charges())
    insert_rows(Invoice, INVOICE_COLUMNS, invoices())
    insert_rows(InvoiceLine, LINE_COLUMNS, lines())


def plainly() -> int:
    """The same lines by Django and the csv module alone; how many there were."""
    rows = InvoiceLine.objects.order_by("invoice_id", "position").values_list(*PLAIN_COLUMNS)
    with TemporaryDirectory() as folder, (Path(folder) / "VK.csv").open("w", newline="") as file:
        writer, count = csv.writer(file, delimiter=";"), 0
        for row in rows.iterator(chunk_size=2_000):
            writer.writerow(row)
            count += 1
    return count


def main(count: int) -> None:
    """Fills, exports, and says what it took."""
    call_command("migrate", verbosity=0)
    acting = fill(max(count // 50, 100))
    with transaction.atomic():
        add_lines(acting.seller_id, count)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    told: dict[str, float] = {"lines": count, "memory_before_mb": _memory()}
    with TemporaryDirectory() as folder:
        for name, columns in (("usual", None), ("all", tuple(COLUMNS))):
            layout = LinesLayout(Side.SALES) if columns is None else LinesLayout(Side.SALES, columns)
            since, spent, path = time.perf_counter(), time.process_time(), Path(folder) / "VK.csv"
            with path.open("wb") as file:
                for chunk in LineWriter(LineReader(acting, Side.SALES), layout).chunks(START, "de"):
                    file.write(chunk)
            told[f"{name}_per_second"] = round(count / (time.perf_counter() - since))
            # Of a machine that does other work too, the time of the processor says more.
            told[f"{name}_per_cpu_second"] = round(count / (time.process_time() - spent))
            told[f"{name}_mb"] = round(path.stat().st_size / 1e6)
    since = time.perf_counter()
    rows = sum(block.height for block in LineReader(acting, Side.SALES).read(START))
    assert rows == count
    told["read_per_second"] = round(count / (time.perf_counter() - since))
    since, spent = time.perf_counter(), time.process_time()
    assert plainly() == count
    told["floor_per_second"] = round(count / (time.perf_counter() - since))
    told["floor_per_cpu_second"] = round(count / (time.process_time() - spent))
    told["memory_mb"] = _memory()
    print(json.dumps(told))


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]))
