"""The parts of docs/benchmarks.md about tabs, re-billing and line exports: each measured on an empty database."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from benchmarks.base import empty_place

TABS_HEADING = "## Orders on tabs"
REBILLING_HEADING = "## Re-billing"
LINES_HEADING = "## Line exports"
TABS, TILLS, SECONDS = 200, 8, 15
PURCHASE_ROWS = (5_000, 50_000)
EXPORT_LINES = 1_000_000


def _asked(database: str, module: str, *words: object) -> dict[str, Any]:
    place = empty_place(database)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.ready", module, *map(str, words)],
        env=place.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    shutil.rmtree(place.folder, ignore_errors=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _measured() -> str:
    return f"Measured on {datetime.now(UTC):%d %B %Y}, with a load of {os.getloadavg()[0]:.1f} at the end."


def tabs_part(databases: Sequence[str]) -> str:
    """Tills that book on the same tabs at once."""
    rows = []
    for database in databases:
        told = _asked(database, "benchmarks.tabs", TABS, TILLS, SECONDS)
        rows.append(
            f"| {database} | {told['asked_per_second']:,.0f} | {told['booked_per_second']:,.0f} | "
            f"{told['plain_per_second']:,.0f} | {told['asked_per_second'] / told['plain_per_second']:.2f} | "
            f"{told['slowest_ms']:,.0f} | {told['over_limit']} | {told['problems']} |"
        )
    figures = "\n".join(rows)
    return f"""{TABS_HEADING}

{TILLS} tills, each a process of its own, book orders of two lines on {TABS} tabs for {SECONDS} seconds, half of them on
tabs that are soon full; what does not fit is asked and not booked. *Plain* is the least that such an order can be, in
the same sitting and as many processes: Django inserts an order and two lines and raises the balance in one transaction,
with no key looked at, no VAT, no limit and no feed. {_measured()}

| database | asked/s | booked/s | plain/s | ratio to plain | slowest ms | tabs over their limit | faults found |
|---|---|---|---|---|---|---|---|
{figures}
"""


def rebilling_part(databases: Sequence[str]) -> str:
    """A purchase invoice taken in and passed on."""
    rows = []
    for database in databases:
        for count in PURCHASE_ROWS:
            told = _asked(database, "benchmarks.rebilling", count)
            whole = told["taken_seconds"] + told["drafted_seconds"]
            rows.append(
                f"| {database} | {count:,} | {told['customers']:,.0f} | {told['taken_seconds']:.1f} | "
                f"{told['drafted_seconds']:.1f} | {count / whole:,.0f} | {told['read_seconds']:.2f} | "
                f"{whole / told['read_seconds']:.0f} | {told['again_seconds']:.1f} | {told['memory_mb']:,.0f} |"
            )
    figures = "\n".join(rows)
    return f"""{REBILLING_HEADING}

A Finvoice of a supplier, four rows for each customer: read, its rows matched to customers and products, priced, kept,
and passed on as one draft for each customer. *Reading* is what lxml alone needs to parse the same file and look at
every row. {_measured()}

| database | rows | customers | taken s | drafted s | rows/s | reading s | ratio | drafted again s | memory MB |
|---|---|---|---|---|---|---|---|---|---|
{figures}
"""


def lines_part(databases: Sequence[str]) -> str:
    """The line export of a month."""
    rows = []
    for database in databases:
        told = _asked(database, "benchmarks.lines_export", EXPORT_LINES)
        rows.append(
            f"| {database} | {told['usual_per_second']:,} | {told['all_per_second']:,} | {told['read_per_second']:,} | "
            f"{told['floor_per_second']:,} | {told['usual_per_second'] / told['floor_per_second']:.1f} | "
            f"{told['usual_per_cpu_second']:,} | {told['memory_mb']} |"
        )
    figures = "\n".join(rows)
    return f"""{LINES_HEADING}

{EXPORT_LINES:,} lines of one month in one file, in rows a second: with the 28 usual columns, with all, and merely
read. *Django* is its own road for 28 columns of the same lines, `values_list().iterator()` into the csv module, which
looks up no charge, order or chain. *Of CPU* counts the seconds of rebill's own process, the server of PostgreSQL
apart. {_measured()}

| database | usual/s | all/s | read/s | Django/s | ratio to Django | usual/s of CPU | memory MB |
|---|---|---|---|---|---|---|---|
{figures}
"""
