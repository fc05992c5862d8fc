"""Taking call files: what counts, what is turned down and why, and what is a repetition."""

import polars as pl
import pytest

from rebill.access.acting import Role
from rebill.kit.errors import Forbidden
from rebill.kit.files import path_of
from rebill.kit.models import Event
from rebill.sources.usage.checks.records import check_calls
from rebill.sources.usage.commands import forget_unread_calls, take_calls, taking
from rebill.sources.usage.commands.taking import CallFileTaken
from rebill.sources.usage.intake.parts import Arriving
from rebill.sources.usage.models import CallFile, CallFileState, CallPart
from rebill.sources.usage.queries.records import CallsLost, FileTab, call_files, kept_file, overlapping_parts
from tests.factories import NOW, acting_of, make_seller
from tests.sources.usage.intake import call, counts, make_switch, stored, take, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller():
    return make_seller()


@pytest.fixture
def switch(seller):
    return make_switch(seller)


def rejects_of(file: CallFile) -> list[str]:
    assert file.rejects is not None
    return path_of(file.rejects).read_text("utf-8-sig").splitlines()


def test_a_call_is_kept_as_it_was_written(seller, switch, tmp_path):
    file = take(seller, switch, write(tmp_path, "a1,acme,050-1234567,0031 6 12345678,2026-09-01 10:00:00,61.2"))

    assert counts(file) == (1, 1, 0, 0)
    assert stored(seller).to_dicts() == [
        {
            "file_id": file.pk,
            "line": 2,
            "record_id": "a1",
            "start_s": 1788249600,
            "seconds": 62,
            "caller": "31501234567",
            "called": "31612345678",
            "account": "acme",
            "trunk": "",
            "incoming": False,
            "buy_e6": None,
            "sell_e6": None,
            "destination": "",
            "reason": "",
        }
    ]


def test_every_line_is_accepted_rejected_or_a_repetition(seller, switch, tmp_path):
    rows = [call(1), call(2), call(1), "3,acme,x,0612345678,yesterday,10", "4,acme,x,,2026-09-01 10:00:00,10"]
    rows += [*["5,acme,x,0612345678,2026-09-01 10:00:00,long"], "6,acme,x,0612345678,2026-09-01 10:00:00,1,more"]
    rows += ['7,"acme,x,0612345678,2026-09-01 10:00:00,1', "", "8,acme"]

    file = take(seller, switch, write(tmp_path, *rows))

    assert counts(file) == (9, 2, 6, 1)
    told = rejects_of(file)
    assert told[0] == "id;account;from;to;start;seconds;" + ";".join(
        f"rejected: {each}" for each in ("line", "column", "value", "why", "remedy")
    )
    assert [line.split(";")[6:9] for line in sorted(told[1:], key=lambda line: int(line.split(";")[6]))] == [
        ["5", "start", "yesterday"],
        ["6", "to", ""],
        ["7", "seconds", "long"],
        ["8", "", ""],
        ["9", "", '"7,""acme,x,0612345678,2026-09-01 10:00:00,1"'],
        ["11", "start", ""],
    ]
    assert check_calls(acting=acting_of(seller)) == []


def test_the_same_file_again_adds_nothing(seller, switch, tmp_path):
    path = write(tmp_path, *(call(number) for number in range(5)))
    take(seller, switch, path)

    again = take(seller, switch, path)

    assert counts(again) == (5, 0, 0, 5)
    assert stored(seller).height == 5
    assert again.parts.count() == 0


def test_c71_the_same_id_is_one_call_of_an_account_and_another_of_another(seller, switch, tmp_path):
    take(seller, switch, write(tmp_path, call(1), call(2)))

    file = take(seller, switch, write(tmp_path, call(1), call(1, account="other"), call(3), name="later.csv"))

    assert counts(file) == (3, 2, 0, 1)
    assert sorted(stored(seller).select("record_id", "account").rows()) == [
        ("1", "acme"),
        ("1", "other"),
        ("2", "acme"),
        ("3", "acme"),
    ]


def test_another_switch_may_use_the_same_ids(seller, switch, tmp_path):
    path = write(tmp_path, call(1))
    take(seller, switch, path)

    file = take(seller, make_switch(seller, "other"), path)

    assert counts(file) == (1, 1, 0, 0)


