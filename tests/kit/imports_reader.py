"""Reads one file as an import does, in a process of its own, and prints how many lines and how much memory it took."""

import json
import os
import resource
import sys
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebill.config.settings")
django.setup()

from rebill.kit.imports.reading import open_table  # noqa: E402
from rebill.kit.imports.running import Accepted, ImportTally, read_records, write_rejects_csv  # noqa: E402
from tests.kit.imports_samples import BOATS, guessed  # noqa: E402


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main(path: Path) -> None:
    before = megabytes()
    table = open_table(path, file_name=path.name)
    tally = ImportTally(table)
    for record in read_records(table, guessed(table), BOATS):
        if isinstance(record, Accepted):
            tally.accept(record)
        else:
            tally.reject(record)
    result = tally.result()
    used = megabytes() - before
    rejects = len(write_rejects_csv(result)) if result.rejected else 0
    told = {"lines": result.lines, "accepted": result.accepted, "rejected": result.rejected}
    sys.stdout.write(json.dumps({**told, "megabytes": used, "rejects": rejects}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
