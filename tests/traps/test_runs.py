"""Traps C5 that need processes of their own: runs that are killed, and runs at the same time."""

from tests.stories.own_process import OwnMonth


def test_c088_a_run_killed_half_way_bills_everybody_once(own_month: OwnMonth):
    own_month.run("seed 1000")
    own_month.kill_when("runs_draft", 400, own_month.start("prepare 50"))
    half_way = own_month.count("runs_draft")

    own_month.run("prepare 50 then approve")
    own_month.kill_when("invoices_invoice", 400, own_month.start("issue 50"))

    found = own_month.look(after="issue 50")
    assert 400 <= half_way < 1000
    assert (found["drafts"], found["invoices"], found["customers"]) == ({"issued": 1000}, 1000, 1000)
    assert (found["numbers"], found["issued_events"]) == (list(range(1, 1001)), 1000)
    assert found["problems"] == []


def test_c090_two_runs_at_once_make_one_invoice_for_each_customer(own_month: OwnMonth):
    own_month.run("seed 300")

    own_month.finish(*[own_month.start("prepare 10") for _ in range(2)])
    own_month.run("approve")
    own_month.finish(*[own_month.start("issue 10") for _ in range(2)])

    found = own_month.look()
    assert (found["drafts"], found["invoices"], found["customers"]) == ({"issued": 300}, 300, 300)
    assert found["problems"] == []


def test_c095_fifty_issuing_at_once_leave_no_gap_though_drafts_are_thrown_away(own_month: OwnMonth):
    own_month.run("seed 55 then prepare 100 then approve_but 5")

    own_month.finish(*[own_month.start("issue_at_once 10") for _ in range(5)], own_month.start("discard 5"))

    found = own_month.look()
    assert found["drafts"] == {"discarded": 5, "issued": 50}
    assert found["numbers"] == list(range(1, 51))
    assert found["problems"] == []
