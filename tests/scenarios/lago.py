"""Replays the steps of Lago's scenarios through our rules: what the names and methods in them mean."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from rebill.rules.periods import local_day
from tests.scenarios import lago_factories as factories
from tests.scenarios.lago_answers import Day, answer
from tests.scenarios.lago_records import USAGE, Customer, FixedCharge, Plan, Subscription
from tests.scenarios.lago_steps import BILLING_SERVICES, IDLE, IDLE_SERVICES, OUT_OF_SCOPE
from tests.scenarios.lago_values import inside, is_ours, moment_of, of_number, of_time
from tests.scenarios.lago_world import World
from tests.scenarios.outcomes import Outcome, OutOfScope, Verdict
from tests.scenarios.ruby import Arguments, evaluate


def replay(case: dict[str, Any]) -> Outcome:
    """One case: every amount and every day that is expected and that our rules know is compared."""
    replayed = Replay(case["setup"])
    decisive = 0
    try:
        for text in case["before"]:
            replayed.prepare(text)
        for step in case["steps"]:
            replayed.take(step)
    except OutOfScope as reason:
        decisive = len(replayed.left_out)
        replayed.left_out.append(str(reason))
    if replayed.differences:
        return Outcome(case["id"], Verdict.DIFFERS, replayed.differences[0])
    if not replayed.compared:
        # What ended the case says more than the first thing that it asked in vain.
        reasons = replayed.left_out[decisive:] or ["expects neither amounts nor days"]
        return Outcome(case["id"], Verdict.SKIPPED, reasons[0])
    return Outcome(case["id"], Verdict.PART if replayed.left_out else Verdict.ROWS)


@dataclass
class Replay:
    """The scope that a case's expressions are evaluated in."""

    setup: dict[str, str]
    world: World = field(default_factory=World)
    variables: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    compared: int = 0
    differences: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    # --- steps ---------------------------------------------------------------------------------------------------

    def prepare(self, text: str) -> None:
        """A line of what comes before the steps; blocks are flattened, so `travel_to x do` just moves the clock."""
        text = text.strip()
        moved = re.match(r"travel_to[ (](.*?)\)? do$", text)
        if moved:
            self.world.travel(moment_of(evaluate(moved[1], self)))
        elif text and text != "end" and not text.startswith(("#", "allow", "Stripe::", "expect(")):
            if text.endswith((" do", "|")):
                raise OutOfScope("blocks that are not transcribed as such")
            evaluate(text, self)

    def take(self, step: dict[str, Any]) -> None:
        operation = step.get("op", "note")
        if operation == "expect":
            self._expect(step)
        elif operation == "travel_to":
            self.world.travel(self._at(step["at"]))
        elif operation in ("bind", "other"):
            self._statement(step["text"])
        elif operation.startswith("factory_"):
            # The name that the thing was given is not transcribed.
            made = operation.removeprefix("factory_")
            self.made[made] = evaluate(f"create(:{made}{step['args']})", self)
        elif operation != "note":
            evaluate(f"{operation}({step.get('args', '').removeprefix('!')})", self)

    def _statement(self, text: str) -> None:
        if text.endswith((" do", "|")) or text.startswith(("end", "expect do")):
            raise OutOfScope("blocks that are not transcribed as such")
        moved = re.match(r"travel_to\((.*?)\) \{ (.*) \}$", text)
        if moved:
            self.world.travel(moment_of(evaluate(moved[1], self)))
            text = moved[2]
        bound = re.match(r"(\w+) = ", text)
        try:
            evaluate(text, self)
        except OutOfScope as reason:
            if not bound:
                raise
            # What has no counterpart can be named; whatever is asked of it later is not compared.
            self.left_out.append(str(reason))
            self.variables[bound[1]] = factories.Stub(str(reason), {})

    def _at(self, text: str) -> datetime:
        if re.match(r"\d{4}-\d\d", text):
            return moment_of(text)
        return moment_of(evaluate(text, self))

    # --- expectations --------------------------------------------------------------------------------------------

    def _expect(self, step: dict[str, Any]) -> None:
        try:
            if "what" in step:
                self._compare(step)
            else:
                self._raw(step["raw"])
        except OutOfScope as reason:
            self.left_out.append(str(reason))

    def _raw(self, text: str) -> None:
        """`expect { what is done }.to change …`, or `expect(what).to include(…)`."""
        if text.startswith("expect {"):
            evaluate(inside(text, text.index("{")), self)
            return
        included = re.match(r"expect\((.*?)\)\.to include\((.*)\)$", text)
        if included and "=>" not in included[2]:
            self._compare({"what": included[1], "matcher": "have_attributes", "value": included[2]})
        elif included:
            self._compare({"what": included[1], "matcher": "have_attributes", "value": "{" + included[2] + "}"})

    def _compare(self, step: dict[str, Any]) -> None:
        what, matcher, value = step["what"], step["matcher"], step["value"].strip()
        if matcher == "have_attributes":
            found = evaluate(what, self)
            expected = evaluate(value if value.startswith("{") else "{" + value + "}", self)
            for word, each in expected.items():
                self._attribute(f"{what}.{word}", found, word, each)
            return
        if matcher not in ("eq", "be", "match_datetime", "match_array"):
            return
        found, expected = evaluate(what, self), evaluate(value, self)
        if is_ours(found) and is_ours(expected):
            self._check(what, found, expected, is_unordered=matcher == "match_array")

    def _attribute(self, what: str, found: Any, word: str, expected: Any) -> None:
        try:
            value = self.method(found, word, Arguments([], {}))
        except OutOfScope as reason:
            if "precise" not in word and "rate" not in word:
                self.left_out.append(str(reason))
            return
        if is_ours(value) and is_ours(expected):
            self._check(what, value, expected, is_unordered=False)

    def _check(self, what: str, found: Any, expected: Any, *, is_unordered: bool) -> None:
        # How many documents there are says nothing of what is owed; a pass needs an amount or a day.
        self.compared += not what.endswith((".count", ".size", ".length"))
        if is_unordered:
            found, expected = sorted(found), sorted(expected)
        if isinstance(found, Day):
            expected = found.day_of(expected)
        elif isinstance(found, list):
            expected = [Decimal(each) for each in expected]
        if found != expected:
            self.differences.append(f"{what}: {found}, {expected} expected")

    # --- names ---------------------------------------------------------------------------------------------------

    def assign(self, name: str, value: Any) -> Any:
        self.variables[name] = value
        return value

    def name(self, name: str, arguments: Arguments) -> Any:
        if name in self.variables and not arguments.values:
            return self.variables[name]
        if name in self.setup and not arguments.values:
            self.variables[name] = evaluate(self.setup[name], self)
            return self.variables[name]
        if name in IDLE:
            return None
        if name in OUT_OF_SCOPE:
            return self._out_of_scope(name)
        known: dict[str, Callable[[Arguments], Any]] = {
            "create": lambda given: factories.make(self.world, given),
            "create_list": self._create_list,
            "create_tax": lambda given: factories.make_tax(
                self.world, given.values[0] | {"applied_to_organization": 1}
            ),
            "create_plan": lambda given: factories.make_plan(self.world, given.values[0]),
            "create_or_update_customer": lambda given: factories.make_customer(self.world, given.values[0]),
            "create_subscription": self._subscribe,
            "create_customer_subscription": lambda given: self._subscribe_plainly(),
            "perform_billing": lambda given: self._bill_all(),
            "terminate_subscription": lambda given: self._terminate(given.values[0]),
            "update_plan": self._update_plan,
            "update_subscription": self._update_subscription,
            "update_subscription_fixed_charge": self._update_units,
            "create_one_off_invoice": self._invoice_once,
            "estimate_credit_note": self._estimate,
            "create_credit_note": self._credit,
        }
        if name in known:
            return known[name](arguments)
        if name[:1].isupper() or name == "json":
            return factories.Stub(name, arguments.words)
        for kind, made in self.made.items():
            if name.endswith(kind):
                return made
        raise OutOfScope("names that are not transcribed")

    def _out_of_scope(self, name: str) -> None:
        if OUT_OF_SCOPE[name] is USAGE:
            for plan in self.world.plans:
                plan.has_usage = True
            return
        raise OutOfScope(OUT_OF_SCOPE[name])

    def _create_list(self, given: Arguments) -> list[Any]:
        name, count, *rest = given.values
        return [factories.make(self.world, Arguments([name, *rest], given.words)) for _ in range(count)]

    def _customer(self, external_id: str) -> Customer:
        return next(each for each in self.world.customers if each.external_id == external_id)

    def _subscribe(self, given: Arguments) -> None:
        if not given.values or not isinstance(given.values[0], dict):
            raise OutOfScope("steps that are not transcribed")
        said = given.values[0]
        if said.get("activation_rules"):
            raise OutOfScope("subscriptions that begin when they are paid")
        customer = self._customer(said["external_customer_id"])
        plan = next(each for each in self.world.plans if each.code == said["plan_code"])
        on = self.world.today(customer)
        if said.get("subscription_at"):
            on = local_day(moment_of(said["subscription_at"]), customer.timezone)
        plan = self._overridden(plan, said.get("plan_overrides") or {})
        billing_time = str(said.get("billing_time") or "calendar")
        external_id = said["external_id"]
        self.world.subscribe(customer, plan, external_id=external_id, billing_time=billing_time, on=on)
        taken = customer.subscriptions[-1]
        if on > self.world.today(customer):
            taken.status = "pending"
        if said.get("ending_at"):
            self.world.end_on(taken, local_day(moment_of(said["ending_at"]), customer.timezone))
        if on <= self.world.today(customer):
            self._bill(customer)

    def _subscribe_plainly(self) -> None:
        customer, plan = (self.name(name, Arguments([], {})) for name in ("customer", "plan"))
        said = {
            "external_customer_id": customer.external_id,
            "external_id": customer.external_id,
            "plan_code": plan.code,
        }
        self._subscribe(Arguments([said], {}))

    def _overridden(self, plan: Plan, overrides: dict[str, Any]) -> Plan:
        if not overrides:
            return plan
        amount = overrides.get("amount_cents", plan.amount_cents)
        child = Plan(plan.code, plan.interval, Decimal(amount), plan.pay_in_advance, plan.trial_period)
        child.fixed_monthly, child.taxes, child.has_usage = plan.fixed_monthly, plan.taxes, plan.has_usage
        units = {each["id"]: Decimal(each["units"]) for each in overrides.get("fixed_charges", []) if "units" in each}
        for charge in plan.fixed_charges:
            own = units.get(charge, charge.units)
            child.fixed_charges.append(
                FixedCharge(child, charge.add_on, own, charge.price, charge.pay_in_advance, charge.prorated)
            )
        return child

    def _bill_all(self) -> None:
        for customer in self.world.customers:
            self._bill(customer)

    def _bill(self, customer: Customer) -> None:
        """A run today. Lago makes an invoice of nothing where a subscription ends; ours then makes none."""
        today = self.world.today(customer)
        ending = [each for each in customer.subscriptions if each.ends_before and not each.is_settled]
        invoice = self.world.bill(customer, today)
        for taken in ending:
            if taken.has_agreed_end or taken.ends_before > today:
                continue
            taken.is_settled = True
            if invoice is None:
                self.world.invoice_nothing(taken, today)
            elif taken not in invoice.subscriptions:
                taken.invoices.append(invoice)

    def _terminate(self, taken: Any) -> None:
        """Ends it today; today was used."""
        if not isinstance(taken, Subscription):
            raise OutOfScope("steps that are not transcribed")
        on = self.world.today(taken.customer)
        self.world.end(taken, ends_before=on + timedelta(days=1), status="terminated")
        self._settle(taken, on)

    def _end_ended(self) -> None:
        """Lago's job for agreed ends: what ends today is billed today."""
        for taken in [each for customer in self.world.customers for each in customer.subscriptions]:
            today = self.world.today(taken.customer)
            if taken.has_agreed_end and not taken.is_settled and taken.ends_before <= today + timedelta(days=1):
                self._settle(taken, today)

    def _settle(self, taken: Subscription, on: date) -> None:
        invoices = len(taken.invoices)
        self.world.bill(taken.customer, taken.ends_before, only=taken, issued_on=on)
        taken.is_settled = True
        if len(taken.invoices) == invoices:
            self.world.invoice_nothing(taken, on)

    def _update_plan(self, given: Arguments) -> None:
        plan, said = given.values
        for change in said.get("fixed_charges", []):
            self._change_charge(plan, change)
        self._bill_all()

    def _change_charge(self, plan: Plan, change: dict[str, Any]) -> None:
        charge = change.get("id")
        at_once = bool(change.get("apply_units_immediately"))
        takers = [each for customer in self.world.customers for each in customer.subscriptions if each.plan is plan]
        if charge is None:
            charge = factories.make_fixed_charge(self.world, {**change, "plan": plan, "add_on": change["add_on_id"]})
        for taken in takers:
            units = Decimal(change["units"])
            if charge in taken.charges:
                self.world.change_units(taken, charge, units, at_once=at_once)
            elif at_once:
                self.world.charge(taken, charge, on=self.world.today(taken.customer), units=units)

    def _update_subscription(self, given: Arguments) -> None:
        taken, said = given.values
        for change in said.get("plan_overrides", {}).get("fixed_charges", []):
            self._own_units(taken, change["id"], change)

    def _update_units(self, given: Arguments) -> None:
        taken, charge, said = given.values
        self._own_units(taken, charge, said)

    def _own_units(self, taken: Subscription, charge: FixedCharge, said: dict[str, Any]) -> None:
        own = next(each for each in taken.charges if each is charge or each.add_on is charge.add_on)
        self.world.change_units(taken, own, Decimal(said["units"]), at_once=bool(said.get("apply_units_immediately")))
        self._bill(taken.customer)

    # --- invoices and credit notes -------------------------------------------------------------------------------

    def _invoice_once(self, given: Arguments) -> None:
        codes = given.words.get("taxes")
        taxes = None if codes is None else [tax for tax in self.world.taxes if tax.code in codes]
        self.world.invoice_once(given.values[0], given.values[1], taxes)

    def _estimate(self, given: Arguments) -> None:
        said = given.values[0]
        items = [(item["fee_id"], int(item["amount_cents"])) for item in said["items"]]
        self.variables["json"] = {"estimated_credit_note": self.world.credit(said["invoice_id"], items)}

    def _credit(self, given: Arguments) -> None:
        invoice, items = given.values[0]["invoice_id"], given.values[0]["items"]
        note = self.world.credit(invoice, [(item["fee_id"], int(item["amount_cents"])) for item in items])
        invoice.credit_notes.append(note)
        invoice.customer.credit_notes.append(note)

    # --- methods -------------------------------------------------------------------------------------------------

    def method(self, target: Any, name: str, given: Arguments) -> Any:
        if isinstance(target, factories.Stub):
            return self._service(target, name, given)
        if isinstance(target, datetime | date | timedelta):
            return of_time(target, name)
        if isinstance(target, int | Decimal):
            return of_number(target, name, given)
        return answer(self.world, target, name, given)

    def _service(self, stub: factories.Stub, name: str, given: Arguments) -> Any:
        """A class of Lago's, or something that stands for nothing here."""
        if stub.name in ("DateTime", "Date") and name == "new":
            return datetime(*given.values, tzinfo=UTC) if stub.name == "DateTime" else date(*given.values)
        if stub.name in ("DateTime", "Date") and name == "parse":
            return moment_of(given.values[0])
        if stub.name == "Time" and name != "parse":
            return factories.Stub("zone", {}) if name == "zone" else self.world.now
        if stub.name in ("zone", "Time") and name in ("parse", "local"):
            return datetime(*given.values, tzinfo=UTC) if name == "local" else moment_of(given.values[0])
        if stub.name == "SecureRandom":
            return f"random{len(self.variables)}"
        if stub.name == "Subscriptions::TerminateService":
            return self._terminate(given.words["subscription"])
        if stub.name == "Clock::TerminateEndedSubscriptionsJob":
            return self._end_ended()
        if stub.name in BILLING_SERVICES:
            return self._bill_all()
        if stub.name == "BillSubscriptionJob":
            return [self._bill(taken.customer) for taken in given.values[0]]
        if stub.name == "json" or name.startswith("charge"):
            raise OutOfScope(USAGE)
        if stub.name == "organization" and name in ("plans", "customers"):
            return getattr(self.world, name)
        if (
            stub.name.startswith(IDLE_SERVICES)
            or stub.name in factories.STUBS
            or stub.name.endswith(("metric", "charge"))
        ):
            return stub
        raise OutOfScope(OUT_OF_SCOPE.get(stub.name, "services that have no counterpart in ours"))
