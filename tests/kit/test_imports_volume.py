"""Long files: many lines in little memory, in a time that a person waits for."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import xlsxwriter

ROOT = Path(__file__).resolve().parents[2]
TEXT_LINES = 200_000
WORKBOOK_LINES = 40_000
SECONDS_MAX = 240
HEADING = ["Nummer", "Naam", "Prijs", "Bouwdatum"]


def read_apart(path: Path) -> dict[str, int]:
    """What a process of its own tells of the file, so that the memory is that of the import alone."""
    started = time.monotonic()
    command = [sys.executable, "-m", "tests.kit.imports_reader", str(path)]
    environment = {**os.environ, "REBILL_DATA": str(path.parent)}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    assert time.monotonic() - started < SECONDS_MAX
    return json.loads(told)


def rows(count):
    """Every second line has no price."""
    for number in range(count):
        price = f"1.{number % 1000:03},5" if number % 2 else "gratis"
        yield [f"B-{number}", f"Café De Riem, kade {number}", price, f"{number % 28 + 1:02}-01-2024"]


def test_200_000_lines_of_text_stream_whether_they_are_taken_or_not(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("w", encoding="cp1252") as file:
        file.writelines(";".join(row) + "\n" for row in [HEADING, *rows(TEXT_LINES)])

    told = read_apart(path)

    half = TEXT_LINES // 2
    assert (told["lines"], told["accepted"], told["rejected"]) == (TEXT_LINES, half, half)
    assert told["megabytes"] < 80
    assert told["rejects"] > path.stat().st_size / 2


def test_a_long_workbook_is_read_in_bounded_memory(tmp_path):
    path = tmp_path / "long.xlsx"
    workbook = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = workbook.add_worksheet()
    for position, row in enumerate([HEADING, *rows(WORKBOOK_LINES)]):
        sheet.write_row(position, 0, row)
    workbook.close()

    told = read_apart(path)

    half = WORKBOOK_LINES // 2
    assert (told["lines"], told["accepted"], told["rejected"]) == (WORKBOOK_LINES, half, half)
    assert told["megabytes"] < 120
