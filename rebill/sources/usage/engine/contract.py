"""What an engine has to be able to do, and what a rating is given and gives back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import narwhals as nw
import polars as pl

Frame = nw.LazyFrame[Any]
# A table as an engine has made it ready: only the engine knows what it is.
Known = Any


@dataclass(frozen=True)
class Window:
    """The moments or days that are asked for at all: from `since` until before `before`."""

    since: int
    before: int


class Piece(NamedTuple):
    """Some of the calls, and how far the rating is when they are done: `done` of `total`.

    The calls of a `turn` all began before those of the next, which waits until they are done.
    """

    calls: Frame
    done: int
    total: int
    turn: int = 0


class Carried(Protocol):
    """What numbered things have come to in the pieces that were added."""

    def before(self, numbers: pl.Series) -> pl.Series:
        """The sums of these numbers; null where a number is null."""
        ...

    def add(self, added: pl.DataFrame) -> None:
        """Add a table of distinct numbers and what each came to in one piece."""
        ...


class Engine(Protocol):
    """Runs expressions. `folder` is where it may lay files that are gone after the rating; every worker sees it."""

    @property
    def at_once(self) -> int:
        """So many pieces are worked at side by side."""
        ...

    def working_in(self, folder: Path, shards: int) -> Self:
        """The same engine, for one rating."""
        ...

    def scan(self, calls: Sequence[Path]) -> Frame:
        """The calls of these Parquet files, not read yet."""
        ...

    def frame(self, table: pl.DataFrame) -> Frame:
        """A table of the rating beside the calls."""
        ...

    def hold(self, frame: Frame) -> Frame:
        """The frame worked out once, for what asks it more than once."""
        ...

    def known(self, table: pl.DataFrame, keys: Sequence[str]) -> Known:
        """The table made ready to be looked up by the keys, which are distinct."""
        ...

    def attach(self, frame: Frame, known: Known) -> Frame:
        """The frame with the columns of the table beside its keys; nulls where a key is not in it.

        The rows keep their order where the engine has one.
        """
        ...

    def split(self, calls: Frame, files: Sequence[Path], window: Window) -> Iterator[Piece]:
        """The calls of these files and this window in pieces; those of one `owner_id` stand in one piece of a turn.

        Where the engine has an order, they stand in the order in which bundles are used up.
        """
        ...

    def carried(self, numbers: int) -> Carried | None:
        """A sum for each whole number below `numbers`, to be carried from turn to turn; None where there is one."""
        ...

    def running(
        self, frame: Frame, value: str, by: str, order: Sequence[str], *, ordered: bool, carried: Carried | None
    ) -> Frame:
        """The frame with `running`: the sum of the column `value` up to and with each row, of those with its `by`.

        Null, or anything, where `by` is null. `ordered`: the rows stand as `split` has left them. What was `carried`
        here from earlier turns counts too, and what these rows add is carried on.
        """
        ...

    def write(self, frame: Frame, folder: Path, name: str) -> None:
        """Writes `name….parquet` into the folder; a file is there whole or not at all."""
        ...

    def collect(self, frame: Frame) -> pl.DataFrame:
        """The rows of a small frame."""
        ...


@dataclass(frozen=True)
class Tier:
    """The price lists of one seller, or of several whose customers are different ones: frames as in `schema`.

    `name` is the folder that its price rows are written to. A tier rates the end customers that stand in its tariffs;
    the first one all. A `purchase` tier stands before the first: it has no price rows, and what it asks for a call is
    what the next tier buys it at. Where it has no price, the call keeps the buy price that it came with.
    """

    name: str
    tariffs: pl.DataFrame
    eras: pl.DataFrame
    rates: pl.DataFrame
    calendar: pl.DataFrame
    offpeak: pl.DataFrame
    bundles: pl.DataFrame
    purchase: bool = False


@dataclass(frozen=True)
class TierSums:
    """What the price rows of a tier come to: a frame of `schema.SUMS`."""

    name: str
    sums: pl.DataFrame
