"""How many lines of call files a second: taken whole, beside what the fastest reader needs to look at the same bytes.

    python -m benchmarks.ready benchmarks.intake 2000000

Prints one JSON object. A small file is taken first, so that nothing is measured which happens once.
"""

import json
import resource
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time

import polars as pl
from django.conf import settings
from django.core.management import call_command

from rebill.access.acting import Acting, Role
from rebill.access.commands import create_user
from rebill.parties.commands import create_seller
from rebill.sources.usage.commands import keep_switch, take_calls
from rebill.sources.usage.models import Switch

NOW = datetime(2026, 9, 1, 6, 0, tzinfo=UTC)
START = datetime(2026, 8, 1, tzinfo=UTC)
MONTH_SECONDS = 31 * 86_400
PREFIXES = ("316", "3120", "3150", "4930", "49151", "447400", "324701", "336", "1212", "34612", "39333", "48500")
LENGTHS = (11, 11, 11, 11, 13, 12, 11, 11, 11, 11, 12, 11)
WARM_UP = 100_000


def write_file(path: Path, lines: int, *, first: int) -> None:
    """A month of Asterisk calls in the order in which they began."""
    with path.open("w", encoding="utf-8", buffering=1 << 20) as file:
        for number in range(first, first + lines):
            begun = START + timedelta(seconds=(number - first) * MONTH_SECONDS // lines)
            mixed = number * 2_654_435_761 % 4_294_967_296
            kind, seconds = mixed % len(PREFIXES), (0, 1, 30, 60, 119, 600)[mixed // 16 % 6]
            called = (PREFIXES[kind] + f"{mixed:010}" * 2)[: LENGTHS[kind]]
            account, caller = f"cust{mixed % 5_000:04}", f"3185{1_000_000 + mixed % 9_000}"
            answered = begun + timedelta(seconds=9)
            file.write(
                f'"{account}","{caller}","{called}","from-trunk","""{account}"" <{caller}>",'
                f'"PJSIP/{account}-{number:08x}","PJSIP/carrier-{number:08x}","Dial","PJSIP/{called}@carrier",'
                f'"{str(begun)[:19]}","{str(answered)[:19] if seconds else ""}",'
                f'"{str(answered + timedelta(seconds=seconds))[:19]}",{seconds + 9},{seconds},'
                f'"{"ANSWERED" if seconds else "NO ANSWER"}","DOCUMENTATION","{1_790_000_000 + number}.{number}",""\n'
            )


def floor_seconds(path: Path) -> float:
    """What the engine itself needs to read all cells of the file and add up one column."""
    begun = perf_counter()
    whole = pl.scan_csv(path, has_header=False, infer_schema=False)
    whole.select(pl.col("column_13").cast(pl.Int64).sum()).collect(engine="streaming")
    return perf_counter() - begun


def main(lines: int) -> None:
    call_command("migrate", verbosity=0)
    owner = create_user(acting=None, username="bench", email="bench@noordwal.example", now=NOW)
    seller = create_seller(owner=owner, slug="bench", name="Bench", now=NOW)
    acting = Acting(seller_id=seller.pk, role=Role.OWNER, user_id=owner.pk)
    switch = keep_switch(acting=acting, code="pbx", dialect="asterisk", now=NOW)
    folder = Path(settings.REBILL_DATA)
    small, large = folder / "small.csv", folder / "large.csv"
    write_file(small, WARM_UP, first=0)
    write_file(large, lines, first=WARM_UP)
    taken_seconds(acting, switch, small)
    floor = min(floor_seconds(large) for _ in range(2))
    worked = process_time()
    first = taken_seconds(acting, switch, large)
    worked = process_time() - worked
    again = taken_seconds(acting, switch, large)
    told = {
        "lines": lines,
        "megabytes": large.stat().st_size / 1e6,
        "seconds": first,
        "core_seconds": worked,
        "again_seconds": again,
        "floor_seconds": floor,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(told))


def taken_seconds(acting: Acting, switch: Switch, path: Path) -> float:
    begun = perf_counter()
    take_calls(acting=acting, switch=switch, path=path, name=path.name, now=NOW)
    return perf_counter() - begun


if __name__ == "__main__":
    main(int(sys.argv[1]))
