"""Runs every measurement, one after the other on one machine, and rewrites docs/benchmarks.md."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import psycopg

from benchmarks.base import POSTGRES, empty_place
from benchmarks.parts import LINES_HEADING, REBILLING_HEADING, TABS_HEADING, lines_part, rebilling_part, tabs_part

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

PAGES_HEADING = "## Pages of a big office"
CALLS_HEADING = "\n## Rating calls"
PDFS_HEADING = "## PDFs"
INTAKE_HEADING = "## Call files"
INTAKE_LINES = 3_000_000
HEADINGS = (
    "| database | customers | prepare s | issue s | invoices/s | ms per invoice | floor/s | ratio to floor "
    "| second prepare ÷ first | preview ms | memory MB |"
)

PARTS = {TABS_HEADING: tabs_part, REBILLING_HEADING: rebilling_part, LINES_HEADING: lines_part}

Measured = dict[str, float]


class PagesMeasured(NamedTuple):
    """What the pages took, and what filling and approving did."""

    pages: list[dict[str, Any]]
    approving: Measured


def measure(database: str, customers: int) -> Measured:
    """The month by rebill and by the floor, beside each other on the same empty database server."""
    place = empty_place(database)
    ours = subprocess.run(
        [sys.executable, "-m", "benchmarks.ready", "benchmarks.month", str(customers)],
        env=place.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    measured: Measured = json.loads(ours.stdout)
    place = empty_place(database)
    floor = subprocess.run(
        [sys.executable, "-m", "benchmarks.floor", database, str(customers), str(place.folder)],
        env=place.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    measured["floor"] = float(floor.stdout) / 2
    shutil.rmtree(place.folder, ignore_errors=True)
    return measured


def asked_pages(database: str, customers: int, months: int, requests: int) -> PagesMeasured:
    """A big office is filled, its pages are asked, and its drafts approved, on an empty database."""
    place = empty_place(database)

    def answer(*words: object) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.ready", "benchmarks.pages", *map(str, words)],
            env=place.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout)

    filled = answer("fill", customers, months)
    measured = PagesMeasured(answer("ask", requests), {**filled, **answer("approve")})
    shutil.rmtree(place.folder, ignore_errors=True)
    return measured


def taken_calls(lines: int) -> Measured:
    """A call file of so many lines, taken on an empty SQLite database."""
    place = empty_place("SQLite")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.ready", "benchmarks.intake", str(lines)],
        env=place.environment,
        check=True,
        capture_output=True,
        text=True,
    )
    shutil.rmtree(place.folder, ignore_errors=True)
    measured: Measured = json.loads(done.stdout)
    return measured


def intake_part(taken: Measured) -> str:
    """The part of the page about call files."""
    lines, seconds, floor = taken["lines"], taken["seconds"], taken["floor_seconds"]
    figures = (
        f"| {lines / seconds:,.0f} | {seconds:.1f} | {taken['core_seconds']:.1f} | {floor:.1f} | "
        f"{seconds / floor:.1f} | {taken['again_seconds']:.1f} | {taken['memory_mb']:,.0f} |"
    )
    return f"""{INTAKE_HEADING}

An Asterisk file of {lines:,.0f} lines and {taken["megabytes"]:,.0f} MB, after a small one: cut, checked, numbers made
E.164, repetitions looked for, written as Parquet and seen on the disk. *Floor* is what Polars itself needs to read the
same file and add up one column. Measured on {datetime.now(UTC):%d %B %Y}, with a load of {os.getloadavg()[0]:.1f}.

