"""Which drafts a piece of long work is about: some by name, or all that match when it is done."""

from typing import Any

from django.db.models import QuerySet

from rebill.access.acting import Acting
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import DraftFilter, find_drafts


def chosen_drafts(acting: Acting, request: dict[str, Any]) -> QuerySet[Draft]:
    """The drafts of the `run`, if one is named: those in `drafts`, else all that match `tab`, `search`, `warning` and
    `channel` now."""
    run_id = request.get("run")
    if "drafts" in request:
        named = find_drafts(acting=acting, wanted=DraftFilter(run_id=run_id))
        return named.filter(id__among=request["drafts"])
    wanted = DraftFilter(
        run_id=run_id,
        tab=request.get("tab", "ready"),
        search=request.get("search", ""),
        warning=request.get("warning", ""),
        channel=request.get("channel", ""),
    )
    return find_drafts(acting=acting, wanted=wanted)
