"""Every layout of call files that is known, read from what switches and other systems really write."""

from typing import Any

import polars as pl
import pytest

from rebill.sources.usage.dialects import DialectUnknown, SettingsUnfit, dialect_names, read_dialect
from rebill.sources.usage.intake.values import moment, seconds_of
from rebill.sources.usage.models import CallFileState
from rebill.sources.usage.queries.endpoints import endpoint_frame
from tests.factories import make_seller
from tests.paths import CORPORA, needs_corpora
from tests.sources.usage.intake import SIMPLE, call, counts, make_switch, stored, take, write

pytestmark = pytest.mark.django_db
SAMPLES = CORPORA.parent / "reference" / "samples" / "cdr"
WIDTHS = {
    "kind": [1, 3], "number": [4, 10], "start": [15, 28], "caller": [31, 49], "called": [53, 73],
    "seconds": [128, 133], "destination": [157, 190],
}  # fmt: skip
FIXED = {name: name for name in ("caller", "called", "start", "seconds", "destination")}
# Dialect, settings, lines, accepted, rejected, and of the first call: start, seconds, caller, called, account.
LAYOUTS: dict[str, tuple[str, dict[str, Any], tuple[int, int, int], tuple[Any, ...]]] = {
    "cgrates_broadsoft_broadworks.xml": (
        "broadworks", {}, (2, 2, 0), (1461099605, 14, "=1001", "4915117174963", "1001@cgrates.org"),
    ),
    "cgrates_fixed_width_nl.cdr": (
        "fixed",
        {
            "widths": WIDTHS,
            "frame": {"column": "kind", "values": ["HDR", "TRL"]},
            "columns": {"record_id": "number", **FIXED},
        },
        (33, 33, 0),
        (1341764106, 18, "31123451234", "31123123120", ""),
    ),
    "cgrates_flatstore_answered.cdr": ("flatstore", {}, (4, 4, 0), (1436454408, 2, "=1001", "=1002", "1001")),
    "cgrates_flatstore_part1.cdr": ("flatstore", {}, (1, 0, 1), ()),
    "cgrates_flatstore_part2.cdr": ("flatstore", {}, (2, 0, 2), ()),
    "cgrates_header_3.csv": (
        "csv",
        {
            "unit": "go",
            "columns": {
                "record_id": "OriginID", "account": "Account", "called": "Destination", "start": "SetupTime",
                "seconds": "Usage",
            },
        },
        (1, 1, 0),
        (1515344400, 300, "", "=1002", "1001"),
    ),
    "cgrates_partial.xml": (
        "xml",
        {
            "record": "partial_cdr",
            "moments": ["%Y%m%d%H%M%S%.f", "%Y%m%d%H%M%S"],
            "columns": {
                "record_id": "ID", "account": "Account", "called": "Destination",
                "start": ["AnswerTime", "ReleaseTime"], "answered_at": "AnswerTime", "ended_at": "ReleaseTime",
            },
        },
        (3, 1, 2),
        (1697021913, 0, "", "=1002", "1001"),
    ),
    "cgrates_partial_1.csv": (
        "csv",
        {
            "header": False,
            "moments": ["%d.%m.%Y %H:%M:%S"],
            "only": {"column": 11, "values": ["complete"]},
            "columns": {"record_id": [10, 4], "caller": 1, "called": 2, "start": 4, "seconds": 7, "sell": 9},
        },
        (2, 1, 1),
        (1467658735, 74, "4986517174964", "4986517174963", ""),
    ),
    "cgrates_partial_3.csv": (
        "csv",
        {
            "header": False,
            "moments": ["%d.%m.%Y %H:%M:%S"],
            "columns": {"record_id": [10, 4], "caller": 1, "called": 2, "start": 4, "seconds": 7, "sell": 9},
        },
        (1, 1, 0),
        (1467651955, 23, "4986517174964", "4986517174960", ""),
    ),
    "cgrates_semicolon_filter_4.csv": (
        "csv",
        {
            "header": False,
            "delimiter": ";",
            "country": "DE",
            "only": {"column": 4, "values": ["1002"]},
            "columns": {"record_id": 1, "account": 4, "called": 5, "start": 6, "seconds": 7},
        },
        (3, 2, 1),
        (1359917640, 62, "", "4986517174963", "1002"),
    ),
    "cgrates_single.json": (
        "json",
        {
            "unit": "ns",
            "columns": {
                "record_id": "OriginID", "account": "Account", "called": "Destination", "start": "SetupTime",
                "seconds": "Usage",
            },
        },
        (1, 1, 0),
        (1535126426, 120, "", "4986517174963", "voiceAccount"),
    ),
    "composed_3cx.csv": ("threecx", {}, (1, 1, 0), (1793520000, 124, "=100", "31612345678", "100")),
    "composed_asterisk_cdr_csv.csv": (
        "asterisk", {}, (1, 1, 0), (1793520000, 124, "31501234567", "31612345678", "acme"),
    ),
    "composed_cucm.csv": ("cucm", {}, (1, 1, 0), (1793523600, 124, "=100", "31612345678", "")),
    "composed_freeswitch_example.csv": (
        "freeswitch", {}, (1, 1, 0), (1793520000, 124, "31501234567", "31612345678", "acme"),
    ),
    "composed_outbox_style.csv": (
        "outbox", {}, (1, 1, 0), (1793520006, 124, "4923456789", "31612345678", "12345-001"),
    ),
}  # fmt: skip


