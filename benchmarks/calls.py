"""Rating a month of calls: against merely reading the same file, and against a plain program. Prints a section.

Each measurement runs in a process of its own, so that its memory is its own too.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl

from benchmarks import traffic
from benchmarks.plain_calls import rate_by_hand
from rebill.sources.usage.engine.rating import rate
from rebill.sources.usage.engine.registry import engine_for
from rebill.sources.usage.schema import Status

OWNERS, PLANS, PREFIXES = 50_000, 50, 10_000
# What the plain program is given; what it takes is scaled to all calls.
PLAIN_CALLS = 300_000
# So many calls are rated at once, as rebill does it: see `commands.rating.CALLS_AT_ONCE`.
CALLS_AT_ONCE = 10_000_000
PLAIN_COLUMNS = ("file_id", "line", "start_s", "seconds", "caller", "called", "account", "buy_e6")

Measured = dict[str, float]


def make(folder: Path, count: int) -> None:
    """The calls as one CSV file and as Parquet files."""
    paths = list(traffic.call_files(folder, count, OWNERS, traffic.prefixes(PREFIXES)))
    pl.scan_parquet(paths).select(PLAIN_COLUMNS).sink_csv(folder / "calls.csv")


def floor(folder: Path) -> Measured:
    """The fastest engine reads the CSV and adds up one column."""
    since, spent = time.perf_counter(), time.process_time()
    added = pl.scan_csv(folder / "calls.csv").select(pl.col("seconds").sum()).collect(engine="streaming").item()
    return {"seconds": time.perf_counter() - since, "cpu": time.process_time() - spent, "added": added}


def convert(folder: Path) -> Measured:
    """The CSV becomes Parquet, as plainly as can be."""
    since = time.perf_counter()
    texts = {"caller": pl.String, "called": pl.String}
    calls = pl.scan_csv(folder / "calls.csv", schema_overrides=texts)
    calls.sink_parquet(folder / "converted.parquet", compression="lz4")
    (folder / "converted.parquet").unlink()
    return {"seconds": time.perf_counter() - since}


def rated(folder: Path, sellers: int, shards: int, engine: str = "") -> Measured:
    """Parquet in, rated Parquet and sums out."""
    frames = traffic.tiers(sellers, OWNERS, PLANS, traffic.prefixes(PREFIXES))
    endpoints, ready = traffic.endpoints(OWNERS), engine_for(engine)
    out = folder / f"rated-{sellers}"
    shutil.rmtree(out, ignore_errors=True)
    since, spent = time.perf_counter(), time.process_time()
    sums = rate(
        calls=sorted(folder.glob("calls-*.parquet")),
        endpoints=endpoints,
        tiers=frames,
        out=out,
        engine=ready,
        month=traffic.MONTH,
        shards=shards,
    )
    seconds, cpu = time.perf_counter() - since, time.process_time() - spent
    weight = sum(path.stat().st_size for path in out.rglob("*.parquet"))
    copied = copied_seconds(out)
    specified = max(specification(out / frames[-1].name, owner) for owner in (0, OWNERS // 2, OWNERS - 1))
    shutil.rmtree(out)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    added = {"calls": float(sums[0].sums["calls"].sum()), "amount": float(sums[-1].sums["amount_e6"].sum())}
    added |= {"specification": specified, "copied": copied}
    return {"seconds": seconds, "cpu": cpu, "memory_mb": memory, "written_mb": weight / 2**20, **added}


def copied_seconds(out: Path) -> float:
    """What it takes merely to read the rated Parquet files and to write them once more: no rating takes less."""
    since = time.perf_counter()
    for folder in sorted(out.iterdir()):
        copy = folder.with_name(f"{folder.name}-copy.parquet")
        pl.scan_parquet(sorted(folder.glob("*.parquet"))).sink_parquet(copy, compression="lz4")
        copy.unlink()
    return time.perf_counter() - since


def specification(folder: Path, owner: int) -> float:
    """The seconds it takes to read the calls of one end customer back, in their order and by rate."""
    since = time.perf_counter()
    calls = pl.scan_parquet(sorted(folder.glob("*.parquet")))
    calls = calls.filter((pl.col("owner_id") == owner) & (pl.col("status") == Status.RATED))
    calls.sort("start_s", "file_id", "line").collect()
    calls.group_by("rate_id").agg(pl.len(), pl.col("billed_s", "amount_e6").sum()).collect()
    return time.perf_counter() - since


def plain(folder: Path) -> Measured:
    """The same job for one seller by a plain program, on some of the calls."""
    tier = traffic.tiers(1, OWNERS, PLANS, traffic.prefixes(PREFIXES))[0]
    seconds = rate_by_hand(folder / "calls.csv", folder / "plain.csv", tier, PLAIN_CALLS)
    with (folder / "plain.csv").open() as lines:
        return {"seconds": seconds, "calls": float(sum(1 for _ in lines))}


def apart(folder: Path, *words: object) -> Measured:
    """One measurement in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.calls", "--in", str(folder), *map(str, words)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    measured: Measured = json.loads(done.stdout.splitlines()[-1])
    return measured


