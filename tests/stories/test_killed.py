"""A month whose processes are killed, meet each other, or find the disk full and the clock wrong ends as any other."""

import random

import pytest

from tests.databases import MigratedDatabase
from tests.stories.own_process import OwnMonth

CUSTOMERS, CHUNK = 120, 6
# What the same month comes to when nothing disturbs it; the digest is compared beside it.
UNDISTURBED = {
    "drafts": {"issued": CUSTOMERS},
    "invoices": CUSTOMERS,
    "customers": CUSTOMERS,
    "numbers": list(range(1, CUSTOMERS + 1)),
    "documents": CUSTOMERS,
    "issued_events": CUSTOMERS,
    "problems": [],
}


@pytest.fixture(scope="module")
def undisturbed_digest(migrated_database: MigratedDatabase, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of a month that nothing disturbs, made once."""
    folder = tmp_path_factory.mktemp("calm")
    with migrated_database.copied(folder) as url:
        calm = OwnMonth(url, folder)
        digest = calm.look(after=f"seed {CUSTOMERS} then month {CHUNK}")["digest"]
        calm.stop()
    return digest


@pytest.mark.parametrize("seed", [1, 2])
def test_a_month_killed_at_any_moment_goes_on_where_it_was(own_month, undisturbed_digest, seed):
    own_month.run(f"seed {CUSTOMERS}")
    moments = random.Random(seed)

    for table in ("charges_charge", "runs_draft", "invoices_invoice", "invoices_document"):
        reached = own_month.count(table)
        rows = reached + moments.randint(1, CUSTOMERS // 3)
        if rows < CUSTOMERS:
            worker = own_month.start(f"month {CHUNK}")
            own_month.kill_when(table, rows, worker, seconds_later=moments.uniform(0, 0.05))

    found = own_month.look(after=f"month {CHUNK}")
    digest = found.pop("digest")
    assert found == UNDISTURBED
    assert digest == undisturbed_digest


def test_two_whole_months_at_once_are_one_month(own_month, undisturbed_digest):
    own_month.run(f"seed {CUSTOMERS}")

    own_month.finish(*[own_month.start(f"month {CHUNK}") for _ in range(2)])

    # One may have approved before the other had prepared: what is left is found by whoever comes next.
    found = own_month.look(after=f"month {CHUNK}")
    digest = found.pop("digest")
    assert found == UNDISTURBED
    assert digest == undisturbed_digest


def test_a_clock_that_was_set_back_issues_nothing_until_it_is_right(own_month):
    own_month.run("seed 20 then prepare 10 then approve then issue 10 then prepare_next 10 then approve")

    refused = own_month.run("issue_with_a_slow_clock 48")
    held = own_month.count("invoices_invoice")

    assert (refused, held) == ("ClockBehind", 20)
    found = own_month.look(after="issue_next 10")
    assert (found["invoices"], found["numbers"], found["problems"]) == (40, list(range(1, 41)), [])


def test_a_disk_that_is_full_keeps_no_half_pdf_and_the_next_start_makes_them_all(own_month):
    own_month.run("seed 12 then prepare 10 then approve then issue 10")

    refused = own_month.run("render_on_a_full_disk 12000")
    half_way = own_month.look()
    again = own_month.look(after="render")

    assert refused == "NoRoom"
    assert (half_way["documents"], half_way["problems"]) == (0, [])
    assert not [path for path in own_month.processes.folder.rglob("*") if path.suffix == ".part"]
    assert (again["documents"], again["invoices"], again["problems"]) == (12, 12, [])


def test_a_run_of_an_earlier_day_finds_what_is_billed_already(own_month):
    own_month.run("seed 20 then prepare_next 10 then approve then issue_next 10")
    billed = own_month.look()

    found = own_month.look(after="prepare 10 then approve then issue_next 10")

    assert found == billed
