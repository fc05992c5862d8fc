"""Several processes at once, and processes killed halfway: numbers, ids, locks and files stay right."""

import json
import signal
from pathlib import Path

from tests.kit.processes import finish


def test_numbers_stay_gapless_and_unique_when_processes_allot_at_once(start_worker):
    workers = [start_worker("allot", f"writer {each}", "invoices 2026", 30, 4) for each in range(4)]

    finish(*workers)

    [printed] = finish(start_worker("numbers", "invoices 2026"))
    used = json.loads(printed)
    assert used == list(range(1, len(used) + 1))
    # Of 30 rounds of 1, 2, 3, 4, 1, 2 … numbers, every third was rolled back.
    assert len(used) == 4 * sum(1 + turn % 4 for turn in range(30) if turn % 3 != 2)


def test_numbers_of_a_killed_process_are_allotted_again(start_worker):
    dying = start_worker("allot_and_die", "invoices 2026")
    dying.communicate("go\n", timeout=60)
    assert dying.returncode == -signal.SIGKILL

    finish(start_worker("allot", "survivor", "invoices 2026", 2, 1))

    [printed] = finish(start_worker("numbers", "invoices 2026"))
    assert json.loads(printed) == [1, 2]


def test_reserved_ids_meet_neither_each_other_nor_plain_inserts(start_worker):
    workers = [start_worker("reserve", f"writer {each}", 40, 500) for each in range(3)]

    finish(*workers, start_worker("insert_plainly", "plain", 200))

    [printed] = finish(start_worker("folders"))
    assert int(printed) == 3 * 40 * 500 + 200


def test_a_write_lock_lets_one_transaction_in_at_a_time(start_worker):
    finish(*(start_worker("count_under_lock", 40) for _ in range(3)))

    [printed] = finish(start_worker("numbers", "counter"))
    assert json.loads(printed) == list(range(120))


def test_the_same_files_stored_by_processes_at_once_are_kept_once(start_worker, tmp_path: Path):
    finish(*(start_worker("store", 40) for _ in range(3)))

    [printed] = finish(start_worker("stored_files"))
    assert len(json.loads(printed)) == 40
    assert len(_stored(tmp_path)) == 40
    assert _arriving(tmp_path) == []


def test_a_writer_killed_before_its_file_has_its_name_leaves_no_file_that_counts(start_worker, tmp_path: Path):
    dying = start_worker("store_and_die", "replace")
    dying.communicate("go\n", timeout=60)

    [printed] = finish(start_worker("stored_files"))

    assert dying.returncode == -signal.SIGKILL
    assert json.loads(printed) == []
    assert _stored(tmp_path) == []
    assert len(_arriving(tmp_path)) == 1


def test_a_writer_killed_before_its_row_leaves_bytes_that_no_row_names(start_worker, tmp_path: Path):
    dying = start_worker("store_and_die", "close")
    dying.communicate("go\n", timeout=60)

    [printed] = finish(start_worker("stored_files"))

    assert dying.returncode == -signal.SIGKILL
    assert json.loads(printed) == []
    assert len(_stored(tmp_path)) == 1


def _stored(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "shared" / "files").glob("??/??/*"))


def _arriving(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "shared" / "files" / "arriving").glob("*"))
