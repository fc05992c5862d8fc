"""Replays the steps of Kill Bill's integration tests through our rules, and compares what was billed."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rebill.rules.periods import add_months, days_in_month
from rebill.rules.proration import ProrationBase
from rebill.rules.recurring import Horizon
from tests.scenarios.books import Row
from tests.scenarios.killbill_catalogue import USAGE_ONLY, Catalogue, Plan, read_catalogue
from tests.scenarios.killbill_compare import Invoice, compare, read_invoice
from tests.scenarios.killbill_world import Account, Entitlement, World
from tests.scenarios.outcomes import Outcome, OutOfScope, Verdict

DAY = timedelta(days=1)
# 32 days, whatever the month.
AT_LEAST_ONE_MONTH = 32 * DAY

A_PERIOD_MORE = 62 * DAY

OUT_OF_SCOPE = {
    "expect_overdue_state": "overdue accounts: dunning comes later",
    "voidInvoice": "voiding an invoice: ours is withdrawn, which has no step of its own in the rules",
    "refundPaymentWithInvoiceItemAdjAndCheckForCompletion": "refunds of payments: receivables come later",
}
# What decides a case but was left out of its transcription, by the words that show it.
NOT_TRANSCRIBED = {
    "verride": "price overrides that are not transcribed",
    "updateQuantity": "quantities that are not transcribed",
    "SUBSCRIPTION_ACTION": "dry runs of an action that is not transcribed",
    "block:for": "loops that are not transcribed",
    "transferApi": "transfers that are not transcribed",
    "setupTest": "beginnings that are not transcribed",
    "setupScenario": "beginnings that are not transcribed",
    "insertInvoiceItemAdjustment": "adjustments by hand that are not transcribed",
    "startDate.plus": "days that are not transcribed",
    "new BaseEntitlementWithAddOnsSpecifier": "orders that are not transcribed",
    "CartSpecifier": "orders that are not transcribed",
    "ExternalChargeInvoiceItem(": "charges by hand that are not transcribed",
    "local bcd": "billing days that are not transcribed",
    "addTag": "holding invoices back, not transcribed",
}
GREEDY = "TestWithInArrearGreedySubscriptions"


def replay(case: dict[str, Any], catalogues: Path) -> Outcome:
    """One case. Where a step does not say whom it is meant for, everybody is tried."""
    try:
        best = _replayed(case, catalogues, "base")
        if best.verdict is not Verdict.ROWS:
            best = min(best, _replayed(case, catalogues, "latest"), key=lambda each: list(Verdict).index(each.verdict))
    except OutOfScope as reason:
        return Outcome(case["id"], Verdict.SKIPPED, str(reason))
    if best.verdict is Verdict.DIFFERS:
        notes = [step["note"] for step in case["steps"] if "note" in step]
        left_out = " ".join([*case.get("not_transcribed", []), *notes])
        reason = next((why for words, why in NOT_TRANSCRIBED.items() if words in left_out), None)
        if reason:
            return Outcome(case["id"], Verdict.SKIPPED, reason)
    return best


def _replayed(case: dict[str, Any], catalogues: Path, target: str) -> Outcome:
    steps = [step for step in case["steps"] if "op" in step]
    for step in steps:
        if step["op"] in OUT_OF_SCOPE:
            raise OutOfScope(OUT_OF_SCOPE[step["op"]])
    expected = [read_invoice(step) for step in steps if step["op"] == "expect_items"]
    if not any(invoice.items for invoice in expected):
        raise OutOfScope("expects nothing of a subscription: usage, taxes and charges by hand only")
    if GREEDY in case["id"]:
        raise OutOfScope("arrears that are billed before they are over")
    folder = catalogues / (case["catalog"] or "catalogs/default").removeprefix("catalogs/")
    base = ProrationBase.FIXED_30 if "FixedProration" in case["id"] else ProrationBase.ACTUAL
    replayed = Replay(World(read_catalogue(folder), base), target, expected, meant=_meant(case))
    for step in steps:
        replayed.take(step)
    replayed.finish()
    outcome = compare(case["id"], expected, replayed.runs(), replayed.previews)
    if outcome.verdict is Verdict.DIFFERS and any(step["op"] == "create_account" and "raw" in step for step in steps):
        raise OutOfScope("accounts that are not transcribed")
    return outcome


@dataclass
class Replay:
    """A case while it runs: the clock, the world, and what was previewed."""

    world: World
    target: str
    expected: list[Invoice]
    today: date | None = None
    is_off: bool = False
    specs: list[str] = field(default_factory=list)
    is_ordered: bool = False
    later: list[tuple[date, str, tuple[Any, ...]]] = field(default_factory=list)
    meant: dict[date, date] = field(default_factory=dict)
    previews: list[list[Row]] = field(default_factory=list)

    def take(self, step: dict[str, Any]) -> None:
        take = getattr(self, f"_{step['op']}", None)
        if take is not None:
            take(step)
            if not self.is_off and self.today is not None:
                self._bill(self.today)

    def runs(self) -> list[list[Row]]:
        return [run for account in self.world.accounts for _, run in sorted(account.customer.runs.items()) if run]

    def finish(self) -> None:
        """Goes on for a while, as a preview: what is foreseen, or billed in pieces, comes out when its period does."""
        reach = [item.reaches for invoice in self.expected for item in invoice.items]
        self._preview(max([self._now(), *reach]) + A_PERIOD_MORE)

    def _now(self) -> date:
        if self.today is None:
            # The clock is set where it is not transcribed: the case begins when its first item does.
            self.today = min(item.starts_on for item in self.expected[0].items if item.starts_on)
        return self.today

    def _bill(self, day: date, horizon: Horizon | None = None) -> None:
        for account in self.world.accounts:
            account.customer.bill(day, horizon=horizon)

    def _preview(self, until: date) -> None:
        """What the days up to then would bill, without billing it."""
        future = copy.deepcopy(self)
        before = len(future.runs())
        future.is_off = False
        future._bill(future._now())
        future._move(until)
        self.previews.extend(future.runs()[before:] if len(self.world.accounts) == 1 else future.runs())

    def _on(self, day: date, action: str, *words: Any) -> None:
        """Kill Bill lets a change wait for its day."""
        if day > self._now():
            self.later.append((day, action, words))
        else:
            self._do(day, action, words)

    def _do(self, day: date, action: str, words: tuple[Any, ...]) -> None:
        if action == "change":
            self.world.change(*words, on=day, today=self._now())
        else:
            getattr(self.world, action)(*words, on=day)

    # --- the clock -----------------------------------------------------------------------------------------------

    def _move(self, to: date) -> None:
        if self.today is None:
            self.today = to
        to = self.meant.get(to, to) if to < self.today else to
        if to < self.today:
            raise OutOfScope("a clock that is not transcribed")
        while self.today < to:
            self.today += DAY
            due = [each for each in self.later if each[0] <= self.today]
            self.later = [each for each in self.later if each not in due]
            for each in due:
                self._do(*each)
            if not self.is_off:
                self._bill(self.today)

    def _set_clock(self, step: dict[str, Any]) -> None:
        self._move(_iso(step["to"]))

    def _clock(self, step: dict[str, Any]) -> None:
        numbers = re.match(r"new (?:DateTime|LocalDate)\((\d+), (\d+), (\d+)", step["raw"])
        if numbers:
            self._move(date(*(int(number) for number in numbers.groups())))
        elif step["raw"] == "AT_LEAST_ONE_MONTH_MS":
            self._move(self._now() + AT_LEAST_ONE_MONTH)
        else:
            raise OutOfScope("a clock that is not transcribed")

    def _advance(self, step: dict[str, Any]) -> None:
        count, now = int(step["n"]), self._now()
        if step["unit"] in ("days", "weeks"):
            self._move(now + count * (DAY if step["unit"] == "days" else 7 * DAY))
        else:
            self._move(add_months(now, count * (12 if step["unit"] == "years" else 1)))

    # --- accounts and what they take -----------------------------------------------------------------------------

    def _create_account(self, step: dict[str, Any]) -> None:
        day = re.match(r"\d+", step.get("bill_cycle_day") or "")
        self.world.accounts.append(Account(bill_day=int(day[0]) if day else 0))

    def _spec(self, step: dict[str, Any]) -> None:
        if step["value"].startswith('"'):
            # The last specification is used again where the next order names none.
            self.specs = [step["value"]] if self.is_ordered else [*self.specs, step["value"]]
            self.is_ordered = False

    def _subscribe(self, step: dict[str, Any]) -> None:
        specs = [step["spec"]] if step.get("spec") else self.specs
        on = _iso(step["dates"][-1]) if step.get("dates") else self._now()
        for plan, phase in self._plans(step, specs, on):
            self.world.subscribe(plan, on=on, today=self._now(), phase=phase)
        self.is_ordered = True

    _add_on = _subscribe

    def _plans(self, step: dict[str, Any], specs: list[str], on: date) -> Iterator[tuple[Plan, str]]:
        if step.get("names"):
            if step["billing_period"] is None:
                raise OutOfScope("orders that are not transcribed")
            yield self._plan(step["names"][-1], step["billing_period"], "DEFAULT", on), ""
        for spec in [] if step.get("names") else specs:
            yield self._specified(spec, on)

    def _specified(self, spec: str, on: date) -> tuple[Plan, str]:
        words = [word.strip().strip('"') for word in spec.split(",")]
        if len(words) > 2 or (len(words) == 2 and words[1].startswith("BillingPeriod")):
            price_list = words[2] if len(words) > 2 and not words[2].startswith("PriceListSet") else "DEFAULT"
            phase = words[3].removeprefix("PhaseType.") if len(words) > 3 and words[3] != "null" else ""
            return self._plan(words[0], words[1].removeprefix("BillingPeriod."), price_list, on), phase
        return self.world.catalogue.named(words[0], on), ""

    def _plan(self, product: str, period: str, price_list: str, on: date) -> Plan:
        if period == USAGE_ONLY:
            return _usage_only(self.world.catalogue, product, on)
        return self.world.catalogue.found(product, period, price_list, on)

    # --- changes -------------------------------------------------------------------------------------------------

    def _change_plan(self, step: dict[str, Any]) -> None:
        product, period, policy = step["args"]
        self._change(self._plan(product, period, "DEFAULT", self._now()), policy)

    def _changePlan(self, step: dict[str, Any]) -> None:  # noqa: N802 - the step's own name
        self._change(self._specified(self.specs[-1], self._now())[0], "null")

    def _changePlanWithDate(self, step: dict[str, Any]) -> None:  # noqa: N802
        if not self.specs or step["args"][0] == "aoSpec":
            raise OutOfScope("orders that are not transcribed")
        on = self._argument_day(step["args"][1])
        self._change(self._specified(self.specs[-1], on)[0], on)

    def _changePlanOverrideBillingPolicy(self, step: dict[str, Any]) -> None:  # noqa: N802
        policy = next((word for word in step["args"] if word.startswith("BillingActionPolicy.")), "null")
        self._change(self._specified(self.specs[-1], self._now())[0], policy.removeprefix("BillingActionPolicy."))

    def _change(self, plan: Plan, policy: str | date) -> None:
        is_addition = plan.category == "ADD_ON"
        taken = [each for each in self.world.account().entitlements if each.is_addition is is_addition][-1]
        if policy == "null":
            words = {"toProduct": plan.product, "fromProduct": taken.plan.product}
            words |= {"fromBillingPeriod": taken.plan.period, "toBillingPeriod": plan.period}
            words |= {"phaseType": _phase_type(taken, self._now())}
            policy = self.world.catalogue.at(self._now()).rule("changePolicy", "policy", "END_OF_TERM", **words)
        on = policy if isinstance(policy, date) else self._effective(taken, policy)
        for waiting in [each for each in self.later if each[1] == "move_bill_day" and each[2][0] is taken]:
            # A billing day that was to move later moves with the change.
            self.later.remove(waiting)
            taken.own_bill_day = waiting[2][1]
        self._on(on, "change", taken, plan)

    def _effective(self, taken: Entitlement, policy: str) -> date:
        """The day that a policy stands for."""
        if policy == "IMMEDIATE" or not taken.books:
            return self._now()
        books = taken.books[-1]
        if policy == "START_OF_TERM":
            return max(books.history.billed_from, books.terms.schedule.period_of(self._now()).starts_on)
        charged = [row.days.ends_before for each in taken.books for row in each.rows]
        trial_ends = [each.history.trial_before for each in taken.books if each.history.trial_before]
        return max([self._now(), *(charged or trial_ends)])

    def _cancel(self, step: dict[str, Any]) -> None:
        self._end(self._target(), step["args"][-1] if step["args"] else "null")

    def _cancelEntitlementWithPolicyOverrideBillingPolicy(self, step: dict[str, Any]) -> None:  # noqa: N802
        self._end(self._target(), step["args"][1].removeprefix("BillingActionPolicy."))

    def _cancelEntitlementWithDate(self, step: dict[str, Any]) -> None:  # noqa: N802
        self._on(self._argument_day(step["args"][0]), "cancel", self._target())

    _cancelEntitlementWithDateOverrideBillingPolicy = _cancelEntitlementWithDate  # noqa: N815

    def _end(self, taken: Entitlement, policy: str) -> None:
        if policy == "null":
            phase = _phase_type(taken, self._now())
            policy = self.world.catalogue.at(self._now()).rule("cancelPolicy", "policy", "END_OF_TERM", phaseType=phase)
        self._on(self._effective(taken, policy), "cancel", taken)

    def _target(self) -> Entitlement:
        entitlements = self.world.account().entitlements
        if not entitlements:
            raise OutOfScope("beginnings that are not transcribed")
        return entitlements[-1] if self.target == "latest" else self.world.account().base() or entitlements[-1]

    def _uncancelEntitlement(self, step: dict[str, Any]) -> None:  # noqa: N802
        self.later = [each for each in self.later if each[1] != "cancel"]

    def _pause(self, step: dict[str, Any]) -> None:
        self._on(_iso(step["dates"][0]) if step["dates"] else self._now(), "pause")

    def _resume(self, step: dict[str, Any]) -> None:
        self._on(_iso(step["dates"][0]) if step["dates"] else self._now(), "resume")

    def _addBlockingState(self, step: dict[str, Any]) -> None:  # noqa: N802
        action = "resume" if step["args"][0].startswith("un") else "pause"
        self._on(self._argument_day(step["args"][1]), action)

    def _updateBCD(self, step: dict[str, Any]) -> None:  # noqa: N802
        words = step["args"]
        day = next(int(word) for word in words if word.isdigit())
        on = next((self._argument_day(word) for word in words if "LocalDate" in word), self._now())
        moved_on = on.replace(day=min(day, days_in_month(on.year, on.month)))
        if moved_on < on:
            moved_on = add_months(moved_on, 1, anchor_day=day)
        taken = self._target()
        if moved_on >= self._effective(taken, "END_OF_TERM"):
            self.world.move_bill_day(taken, day, on=moved_on)
        else:
            self._on(moved_on, "move_bill_day", taken, day)

    # --- invoicing -----------------------------------------------------------------------------------------------

    def _add_AUTO_INVOICING_OFF_Tag(self, step: dict[str, Any]) -> None:  # noqa: N802
        self.is_off = True

    def _remove_AUTO_INVOICING_OFF_Tag(self, step: dict[str, Any]) -> None:  # noqa: N802
        self.is_off = False

    def _config(self, step: dict[str, Any]) -> None:
        if step["key"] == "setInvoicingSystemEnabled":
            self.is_off = step["value"] == "false"

    def _triggerInvoiceGeneration(self, step: dict[str, Any]) -> None:  # noqa: N802
        until = self._argument_day(step["args"][1])
        self._bill(self._now(), Horizon(arrears_until=until, advance_before=until + DAY))

    def _triggerDryRunInvoiceGeneration(self, step: dict[str, Any]) -> None:  # noqa: N802
        word = step["args"][1]
        self._preview(self._now() + 400 * DAY if word == "null" else self._argument_day(word, default=self._now()))

    def _argument_day(self, text: str, default: date | None = None) -> date:
        day = _local_date(text)
        if day:
            return self.meant.get(day, day) if day < self._now() and "plus" not in text else day
        if "clock.get" in text:
            return self._now()
        if default is not None:
            return default
        raise OutOfScope("days that are not transcribed")


def _usage_only(catalogue: Catalogue, product: str, on: date) -> Plan:
    plans = catalogue.at(on).plans.values()
    plan = next((each for each in plans if each.product == product and each.period == USAGE_ONLY), None)
    if plan is None:
        raise OutOfScope("a plan that its catalogue does not have")
    return plan


def _phase_type(taken: Entitlement, on: date) -> str:
    span = next((each for each in taken.spans if each.starts_on <= on and (each.ends_before or date.max) > on), None)
    return span.phase.kind if span else ""


def _local_date(text: str) -> date | None:
    numbers = re.search(r"LocalDate\(\"?(\d+)\D+(\d+)\D+(\d+)", text)
    if not numbers:
        return None
    return date(*(int(number) for number in numbers.groups())) + (DAY if "plusDays(1)" in text else 0 * DAY)


def _meant(case: dict[str, Any]) -> dict[date, date]:
    """Days that a case calls by one name and sets anew: once the first is past, the second is meant."""
    pairs = (line.split(" = ") for line in case.get("not_transcribed", []) if line.startswith("new LocalDate"))
    days = ((_local_date(pair[0]), _local_date(pair[-1])) for pair in pairs if "plus" not in pair[-1])
    return {first: second for first, second in days if first and second}


def _iso(text: str) -> date:
    numbers = re.search(r"(\d{4})\D+(\d+)\D+(\d+)", text)
    if not numbers:
        raise OutOfScope("a clock that is not transcribed")
    return date(*(int(number) for number in numbers.groups()))
