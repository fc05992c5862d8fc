"""An intake in a process of its own: `python -m tests.sources.usage.on_own KILLED FILE`, killed while reading or after
its calls were written, or not at all. It prints what counts in the end."""

import json
import os
import signal
import sys
from pathlib import Path

import django

django.setup()

from rebill.parties.models import Seller  # noqa: E402
from rebill.sources.usage.checks.records import check_calls  # noqa: E402
from rebill.sources.usage.commands import taking  # noqa: E402
from rebill.sources.usage.models import CallFile  # noqa: E402
from tests.factories import acting_of, make_seller  # noqa: E402
from tests.sources.usage.intake import counts, make_switch, stored, take  # noqa: E402


def die(*_given: object) -> bool:
    """Nothing after this runs: no `finally`, no exit handler."""
    os.kill(os.getpid(), signal.SIGKILL)
    return False


def main(killed: str, path: Path) -> None:
    seller = Seller.objects.first() or make_seller()
    if killed == "written":
        taking._let_count = die
    file = take(seller, make_switch(seller), path, **({"on_progress": die} if killed == "reading" else {}))
    told = {
        "counts": counts(file),
        "calls": stored(seller).height,
        "states": sorted(CallFile.objects.values_list("state", flat=True)),
        "problems": [problem.what for problem in check_calls(acting=acting_of(seller))],
    }
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