@pytest.fixture
def seller():
    return make_seller()


@needs_corpora("4_telecom", "cdr_samples")
def test_no_sample_is_left_out():
    found = {path.name for folder in (CORPORA / "4_telecom" / "cdr_samples", SAMPLES) for path in folder.iterdir()}

    assert found == LAYOUTS.keys()


@needs_corpora("4_telecom", "cdr_samples")
@pytest.mark.parametrize("name", LAYOUTS)
def test_every_sample_is_read(seller, name):
    dialect, settings, wanted, first = LAYOUTS[name]
    path = (CORPORA / "4_telecom" / "cdr_samples" if name.startswith("cgrates") else SAMPLES) / name

    file = take(seller, make_switch(seller, dialect=dialect, **settings), path)

    assert (file.state, file.words, counts(file)[:3]) == (CallFileState.READ, "", wanted)
    calls = stored(seller)
    if first:
        assert calls.select("start_s", "seconds", "caller", "called", "account").row(0) == first


@needs_corpora("4_telecom", "astpp_rating")
def test_a_month_of_asterisk_and_its_rerun_which_adds_nothing(seller):
    folder = CORPORA / "4_telecom" / "astpp_rating"
    switch = make_switch(seller, dialect="asterisk", unprefixed="digits")

    first = take(seller, switch, folder / "asterisk_Master.csv")
    again = take(seller, switch, folder / "asterisk_Master_rerun_overlap.csv")

    assert (counts(first), counts(again)) == ((1500, 1500, 0, 0), (400, 0, 0, 400))
    expected = pl.read_csv(folder / "expected_rating.csv", infer_schema=False).select("uniqueid", "dst", "billsec")
    told = stored(seller).select("record_id", "called", pl.col("seconds").cast(pl.String))
    assert dict(zip(told["record_id"], told.select("called", "seconds").rows(), strict=True)) == {
        uniqueid: (number, seconds) for uniqueid, number, seconds in expected.rows()
    }


def test_the_neutral_layout_has_both_sides_and_a_direction(seller, tmp_path):
    heading = (
        "switch,cdr_source_type,callid,caller_id_number,caller_id_name,destination_number,dialcode,state,channel,"
        "starting_date,duration,billsec,progresssec,answersec,waitsec,hangup_cause_id,hangup_cause,direction,"
        "country_code,accountcode,buy_rate,buy_cost,sell_rate,sell_cost,extradata"
    )
    row = "s1,1,c-9,+31501234567,Jan,+31612345678,316,,trunk-1,2026-09-01 10:00:00,70,60,0,0,0,16,NORMAL,{},31,acme,"
    rows = [row.format("inbound") + "0.01,0.012345678,0.02,-1.5,{}", row.replace("c-9", "c-10").format("out") + ",,,,"]

    file = take(seller, make_switch(seller, dialect="neutral"), write(tmp_path, *rows, heading=heading))

    assert counts(file)[:2] == (2, 2)
    assert stored(seller).select("record_id", "trunk", "incoming", "buy_e6", "sell_e6").rows() == [
        ("s1|c-9", "trunk-1", True, 12346, -1_500_000),
        ("s1|c-10", "trunk-1", False, None, None),
    ]