def test_ids_that_only_share_their_number_are_two_calls(seller, switch, tmp_path, monkeypatch):
    monkeypatch.setattr("rebill.sources.usage.intake.parts.identity", lambda: pl.lit(7, pl.UInt64).alias("identity"))

    file = take(seller, switch, write(tmp_path, call(1), call(2), call(1)))

    assert counts(file) == (3, 2, 0, 1)


def test_c72_a_late_call_is_kept_in_the_month_it_began(seller, switch, tmp_path):
    rows = ["1,acme,x,0612345678,2026-03-31 23:59:00,10", "2,acme,x,0612345678,2026-04-04 10:00:00,10"]
    file = take(seller, switch, write(tmp_path, *rows))

    assert [(part.month.isoformat(), part.rows) for part in file.parts.order_by("month")] == [
        ("2026-03-01", 1),
        ("2026-04-01", 1),
    ]


def test_an_unanswered_call_has_no_seconds_and_another_leg_is_a_repetition(seller, tmp_path):
    columns = {"record_id": "id", "called": "to", "start": "start", "answered_at": "answer", "seconds": "s"}
    switch = make_switch(seller, columns=columns, leg={"column": "leg", "values": ["a"]})
    rows = ["1,0612345678,2026-09-01 10:00:00,,30,a", "1,100,2026-09-01 10:00:01,2026-09-01 10:00:05,30,b"]

    file = take(seller, switch, write(tmp_path, *rows, heading="id,to,start,answer,s,leg"))

    assert counts(file) == (2, 1, 0, 1)
    assert stored(seller)["seconds"].to_list() == [0]


def test_c86_a_call_that_ended_by_a_timer_is_billed_and_its_reason_kept(seller, tmp_path):
    row = '"A","31501234567","31612345678","default","2026-09-01 09:00:00","2026-09-01 09:00:06","2026-09-01 09:01:18"'
    path = tmp_path / "fs.csv"
    path.write_text(f'{row},"78","72","RECOVERY_ON_TIMER_EXPIRE","u-1","","acme","PCMA","PCMA"\n', "utf-8")

    take(seller, make_switch(seller, dialect="freeswitch"), path)

    assert stored(seller).select("seconds", "reason").row(0) == (72, "RECOVERY_ON_TIMER_EXPIRE")


# --- stopped, and two at once -----------------------------------------------------------------------------------------


class Stopped(BaseException):
    """What a killed process does to its work."""


def test_a_reading_that_was_stopped_counts_nothing_and_the_next_takes_its_place(seller, switch, tmp_path, monkeypatch):
    path = write(tmp_path, call(1), call(2))

    def stop(*_given: object) -> bool:
        raise Stopped

    with monkeypatch.context() as patched:
        patched.setattr(taking, "_let_count", stop)
        with pytest.raises(Stopped):
            take(seller, switch, path)
    first = CallFile.objects.get()
    assert (first.state, CallPart.objects.count()) == (CallFileState.READING, 0)

    second = take(seller, switch, path)

    first.refresh_from_db()
    assert (first.state, counts(second)) == (CallFileState.FAILED, (2, 2, 0, 0))
    assert not (kept_file(second.parts.get().path).parent / f"{first.pk}.parquet").exists()


def test_what_was_stopped_and_never_came_again_is_given_up(seller, switch):
    CallFile.objects.create(seller=seller, switch=switch, name="a", content_hash="a", received_at=NOW)

    assert forget_unread_calls(acting=acting_of(seller), before=NOW) == 0
    assert forget_unread_calls(acting=acting_of(seller), before=NOW.replace(year=2027)) == 1
    assert CallFile.objects.get().state == CallFileState.FAILED


def test_two_files_at_once_let_no_repetition_through(seller, switch, tmp_path, monkeypatch):
    write_parts = Arriving.write
    others = [write(tmp_path, call(2), call(3), name="other.csv")]

    def write_while_another_is_first(self, repeated):
        if others:
            take(seller, switch, others.pop())
        return write_parts(self, repeated)

    monkeypatch.setattr(Arriving, "write", write_while_another_is_first)

    file = take(seller, switch, write(tmp_path, call(1), call(2)))

    assert counts(file) == (2, 1, 0, 1)
    assert sorted(stored(seller)["record_id"].to_list()) == ["1", "2", "3"]
    assert check_calls(acting=acting_of(seller)) == []


