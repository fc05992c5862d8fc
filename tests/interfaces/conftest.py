"""`rebill` as it is typed, and machines with a database of their own, for tests that start and kill processes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rebill.interfaces.cli.app import run
from rebill.parties.models import Seller
from rebill.rules.periods import local_day
from tests.factories import make_seller
from tests.interfaces.machine import Machine
from tests.stories.month import Month

# Where the sellers of these tests are, which may be a day ahead of UTC.
THIS_MONTH = local_day(datetime.now(UTC), "Europe/Amsterdam").replace(day=1)


@dataclass(frozen=True)
class Ended:
    """A command that ended: its exit code and what it showed."""

    code: int
    shown: str
    aside: str


@pytest.fixture
def seller(db) -> Seller:
    return make_seller("noordwal")


@pytest.fixture
def typed(capsys) -> Callable[..., Ended]:
    """Runs `rebill` with the words as somebody would type them."""

    def type_in(*words: object) -> Ended:
        capsys.readouterr()
        code = run([str(word) for word in words])
        shown = capsys.readouterr()
        return Ended(code, shown.out, shown.err)

    return type_in


@pytest.fixture
def rebill(seller, typed) -> Callable[..., Ended]:
    """The same with a seller to act for."""
    return typed


@pytest.fixture
def month(db) -> Month:
    """The only seller there is, with three customers: one ready to be billed, one without an address for mail, and one
    whose product has no price yet. Its days lie around today, because commands read the clock."""
    month = Month()
    for number, name, terms in (("1001", "Bakkerij Jansen", {}), ("1002", "Rederij Nauta", {"invoice_emails": []})):
        month.subscribe(month.customer(name, number=number, **terms), "HOSTING-M", price="12.50", start_on=THIS_MONTH)
    poor = month.customer("Huize Arm", number="1003")
    month.subscribe(poor, "UNPRICED", price=None, start_on=THIS_MONTH)
    return month


@pytest.fixture
def write(tmp_path) -> Callable[..., Path]:
    """Writes a file of lines."""

    def written(*lines: str, name: str = "file.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
        return path

    return written


@pytest.fixture
def machine(own_database: str, tmp_path: Path) -> Iterator[Machine]:
    """A database of its own with a seller and a product in it."""
    machine = Machine(own_database, tmp_path / "machine")
    machine.run("tests.interfaces.on_machine", "seed")
    yield machine
    machine.stop()