def test_parquet_is_read_with_its_own_kinds(seller, tmp_path):
    path = tmp_path / "calls.parquet"
    moment = pl.Series(["2026-09-01T08:00:00", "2026-09-01T08:00:01"]).str.to_datetime(time_zone="UTC")
    pl.DataFrame(
        {"id": [1, 2], "account": ["a", "b"], "from": ["x", None], "to": [31612345678] * 2, "start": moment}
    ).with_columns(seconds=pl.Series([60.5, 2.0])).write_parquet(path)

    file = take(seller, make_switch(seller, dialect="parquet", **SIMPLE), path)

    assert counts(file)[:2] == (2, 2)
    assert stored(seller).select("start_s", "seconds", "called").row(0) == (1788249600, 61, "31612345678")


def test_json_may_be_one_object_a_line(seller, tmp_path):
    columns = {"record_id": "id", "called": "to/number", "start": "start", "seconds": "s"}
    line = '{"id": %d, "to": {"number": "+31612345678"}, "start": "2026-09-01T10:00:00+02:00", "s": 1.5}\n'
    path = tmp_path / "calls.ndjson"
    path.write_text(line % 1 + "{broken\n" + line % 2, "utf-8")

    file = take(seller, make_switch(seller, dialect="json", columns=columns), path)

    assert counts(file) == (3, 2, 1, 0)
    assert stored(seller).select("line", "record_id", "start_s", "seconds").rows() == [
        (1, "1", 1788249600, 2),
        (3, "2", 1788249600, 2),
    ]


@pytest.mark.parametrize(
    "declared",
    ['<!ENTITY a "b">', '<!ENTITY a SYSTEM "file:///etc/passwd">', '<!ENTITY a "1"><!ENTITY b "&a;&a;">'],
)
def test_xml_with_entities_is_refused(seller, tmp_path, declared):
    path = tmp_path / "calls.xml"
    path.write_text(f"<!DOCTYPE r [{declared}]><r><record><id>&a;</id></record></r>", "utf-8")
    columns = {"record_id": "id", "called": "to", "start": "start", "seconds": "s"}

    file = take(seller, make_switch(seller, dialect="xml", columns=columns), path)

    assert (file.state, file.lines) == (CallFileState.FAILED, 0)


@pytest.mark.parametrize(
    ("unit", "text", "seconds"),
    [
        ("s", "61", 61), ("s", "61.001", 62), ("s", "61,0", 61), ("s", "-1", None), ("s", "", None),
        ("ms", "1000", 1), ("ms", "1001", 2), ("ns", "120000000000", 120), ("us", "1", 1),
        ("min", "1.5", 90), ("min", "0.0001", 1), ("min", "2", 120),
        ("hms", "00:02:04", 124), ("hms", "2:04", 124), ("hms", "100:00:00", 360000), ("hms", "61", None),
        ("go", "5m", 300), ("go", "1m5s", 65), ("go", "2h", 7200), ("go", "1.5s", 2), ("go", "5", None),
    ],
)  # fmt: skip
def test_durations_are_whole_seconds_that_have_begun(unit, text, seconds):
    found = seconds_of(pl.Series([text]), unit).item()

    assert (found if found is None or found >= 0 else None) == seconds


