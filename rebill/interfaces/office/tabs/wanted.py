"""Which tabs a page or a selection is about, as the address says it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict

from rebill.interfaces.office.forms import ids_in
from rebill.interfaces.office.page import OfficeRequest
from rebill.sources.tabs.models import Tab
from rebill.sources.tabs.queries.tabs import TabTab, find_tabs

CHOSEN_MAX = 5_000


@dataclass(frozen=True, slots=True)
class WantedTabs:
    """What the address asks for: a part of the list and words; which were ticked, or all that match."""

    part: TabTab
    words: str
    ids: tuple[int, ...]
    everything: bool

    @property
    def query(self) -> str:
        """The query string of the list that was looked at."""
        said = {"tab": "" if self.part is TabTab.ACTIVE else self.part.value, "q": self.words}
        return urlencode({name: value for name, value in said.items() if value})

    @property
    def fields(self) -> dict[str, str]:
        """The selection as hidden fields of a form."""
        if not self.everything:
            return {"ids": ",".join(map(str, self.ids))}
        return {"all": "1", "tab": self.part.value, "q": self.words}

    def listed(self, request: OfficeRequest) -> QuerySet[Tab]:
        """The tabs of the list."""
        return find_tabs(request.acting, search=self.words, part=self.part)

    def chosen(self, request: OfficeRequest) -> QuerySet[Tab]:
        """The tabs that were selected."""
        return self.listed(request) if self.everything else find_tabs(request.acting).filter(pk__among=self.ids)


def wanted_tabs(said: QueryDict) -> WantedTabs:
    """What an address or a form asks for; what it says wrongly counts as not said."""
    part = said.get("tab", "")
    named = [*said.getlist("id"), *said.get("ids", "").split(",")]
    ids = sorted(set(ids_in(named)))
    return WantedTabs(
        part=TabTab(part) if part in set(TabTab) else TabTab.ACTIVE,
        words=said.get("q", "").strip()[:100],
        ids=tuple(ids[:CHOSEN_MAX]),
        everything=said.get("all") == "1",
    )
