"""How `rebill` finds out who acts for whom, and how it ends when something is wrong."""

import errno
import json

import pytest
from django.conf import settings

from rebill.access.acting import Role
from rebill.interfaces.cli.acting import begin_session
from rebill.interfaces.cli.app import run
from rebill.interfaces.imports.inspecting import open_file
from rebill.interfaces.imports.running import ImportStopped, import_file
from rebill.kit.errors import Conflict, NotFound
from rebill.kit.imports.layouts import check_imports
from rebill.parties.commands import grant_role
from rebill.parties.models import Customer
from tests.factories import NOW, acting_of, make_seller, make_user
from tests.interfaces.machine import Machine
from tests.stories.chain import Link


def test_the_only_owner_of_the_only_seller_acts(seller):
    session = begin_session(seller=None, user=None)

    assert session.seller == seller
    assert session.acting == acting_of(seller)


def test_one_of_several_sellers_must_be_named(seller):
    make_seller("zuidkade")

    with pytest.raises(Conflict, match="noordwal, zuidkade"):
        begin_session(seller=None, user=None)
    assert begin_session(seller="zuidkade", user=None).seller.slug == "zuidkade"


def test_a_wholesaler_acts_unless_one_of_its_dealers_is_named(seller):
    dealer = Link(seller).dealer("Delta Telecom", slug="delta").seller

    assert begin_session(seller=None, user=None).seller == seller
    assert begin_session(seller="delta", user=None).seller == dealer


def test_one_of_several_owners_must_be_named(seller):
    second = make_user("mede")
    grant_role(acting=acting_of(seller), user=second, role=Role.OWNER, now=NOW)

    with pytest.raises(Conflict, match="--user"):
        begin_session(seller=None, user=None)
    assert begin_session(seller=None, user="mede").acting.user_id == second.pk


def test_a_user_of_another_seller_knows_no_such_seller(seller):
    make_seller("zuidkade", owner=make_user("zuid"))

    with pytest.raises(NotFound):
        begin_session(seller="noordwal", user="zuid")


def test_the_day_is_the_sellers_own(seller):
    seller.time_zone = "Pacific/Kiritimati"
    session = begin_session(seller=None, user=None)

    ahead = session.__class__(acting=session.acting, seller=seller, now=NOW.replace(hour=23))

    assert ahead.today.day == NOW.day + 1


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch):
    """One line is one line, however long."""
    monkeypatch.setenv("COLUMNS", "300")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["import"], ["import", "customers"], ["import", "customers", "--what"]]
)
def test_what_is_no_command_is_refused_in_one_line(seller, capsys, words):
    assert run(words) == 2

    told = capsys.readouterr().err
    assert told.startswith("Refused: ")
    assert len(told.splitlines()) == 1


def test_help_is_no_fault(capsys):
    assert run(["--help"]) == 0
    assert "import" in capsys.readouterr().out


def test_a_fault_of_ours_is_told_shortly_and_kept(rebill, seller, write):
    # A role that no version of rebill ever wrote.
    seller.memberships.update(role="boss")
    name = seller.memberships.get().user.username

    ended = rebill("import", "customers", write("Klantnummer;Naam", "1;Smit"), "--user", name)

    assert ended.code == 3
    assert "Traceback" not in ended.aside
    assert "boss" in (settings.REBILL_DATA / "errors.log").read_text()


def test_a_terminal_is_not_steered_by_a_file(rebill, write):
    file = write("Klantnummer;Naam;Betaaltermijn", "1;\x1b[31m[red]Smit;\x1b]0;nu\x07")

    ended = rebill("import", "customers", file)

    assert ended.code == 1
    assert "\x1b" not in ended.shown + ended.aside


def test_a_stopped_import_says_how_far_it_came(seller, write):
    file = write("Klantnummer;Naam", *(f"{number};Klant {number}" for number in range(1, 2_501)))
    acting = acting_of(seller)

    def disk_is_full(_lines):
        raise OSError(errno.ENOSPC, "No space left on device")

    opened = open_file(acting=acting, entity="customers", source=file, file_name=file.name)
    with pytest.raises(ImportStopped, match=r"after line 1001: .*No space left"):
        import_file(acting=acting, opened=opened, now=NOW, on_progress=disk_is_full)

    assert Customer.objects.count() == 1_000
    assert [problem.what for problem in check_imports(seller_id=seller.pk)] == ["import.unfinished"]
    again = import_file(acting=acting, opened=opened, now=NOW)
    assert (again.result.accepted, again.result.unchanged, again.result.rejected) == (1_500, 1_000, 0)
    assert check_imports(seller_id=seller.pk) == []


def test_a_machine_without_tables_makes_them_once(tmp_path):
    machine = Machine(f"sqlite:///{tmp_path / 'fresh.sqlite3'}", tmp_path / "machine")

    both = [machine.start("import", "customers", tmp_path / "nowhere.csv") for _attempt in range(2)]
    told = [process.communicate(timeout=300)[1] for process in both]

    assert [process.returncode for process in both] == [2, 2]
    assert all("There is no seller yet" in each and "Traceback" not in each for each in told)


def test_results_are_json_for_other_programs(rebill, write):
    ended = rebill("import", "customers", write("Klantnummer;Naam", "1;Smit"), "--json")

    told = json.loads(ended.shown)
    assert (told["entity"], told["file"], told["lines"], told["dry_run"]) == ("customers", "file.csv", 1, False)
    assert len(told["sha256"]) == 64
    assert ended.aside == ""
