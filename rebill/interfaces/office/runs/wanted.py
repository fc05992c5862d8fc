"""Which drafts of a run are looked at, as the address of the page says it, and which of them a selection means."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from rebill.interfaces.office.forms import ids_in
from rebill.interfaces.office.page import OfficeRequest
from rebill.interfaces.office.runs.words import CHANNELS, TAB_TITLES
from rebill.parties.models import DeliveryChannel
from rebill.rules.review import Verdict, WarningCode
from rebill.runs.models import Draft, DraftState
from rebill.runs.queries.drafts import DraftFilter, find_drafts

# Columns that may be sorted by, as the address names them; a minus before it turns the order round.
SORTED = ("customer", "change", "amount")
CHOSEN_MAX = 5_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for. What it says wrongly counts as not said."""

    run_id: int
    tab: str
    search: str
    warning: str
    channel: str
    sort: str

    @property
    def drafts(self) -> DraftFilter:
        """The same as the stage takes it."""
        return DraftFilter(self.run_id, self.tab, self.search, self.warning, self.channel, self.sort or "review")

    @property
    def is_narrowed(self) -> bool:
        """Whether less is looked at than the whole tab."""
        return bool(self.search or self.warning or self.channel)

    @property
    def query(self) -> str:
        """The query string that asks for the same, empty for the whole run."""
        said = {"tab": "" if self.tab == "all" else self.tab, "q": self.search, "warning": self.warning,
                "channel": self.channel, "sort": self.sort}  # fmt: skip
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def approvable(self) -> DraftFilter:
        """What “all that match” means when drafts are approved: on the first tab the ready ones."""
        return DraftFilter(
            self.run_id, "ready" if self.tab == "all" else self.tab, self.search, self.warning, self.channel
        )


def wanted_of(run_id: int, said: QueryDict) -> Wanted:
    """What an address or a form asks for."""
    tab, warning, channel, sort = (said.get(name, "") for name in ("tab", "warning", "channel", "sort"))
    return Wanted(
        run_id=run_id,
        tab=tab if tab in TAB_TITLES else "all",
        search=said.get("q", "").strip()[:100],
        warning=warning if warning in set(WarningCode) else "",
        channel=channel if channel in CHANNELS else "",
        sort=sort if sort.removeprefix("-") in SORTED else "",
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """The drafts that something is to be done with: named one by one, or all that match."""

    wanted: Wanted
    ids: tuple[int, ...]
    everything: bool

    @property
    def fields(self) -> dict[str, str]:
        """The selection as hidden fields of a form; the names of drafts joined, for there may be thousands."""
        if not self.everything:
            return {"ids": ",".join(map(str, self.ids))}
        wanted = self.wanted
        return {"all": "1", "tab": wanted.tab, "q": wanted.search, "warning": wanted.warning, "channel": wanted.channel}

    @property
    def is_most(self) -> bool:
        """Whether it may well mean most drafts of the run."""
        is_found = self.wanted.search or self.wanted.warning or self.wanted.channel not in ("", DeliveryChannel.EMAIL)
        return self.everything and not is_found

    def drafts(self, request: OfficeRequest, *, approving: bool = False) -> QuerySet[Draft]:
        """The drafts. Of all that match, those that can be approved when that is what is asked."""
        if not self.everything:
            rows = find_drafts(acting=request.acting, wanted=DraftFilter(self.wanted.run_id))
            return rows.filter(id__among=self.ids)
        return find_drafts(acting=request.acting, wanted=self.wanted.approvable if approving else self.wanted.drafts)


def selection_of(run_id: int, said: QueryDict) -> Selection:
    """What was ticked: `id` once for each, or joined in `ids`; `all` for all that match."""
    named = [*said.getlist("id"), *said.get("ids", "").split(",")]
    ids = sorted(set(ids_in(named)))
    return Selection(wanted_of(run_id, said), tuple(ids[:CHOSEN_MAX]), everything=said.get("all") == "1")


def fit_for_approval(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """Those of the drafts that an approval would take: open, with lines, and nothing that must be mended first."""
    return drafts.filter(state=DraftState.OPEN, line_count__gt=0).exclude(verdict=Verdict.BLOCKED)