@pytest.mark.parametrize(
    ("form", "text", "start_s"),
    [
        ("iso", "2026-09-01T10:00:00", 1788249600), ("iso", "2026-09-01 08:00:00Z", 1788249600),
        ("iso", "2026-09-01T10:00:00.123+02:00", 1788249600), ("iso", "2026-09-01 03:30:00 -0430 UTC", 1788249600),
        ("iso", "2026-09-01", None), ("iso", "2026-02-30 10:00:00", None),
        ("%d.%m.%Y %H:%M:%S", "01.09.2026 10:00:00", 1788249600), ("%d.%m.%Y %H:%M", "01.09.2026 10:00", 1788249600),
        ("%m/%d/%Y %I:%M:%S %p", "09/01/2026 10:00:00 AM", 1788249600),
        ("%Y-%m-%d %H:%M:%S %z", "2026-09-01 10:00:00 +0200", 1788249600),
        ("unix", "1788249600", 1788249600), ("unix", "1788249600.9", 1788249600), ("unix", "0", None),
        ("unix_ms", "1788249600999", 1788249600),
        # The clock skips from two to three, and goes from three back to two.
        ("iso", "2026-03-29 02:30:00", None), ("iso", "2026-10-25 02:30:00", 1792888200),
    ],
)  # fmt: skip
def test_moments_are_those_of_the_form_and_the_time_zone(form, text, start_s):
    frame = pl.DataFrame({"text": [text]})

    assert frame.select(moment(pl.col("text"), (form,), "Europe/Amsterdam")).item() == start_s


def test_a_call_through_the_hour_that_comes_twice_is_as_long_as_it_was(seller, tmp_path):
    columns = {"record_id": "id", "called": "to", "start": "start", "ended_at": "end"}
    row = "1,0612345678,2026-10-25 02:59:50,2026-10-25 02:00:20"

    take(seller, make_switch(seller, columns=columns), write(tmp_path, row, heading="id,to,start,end"))

    assert stored(seller)["seconds"].to_list() == [30]


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ({"colour": "red"}, "colour"),
        ({"delimiter": "ab"}, "delimiter"),
        ({"encoding": "klingon"}, "encoding"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"unit": "hours"}, "unit"),
        ({"country": "Netherlands"}, "country"),
        ({"moments": ["today"]}, "moments"),
        ({"columns": {"start": 1}}, "columns"),
        ({"columns": {"start": 1, "called": 2}}, "columns"),
        ({"columns": {"colour": 1}}, "columns.colour"),
        ({"columns": {"start": {"column": 1, "extract": "("}}}, "columns.start"),
        ({"columns": {"start": {"column": 1, "extract": "(?=a)(b)"}}}, "columns.start"),
        ({"skip_lines": -1}, "skip_lines"),
        ({"header": "yes"}, "header"),
        ({"only": {"column": "a"}}, "only"),
        ({"widths": {"a": [3, 1]}}, "widths.a"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused_by_name(said, named):
    with pytest.raises(SettingsUnfit) as refused:
        read_dialect("csv", said)

    assert refused.value.setting == named


def test_a_dialect_that_is_unknown_is_refused_and_all_others_can_be_read():
    own = {"columns": {"start": 1, "called": 2, "seconds": 3}}
    assert all(read_dialect(name, own).name == name for name in dialect_names())
    with pytest.raises(DialectUnknown):
        read_dialect("pigeon", {})


def test_columns_may_stand_in_any_order_under_their_names(seller, tmp_path):
    path = tmp_path / "calls.csv"
    path.write_text(
        "# made by a switch\n seconds ,to,start,id\n61,0612345678,2026-09-01 10:00:00,1\n",
        "utf-8",
    )
    columns = {"record_id": "id", "called": "to", "start": "start", "seconds": "seconds"}

    file = take(seller, make_switch(seller, columns=columns, skip_lines=1), path)

    assert counts(file) == (1, 1, 0, 0)
    assert stored(seller).select("line", "seconds").row(0) == (3, 61)


def test_an_odd_line_does_not_change_what_its_neighbours_are(seller, tmp_path):
    odd = ["", '2,"ac""me",x,0612345678,2026-09-01 10:00:00,7', '3,ac"me,x,0612345678,2026-09-01 10:00:00,7', "\x00"]

    file = take(seller, make_switch(seller), write(tmp_path, call(1), *odd, call(4)))

    assert counts(file)[:3] == (4, 3, 1)
    assert stored(seller).select("line", "account").rows() == [(2, "acme"), (4, 'ac"me'), (7, "acme")]


def test_nobody_has_endpoints_at_first(seller):
    assert endpoint_frame([seller.pk]).height == 0
