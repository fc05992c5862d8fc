"""Where a month too large to be rated at once is cut by time, and where it cannot be."""

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from rebill.sources.usage.engine import turns
from rebill.sources.usage.engine.contract import Window
from rebill.sources.usage.engine.embedded import Sums
from rebill.sources.usage.engine.turns import turns_of
from rebill.sources.usage.schema import SLOT_SECONDS

DAY_S = 86_400
MONTH = Window(0, 30 * DAY_S)


@pytest.fixture(autouse=True)
def small_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups of ten rows, so that a small file has several."""
    monkeypatch.setattr(turns, "GROUP", 10)


def written(folder: Path, *files: list[int]) -> list[Path]:
    """A file of calls for each list of moments."""
    paths = [folder / f"{number}.parquet" for number in range(len(files))]
    for path, moments in zip(paths, files, strict=True):
        pl.DataFrame({"start_s": moments}, schema={"start_s": pl.Int64}).write_parquet(path, row_group_size=10)
    return paths


def in_turns(moments: list[int], found: list[Window]) -> list[int]:
    return [sum(turn.since <= moment < turn.before for moment in moments) for turn in found]


@pytest.mark.parametrize("files", [1, 3, 30])
def test_a_month_in_order_is_cut_into_turns_of_as_many_calls(tmp_path: Path, files: int):
    moments = [number * 30 * DAY_S // 600 for number in range(600)]
    each = 600 // files

    found = turns_of(written(tmp_path, *(moments[at : at + each] for at in range(0, 600, each))), MONTH, 4)

    assert found is not None
    assert (found[0].since, found[-1].before) == (MONTH.since, MONTH.before)
    assert all(one.before == other.since for one, other in pairwise(found))
    assert in_turns(moments, found) == [150, 150, 150, 150]


def test_files_that_meet_within_an_hour_are_cut_too(tmp_path: Path):
    """Switches write a call when it ends; one that began before midnight stands in the file of the next day."""
    days = [[day * DAY_S - 1800 + number * DAY_S // 40 for number in range(40)] for day in range(1, 21)]

    assert len(turns_of(written(tmp_path, *days), MONTH, 5) or ()) == 5


def test_two_switches_side_by_side_are_cut_too(tmp_path: Path):
    one = [number * 30 * DAY_S // 300 for number in range(300)]

    assert len(turns_of(written(tmp_path, one, [moment + 7 for moment in one]), MONTH, 3) or ()) == 3


def test_calls_in_no_order_are_not_cut_by_time(tmp_path: Path):
    moments = [number * 7919 % (30 * DAY_S) for number in range(0, 600_000, 1000)]

    assert turns_of(written(tmp_path, moments), MONTH, 4) is None


def test_calls_of_one_moment_are_not_cut_by_time(tmp_path: Path):
    assert turns_of(written(tmp_path, [5 * DAY_S] * 200), MONTH, 4) is None


def test_calls_outside_of_the_window_count_for_nothing(tmp_path: Path):
    moments = [number * DAY_S // 100 for number in range(-100, 200)]
    window = Window(0, DAY_S)

    found = turns_of(written(tmp_path, moments), window, 2)

    assert found == [Window(0, DAY_S // 2), Window(DAY_S // 2, DAY_S)]
    assert turns_of(written(tmp_path, [-1, DAY_S]), window, 2) is None


def test_turns_begin_with_a_quarter_of_an_hour(tmp_path: Path):
    moments = [number * 61 for number in range(2000)]

    found = turns_of(written(tmp_path, moments), Window(0, 2 * DAY_S), 3)

    assert found is not None
    assert all(turn.since % SLOT_SECONDS == 0 for turn in found)


def test_sums_are_carried_by_number_and_nothing_stands_for_nothing():
    carried = Sums(4)

    carried.add(pl.DataFrame({"bundle": [3, 1], "asked": [70, 10]}))
    carried.add(pl.DataFrame({"bundle": [3], "asked": [5]}))

    assert carried.before(pl.Series([0, 1, None, 3, 3], dtype=pl.Int64)).to_list() == [0, 10, None, 75, 75]
