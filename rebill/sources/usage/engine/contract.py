"""What an engine has to be able to do, and what a rating is given and gives back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import narwhals as nw
import polars as pl

Frame = nw.LazyFrame[Any]


class Engine(Protocol):
    """Runs expressions. `folder` is where it may lay files that are gone after the rating; every worker sees it."""

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

    def split(self, calls: Frame) -> dict[int, Frame]:
        """The calls in pieces that are rated one after the other; those of one `owner_id` stand in one piece."""
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
    the first one all.
    """

    name: str
    tariffs: pl.DataFrame
    eras: pl.DataFrame
    rates: pl.DataFrame
    calendar: pl.DataFrame
    offpeak: pl.DataFrame
    bundles: pl.DataFrame


@dataclass(frozen=True)
class TierSums:
    """What the price rows of a tier come to: a frame of `schema.SUMS`."""

    name: str
    sums: pl.DataFrame