| lines/s | seconds | of all cores s | floor s | ratio to floor | the same file again, s | memory MB |
|---|---|---|---|---|---|---|
{figures}
"""


def pages_table(found: dict[str, PagesMeasured]) -> str:
    """A row for every page, with what it took on each database."""
    heads = [f"{name} ms | of it CPU | slowest" for name in found]
    lines = [f"| page | queries | kB | {' | '.join(heads)} |", "|---|---|---|" + "---|---|---|" * len(found)]
    for rows in zip(*(each.pages for each in found.values()), strict=True):
        figures = [f"{row['milliseconds']:.0f} | {row['cpu_milliseconds']:.0f} | {row['slowest']:.0f}" for row in rows]
        queries, weight = max(row["queries"] for row in rows), max(row["kilobytes"] for row in rows)
        lines.append(f"| {rows[0]['title']} | {queries} | {weight:.0f} | {' | '.join(figures)} |")
    return "\n".join(lines)


def approving_words(found: dict[str, PagesMeasured]) -> str:
    """What approving everything took, a sentence for each database."""
    return "\n".join(
        f"{name}: filling took {each.approving['seconds']:.0f} s. The question before approving "
        f"{each.approving['drafts']:,.0f} drafts came in {each.approving['dialog']:.2f} s and the answer in "
        f"{each.approving['request'] * 1000:.0f} ms; the work in the queue then approved them in "
        f"{each.approving['approving']:.1f} s, with {each.approving['memory_mb']:.0f} MB more than before."
        for name, each in found.items()
    )


def calls_rated(count: int) -> str:
    """What rating so many calls took, beside reading them and a plain program."""
    command = [sys.executable, "-m", "benchmarks.calls", "--calls", str(count)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def databases() -> list[str]:
    """SQLite, and PostgreSQL where one answers."""
    try:
        psycopg.connect(f"{POSTGRES}/postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return ["SQLite"]
    return ["SQLite", "PostgreSQL"]


def row(database: str, customers: int, measured: Measured) -> str:
    """One row of the table, from the second month, which has a past to look at."""
    prepare, issue = measured["second_prepare"], measured["second_issue"]
    floor = measured["floor"]
    return (
        f"| {database} | {customers:,} | {prepare:.1f} | {issue:.1f} | {customers / (prepare + issue):,.0f} | "
        f"{(prepare + issue) / customers * 1000:.2f} | {customers / floor:,.0f} | {floor / (prepare + issue):.2f} | "
        f"{measured['second_again'] / prepare:.3f} | {measured['preview'] * 1000:.1f} | {measured['memory_mb']:.0f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument(
        "--quick", action="store_true", help="the pages of a small office, a few times each, and few calls"
    )
    parser.add_argument("--pages", action="store_true", help="the big office alone, and its part of the page")
    parser.add_argument("--intake", action="store_true", help="call files alone, and their part of the page")
    parser.add_argument("--calls", action="store_true", help="the rating of calls alone, and its part of the page")
    for name, words in (("tabs", "orders on tabs"), ("rebilling", "re-billing"), ("lines", "line exports")):
        parser.add_argument(f"--{name}", action="store_true", help=f"{words} alone, and their part of the page")
    options = parser.parse_args()
    for heading, make in PARTS.items():
        if getattr(options, make.__name__.removesuffix("_part")):
            part = make(databases())
            keep_part(heading, part)
            print(part)
            return
    if options.intake:
        part = intake_part(taken_calls(INTAKE_LINES))
        keep_part(INTAKE_HEADING, part)
        print(part)
        return
    if options.quick:
        print(pages_table({each: asked_pages(each, 2_000, 2, 5) for each in databases()}))
        print(calls_rated(300_000))
        return
    if options.pages:
        part = pages_part({each: asked_pages(each, 100_000, 10, 50) for each in databases()})
        before, _, rest = PAGE.read_text().partition(PAGES_HEADING)
        following = INTAKE_HEADING if INTAKE_HEADING in rest else PDFS_HEADING
        PAGE.write_text(before + part + "\n" + following + rest.partition(following)[2])
        print(part)
        return
    if options.calls:
        part = calls_part(calls_rated(10_000_000))
        PAGE.write_text(PAGE.read_text().partition(CALLS_HEADING)[0] + part)
        print(part)
        return
    rows = []
    for database in databases():
        for customers in options.sizes:
            rows.append(row(database, customers, measure(database, customers)))
            print(rows[-1], flush=True)
    pdf = subprocess.run(
        [sys.executable, "-m", "benchmarks.pdf_against_weasyprint"], check=True, capture_output=True, text=True
    ).stdout.strip()
    print(pdf)
    pages = {each: asked_pages(each, 100_000, 10, 50) for each in databases()}
    print(pages_table(pages))
    taken = taken_calls(INTAKE_LINES)
    print(intake_part(taken))
    calls = calls_part(calls_rated(10_000_000))
    print(calls)
    parts = [make(databases()) for make in PARTS.values()]
    print("\n".join(parts))
    text = page(rows, pdf, pages, taken)
    before, heading, rest = text.partition(PDFS_HEADING)
    PAGE.write_text("\n".join([before.rstrip("\n") + "\n", *parts, heading + rest]) + calls)


def keep_part(heading: str, part: str) -> None:
    """Writes a part of the page anew, before the PDFs where it is not there yet."""
    text = PAGE.read_text()
    if heading not in text:
        before, pdfs, rest = text.partition(PDFS_HEADING)
        PAGE.write_text(f"{before}{part}\n{pdfs}{rest}")
        return
    before, _, rest = text.partition(heading)
    _, following, rest = rest.partition("\n## ")
    PAGE.write_text(before + part + following + rest)


def calls_part(figures: str) -> str:
    """The part of the page about rating calls."""
    return f"""{CALLS_HEADING}

