"""Call files in as few words as a test needs."""

from pathlib import Path
from typing import Any

import polars as pl

from rebill.parties.models import Seller
from rebill.sources.usage.commands import keep_switch, take_calls
from rebill.sources.usage.models import CallFile, CallPart, Switch
from rebill.sources.usage.queries.records import kept_file
from tests.factories import NOW, acting_of

SIMPLE = {
    "columns": {
        "record_id": "id",
        "account": "account",
        "caller": "from",
        "called": "to",
        "start": "start",
        "seconds": "seconds",
    }
}
HEADING = "id,account,from,to,start,seconds"


def make_switch(seller: Seller, code: str = "pbx", dialect: str = "csv", **settings: Any) -> Switch:
    """A switch; the dialect csv has the columns of HEADING unless told otherwise."""
    said = settings if dialect != "csv" or "columns" in settings else {**SIMPLE, **settings}
    return keep_switch(acting=acting_of(seller), code=code, dialect=dialect, settings=said, now=NOW)


def take(seller: Seller, switch: Switch, path: Path, name: str = "", **more: Any) -> CallFile:
    """What became of the file."""
    [file] = take_all(seller, switch, path, name, **more)
    return file


def take_all(seller: Seller, switch: Switch, path: Path, name: str = "", **more: Any) -> list[CallFile]:
    """What became of every file in it."""
    return take_calls(acting=acting_of(seller), switch=switch, path=path, name=name or path.name, now=NOW, **more)


def write(folder: Path, *rows: str, name: str = "calls.csv", heading: str = HEADING) -> Path:
    """A CSV file with a heading."""
    path = folder / name
    path.write_text("\n".join([heading, *rows]) + "\n", "utf-8")
    return path


def call(number: int, *, account: str = "acme", to: str = "0612345678", seconds: int = 60, day: int = 1) -> str:
    """A row under HEADING."""
    return f"{number},{account},31501234567,{to},2026-09-{day:02} 10:{number % 60:02}:00,{seconds}"


def stored(seller: Seller) -> pl.DataFrame:
    """All calls that count, in the order of the files and lines."""
    paths = [kept_file(part.path) for part in CallPart.objects.filter(seller=seller, file__state="read")]
    return pl.concat([pl.read_parquet(path) for path in paths]).sort("file_id", "line") if paths else pl.DataFrame()


def counts(file: CallFile) -> tuple[int, int, int, int]:
    """Lines, accepted, rejected, duplicates."""
    return file.lines, file.accepted, file.rejected, file.duplicates
