"""Which drafts a command is about: those named, or all that match; never all by accident."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

import typer
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.interfaces.cli.acting import SellerOption, UserOption
from rebill.interfaces.cli.options import SearchOption, open_session, read_day
from rebill.kit.errors import Invalid
from rebill.rules.review import WarningCode
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import TABS, DraftFilter, DraftNotFound, find_drafts, periodic_run_on

Tab = StrEnum("Tab", {name.upper(): name for name in TABS})  # type: ignore[misc]
Warned = StrEnum("Warned", {code.name: code.value for code in WarningCode})  # type: ignore[misc]

DraftArgument = Annotated[int, typer.Argument(metavar="DRAFT", help="The number of the draft.", show_default=False)]
DraftsArgument = Annotated[
    list[int] | None, typer.Argument(metavar="[DRAFT]...", help="The numbers of the drafts.", show_default=False)
]
RunOption = Annotated[
    date | None, typer.Option("--run", parser=read_day, metavar="DATE", help="Only drafts of the run on this day.")
]
TabOption = Annotated[
    Tab | None,
    typer.Option(
        "--tab",
        metavar="TAB",
        help=f"Only drafts that stand so: {', '.join(TABS)}. `current` is everything that is not issued yet.",
    ),
]
WARNING_CODES = ", ".join(code.value for code in WarningCode)
WarningOption = Annotated[
    Warned | None,
    typer.Option("--warning", metavar="CODE", help=f"Only drafts with this warning: {WARNING_CODES}."),
]


class ChoiceUnclear(Invalid):
    """No drafts were named, or both some and all that match."""


def wanted_drafts(
    acting: Acting, *, run: date | None, tab: Tab | None, search: str, warning: Warned | None
) -> DraftFilter:
    """The filter as it was typed; without a tab everything that is not issued yet."""
    return DraftFilter(
        run_id=periodic_run_on(acting=acting, billed_on=run).pk if run else None,
        tab=tab.value if tab else "current",
        search=search,
        warning=warning.value if warning else "",
    )


def chosen_drafts(
    acting: Acting,
    ids: Sequence[int] | None,
    *,
    run: date | None,
    tab: Tab | None,
    search: str,
    warning: Warned | None,
) -> QuerySet[Draft]:
    """The drafts named by their numbers, or all that match. Refuses one that is not there, and a choice of nothing."""
    filtered = bool(run or tab or search.strip() or warning)
    if bool(ids) == filtered:
        raise ChoiceUnclear(
            _("Name drafts by their numbers, or say which with --tab, --run, --search or --warning, not both.")
        )
    if filtered:
        wanted = wanted_drafts(acting, run=run, tab=tab, search=search, warning=warning)
        return find_drafts(acting=acting, wanted=wanted)
    drafts = Draft.objects.filter(seller_id=acting.seller_id, id__in=ids or ()).order_by("id")
    unknown = sorted(set(ids or ()) - set(drafts.values_list("id", flat=True)))
    if unknown:
        raise DraftNotFound(_("There is no draft %(named)s.") % {"named": ", ".join(map(str, unknown))})
    return drafts


@dataclass(frozen=True)
class ChosenDrafts:
    """The drafts that a command decides about, who decides, and when."""

    acting: Acting
    now: datetime
    drafts: QuerySet[Draft]


def choose(
    drafts: DraftsArgument = None,
    run: RunOption = None,
    tab: TabOption = None,
    search: SearchOption = "",
    warning: WarningOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
) -> ChosenDrafts:
    """The drafts as they were chosen, the same whatever becomes of them: what is approved no longer matches
    `--tab ready`."""
    session = open_session(seller=seller, user=user)
    chosen = chosen_drafts(session.acting, drafts, run=run, tab=tab, search=search, warning=warning)
    ids = list(chosen.order_by().values_list("id", flat=True))
    return ChosenDrafts(session.acting, session.now, Draft.objects.filter(id__among=ids).order_by("id"))