Calls that were read before, rated and written out as Parquet, each price row with all its columns; the faster of two
goes, with a load of {os.getloadavg()[0]:.1f} at the end. *Plain program* is Python by hand
(`benchmarks/plain_calls.py`): the CSV read, a dictionary of prefixes, peak times, bundles in order, rounding, a CSV and
sums written. [Rating at scale](scale.md) has larger months, and Spark.

{figures}
"""


def pages_part(pages: dict[str, PagesMeasured]) -> str:
    """The part of the page about the pages of a big office."""
    return f"""{PAGES_HEADING}

100,000 customers with a draft each, three lines on a draft, 300,000 subscriptions, and 1,000,000 invoices with their
dispatches and events. Each page is asked 50 times through Django's test client, connecting to the database included;
the figure is the median by the wall, *of it CPU* the processors' share of that, with the server of PostgreSQL. The
queries and the weight are those of the whole answer, before it is compressed. *Counted* is what a page of very many
asks for when it is there, a *question* the dialog before something is done with all that match. *Plainly* is what
Django itself asks for a list that nobody tuned, `COUNT(*)`, `icontains` and `LIMIT 50`, on the same tables, and without
making a page. Measured on {datetime.now(UTC):%d %B %Y}, with a load of {os.getloadavg()[2]:.1f} at the end.

{pages_table(pages)}

{approving_words(pages)}
"""


def page(rows: list[str], pdf: str, pages: dict[str, PagesMeasured], taken: Measured) -> str:
    """The page of figures."""
    table = "\n".join(rows)
    return f"""# Benchmarks

Written by `make bench` on {datetime.now(UTC):%d %B %Y}: {platform.machine()}, {os.cpu_count()} cores, Python
{platform.python_version()}. Everything ran on one machine in one sitting, with a load of
{os.getloadavg()[2]:.1f} at the end; compare the ratios, not the seconds.

## A month: prepare and issue

Customers with three subscriptions each; the second month is measured, which has a past to reconcile with. One process
prepares and issues: charges, drafts with warnings, numbers, VAT, frozen documents, events. *Floor* is a hand-written,
set-based SQL program (`benchmarks/floor.py`) that makes drafts, tax, numbers and lines and nothing else, on the same
database in the same sitting.

The ratio compares seconds by the wall of two things that are not equal: the floor copies rows inside of the database,
on narrow tables with few indexes, and looks at no history, no price list, no address, no search and no event. It uses
one core; rebill uses one for itself and one for the server of PostgreSQL, and on SQLite one for both. The subscriptions
come in thirty kinds (product, quantity, start), and a run computes once what subscriptions of a kind owe; where each
has changes of its own, preparing costs more.

{HEADINGS}
|---|---|---|---|---|---|---|---|---|---|---|
{table}

Other systems on such a machine, measured apart: Odoo 17 with OCA contract 20 invoices a second, Tryton 8.2 9–10,
django-silver 53.

{pages_part(pages)}
{intake_part(taken)}
{PDFS_HEADING}

```text
{pdf}
```
"""


if __name__ == "__main__":
    main()