def best(folder: Path, *words: object) -> Measured:
    """The faster of two: the machine may have been busy."""
    return min((apart(folder, *words) for _ in range(2)), key=lambda measured: measured["seconds"])


def section(count: int, shards: int) -> str:
    """The figures as a table and what they mean."""
    folder = Path(tempfile.mkdtemp(prefix="rebill-calls-"))
    try:
        apart(folder, "make", count)
        read, converted = best(folder, "floor"), best(folder, "convert")
        one, three = best(folder, "rate", 1, shards), best(folder, "rate", 3, shards)
        by_hand = best(folder, "plain")
    finally:
        shutil.rmtree(folder)
    hand = by_hand["seconds"] / by_hand["calls"] * count
    lines = ["| | seconds | calls/s | ratio to the floor | memory MB | written MB |", "|---|---|---|---|---|---|"]

    def add(what: str, seconds: float, found: Measured | None = None) -> None:
        sizes = f"{found['memory_mb']:,.0f} | {found['written_mb']:,.0f}" if found else "|"
        ratio = seconds / read["seconds"]
        lines.append(f"| {what} | {seconds:.1f} | {count / seconds:,.0f} | {ratio:.1f} | {sizes} |")

    add("floor: the CSV read, one column added up", read["seconds"])
    add("the CSV made into Parquet, nothing checked", converted["seconds"])
    add("rated for one seller", one["seconds"], one)
    add("of that: the rated Parquet read and written once more", one["copied"])
    add("rated for three sellers", three["seconds"], three)
    add("of that: the rated Parquet read and written once more", three["copied"])
    add(f"one seller by a plain program, from {by_hand['calls']:,.0f} calls", hand)
    table, whole = "\n".join(lines), converted["seconds"] + one["seconds"]
    pieces = f"{shards} shard{'s' if shards > 1 else ''}"
    return f"""{table}

{count:,} calls of {OWNERS:,} end customers on {PLANS} plans of {PREFIXES:,} prefixes, with peak times and a bundle for
everybody, in {pieces}. File to file, made into Parquet and rated for one seller, rebill is {hand / whole:.1f} times as
fast as the plain program, which checks no more than that and keeps one processor busy where rebill keeps all. Taking
the file in with every check, as *Call files* measures it, takes longer than both of these steps. The processors
worked {one["cpu"]:.1f} s at one seller and {three["cpu"]:.1f} s at three; the floor takes them
{read["cpu"]:.1f} s: by these seconds, which a busy machine changes less, the ratios are
{one["cpu"] / read["cpu"]:.0f} and {three["cpu"] / read["cpu"]:.0f}. The calls of one end customer, call by call and
summed up, are read back out of all within {one["specification"]:.2f} s."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--in", dest="folder", type=Path)
    parser.add_argument("--calls", type=int, default=10_000_000)
    parser.add_argument("--shards", type=int)
    options = parser.parse_args()
    if not options.words:
        print(section(options.calls, options.shards or -(-options.calls // CALLS_AT_ONCE)))
        return
    what, *rest = options.words
    steps = {"floor": floor, "convert": convert, "plain": plain}
    if what == "make":
        make(options.folder, int(rest[0]))
        print("{}")
    elif what == "rate":
        print(json.dumps(rated(options.folder, int(rest[0]), int(rest[1]), *rest[2:])))
    else:
        print(json.dumps(steps[what](options.folder)))


if __name__ == "__main__":
    main()
