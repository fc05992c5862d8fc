"""Laying what is owed on drafts: the desk of one chunk of customers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from rebill.access.acting import Acting
from rebill.charges.queries import OpenCharge
from rebill.kit.bulk import Numbers, insert_rows, reserve_ids
from rebill.kit.errors import Problem
from rebill.parties.models import Seller
from rebill.runs.commands.judging import TOTAL_COLUMNS, WARNING_COLUMNS, DraftToJudge, judge
from rebill.runs.commands.moving import lock_drafts
from rebill.runs.commands.tallying import tally_new
from rebill.runs.models import Draft, DraftState, DraftWarning, Run
from rebill.runs.queries.customers import DraftCustomer
from rebill.runs.queries.facts import noted_by
from rebill.runs.queries.lines import summed_up
from rebill.sources.contract import Claim

IDS_AT_ONCE = 1000

DRAFT_COLUMNS = (
    "id", "seller_id", "run_id", "customer_id", "currency", "cost_centre", "number_in_run", "state", "billed_on",
    *TOTAL_COLUMNS, "intro", "closing", "own_texts", "hold_reason", "accepted",
)  # fmt: skip

# Customer, currency, and the cost centre where the customer asked for a draft of each.
DraftKey = tuple[int, str, str]


class DraftDesk:
    """Lays every charge of a chunk on the draft it belongs on, and remembers which drafts were touched.

    What lies on a new draft is summed up here: nobody else can have laid anything on it, so nothing is read back.
    """

    def __init__(
        self,
        acting: Acting,
        run: Run,
        customers: Mapping[int, DraftCustomer],
        texts: tuple[str, str] | None = None,
    ) -> None:
        """`texts` stand above and below the lines of new drafts, in place of those of the look."""
        self.texts = texts
        self.acting = acting
        self.run = run
        self.customers = customers
        self.new: dict[int, tuple[DraftKey, int]] = {}
        self.touched: set[int] = set()
        self._laid: dict[int, list[Claim | OpenCharge]] = {}
        self._open: dict[DraftKey, int] = {}
        self._numbers: dict[DraftKey, int] = {}
        self._free: list[int] = []
        self._read = False

    def lay(self, charge: Claim | OpenCharge) -> int:
        """Lays what is owed on its draft, and returns the number of the draft."""
        draft_id = self._draft(charge.customer_id, charge.currency, charge.cost_centre)
        laid = self._laid.get(draft_id)
        if laid is not None:
            laid.append(charge)
        return draft_id

    def by_draft(self, problems: Sequence[tuple[int, Problem]]) -> dict[int, list[Problem]]:
        """The problems by draft; a customer whose every charge is a problem gets a draft too, so that it is seen."""
        found: dict[int, list[Problem]] = defaultdict(list)
        for customer_id, problem in problems:
            found[self._draft(customer_id, self.customers[customer_id].currency, "")].append(problem)
        return found

    def write_new_drafts(self, seller: Seller, problems: Mapping[int, Sequence[Problem]]) -> None:
        """Inserts the drafts that are new, with what their charges come to and what must be looked at."""
        if not self.new:
            return
        judgement = judge(
            seller=seller,
            run=self.run,
            drafts=[
                DraftToJudge(draft_id, buyer_id, currency, [])
                for draft_id, ((buyer_id, currency, _), _) in self.new.items()
            ],
            sums={draft_id: summed_up(laid) for draft_id, laid in self._laid.items()},
            customers=self.customers,
            noted=noted_by(problems),
        )
        intro, closing = self.texts or ("", "")
        insert_rows(
            Draft,
            DRAFT_COLUMNS,
            (
                (draft_id, self.acting.seller_id, self.run.id, *key, number, DraftState.OPEN.value, self.run.billed_on,
                 *judgement.totals[draft_id], intro, closing, self.texts is not None, "", [])
                for draft_id, (key, number) in self.new.items()
            ),
        )  # fmt: skip
        insert_rows(DraftWarning, WARNING_COLUMNS, judgement.warnings)
        tally_new(
            tallies=(
                judgement.totals[draft_id].tally(self.run.pk, DraftState.OPEN, currency)
                for draft_id, ((_, currency, _), _) in self.new.items()
            )
        )

    def _draft(self, customer_id: int, currency: str, cost_centre: str) -> int:
        """The draft for this customer and currency (and cost centre, where the customer asked for it)."""
        key = (customer_id, currency, cost_centre if self.customers[customer_id].per_cost_centre else "")
        if not self._read:
            self._read_existing()
        draft_id = self._open.get(key)
        if draft_id is None:
            if not self._free:
                self._free = list(reversed(reserve_ids(Draft, IDS_AT_ONCE)))
            draft_id = self._open[key] = self._free.pop()
            number = self._numbers.get(key, -1) + 1
            self._numbers[key] = number
            self.new[draft_id] = (key, number)
            self._laid[draft_id] = []
        self.touched.add(draft_id)
        return draft_id

    def _read_existing(self) -> None:
        self._read = True
        mine = Draft.objects.filter(run_id=self.run.id, customer_id__among=Numbers(self.customers.keys()))
        # Held, so that nobody approves, issues or throws away what lines are added to.
        adding_to = set(lock_drafts(mine.filter(state__in=(DraftState.OPEN, DraftState.HELD))))
        rows = mine.values_list("id", "customer_id", "currency", "cost_centre", "number_in_run")
        for draft_id, customer_id, currency, cost_centre, number in rows:
            key = (customer_id, currency, cost_centre)
            self._numbers[key] = max(number, self._numbers.get(key, -1))
            if draft_id in adding_to:
                self._open[key] = draft_id