def test_the_same_file_read_twice_at_once_counts_once(seller, switch, tmp_path, monkeypatch):
    write_parts, path = Arriving.write, write(tmp_path, call(1))
    more = [path]

    def write_while_it_is_taken_again(self, repeated):
        if more:
            take(seller, switch, more.pop())
        return write_parts(self, repeated)

    monkeypatch.setattr(Arriving, "write", write_while_it_is_taken_again)

    with pytest.raises(CallFileTaken):
        take(seller, switch, path)
    assert stored(seller).height == 1


# --- who may, and what is told ----------------------------------------------------------------------------------------


def test_an_integrator_may_send_calls_and_a_viewer_may_not(seller, switch, tmp_path):
    path = write(tmp_path, call(1))

    def taken_by(role: Role) -> CallFile:
        [file] = take_calls(acting=acting_of(seller, role=role), switch=switch, path=path, name="a", now=NOW)
        return file

    assert taken_by(Role.INTEGRATOR).accepted == 1
    with pytest.raises(Forbidden):
        taken_by(Role.VIEWER)


def test_what_was_taken_is_an_event(seller, switch, tmp_path):
    file = take(seller, switch, write(tmp_path, call(1)))

    told = Event.objects.get(subject_type="usage.callfile", subject_id=file.pk)
    assert (told.verb, told.details["accepted"]) == ("calls_taken", 1)


def test_files_are_listed_the_latest_first_and_those_with_problems_apart(seller, switch, tmp_path):
    fine = take(seller, switch, write(tmp_path, call(1)))
    bad = take(seller, switch, write(tmp_path, "1,a,b,c,d,e", name="bad.csv"))

    acting = acting_of(seller)
    assert list(call_files(acting)) == [bad, fine]
    assert list(call_files(acting, tab=FileTab.PROBLEMS)) == [bad]
    assert list(call_files(acting_of(make_seller()))) == []
    assert [part.file for part in overlapping_parts(seller.pk, 1788249660, 1788249660)] == [fine]
    assert not overlapping_parts(seller.pk, 0, 1788249659)


def test_a_part_that_is_gone_or_changed_is_a_problem(seller, switch, tmp_path):
    first = take(seller, switch, write(tmp_path, call(1), call(2)))
    second = take(seller, switch, write(tmp_path, call(3, day=5), name="other.csv"))
    kept_file(first.parts.get().path).write_bytes(kept_file(second.parts.get().path).read_bytes())
    kept_file(second.parts.get().path).unlink()
    CallPart.objects.filter(file=second).update(rows=7)

    assert [problem.what for problem in check_calls(acting=acting_of(seller))] == [
        "call_file.unlike",
        "call_part.damaged",
        "call_part.missing",
    ]


def test_repetitions_are_not_looked_for_where_calls_are_lost(seller, switch, tmp_path):
    first = take(seller, switch, write(tmp_path, call(1)))
    kept_file(first.parts.get().path).write_bytes(b"")

    with pytest.raises(CallsLost, match="backup"):
        take(seller, switch, write(tmp_path, call(1), name="again.csv"))
    assert CallFile.objects.get(name="again.csv").state == CallFileState.FAILED


def test_a_part_whose_bytes_were_turned_over_is_damaged(seller, switch, tmp_path):
    part = take(seller, switch, write(tmp_path, call(1), call(2))).parts.get()
    whole = kept_file(part.path).read_bytes()

    def found():
        return [(problem.what, part.path in problem.why) for problem in check_calls(acting=acting_of(seller))]

    kept_file(part.path).write_bytes(whole[:20] + bytes([whole[20] ^ 1]) + whole[21:])
    assert found() == [("call_part.damaged", True)]
    CallPart.objects.update(content_hash="")
    assert found() == []
    kept_file(part.path).write_bytes(whole[: len(whole) // 2])
    assert found() == [("call_part.damaged", True)]
