"""What waits for somebody's decision: only what there is, each with how many, what about, and the way there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebill.catalogue.queries.rate_imports import waiting_imports_of
from rebill.delivery.models import DispatchState
from rebill.delivery.queries import sums_to_look_at, waiting_letters
from rebill.exports.queries import exports_unclear
from rebill.interfaces import formats
from rebill.interfaces.office.page import OfficeRequest
from rebill.interfaces.office.runs.words import run_title
from rebill.kit.counting import count_each
from rebill.rules.money import Money
from rebill.runs.models import Run
from rebill.runs.queries.drafts import DraftFilter, find_drafts
from rebill.runs.queries.standing import Standing
from rebill.sources.supplier_invoices.queries.purchases import unhandled_purchases
from rebill.sources.tabs.queries.tabs import TabTab, find_tabs
from rebill.sources.usage.queries.ratings import unusual_days, waiting_ratings

_LOOKS: dict[str, str | Promise] = {
    DispatchState.FAILED: gettext_lazy("%(number)s could not be sent"),
    DispatchState.BOUNCED: gettext_lazy("%(number)s came back"),
    DispatchState.UNCLEAR: gettext_lazy("%(number)s may or may not have arrived"),
}


# Calls of longer ago were seen on a draft.
LOOKED_BACK = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One kind of decision. `amount` is empty where money says nothing."""

    number: int
    title: str
    words: str
    button: str
    address: str
    amount: str = ""


def waiting_for(request: OfficeRequest, runs: Sequence[tuple[Run, Standing]]) -> list[Waiting]:
    """Everything that waits, the drafts of the runs first."""
    since = request.today - LOOKED_BACK
    letters, exports, ratings, days, purchases, over, rates = count_each(
        waiting_letters(request.acting),
        exports_unclear(request.acting),
        waiting_ratings(acting=request.acting),
        unusual_days(seller_id=request.acting.seller_id).filter(day__gte=since),
        unhandled_purchases(request.acting),
        find_tabs(request.acting, part=TabTab.OVER),
        waiting_imports_of(request.acting),
    )
    return [
        *(each for run, standing in runs for each in _drafts(request, run, standing)),
        *_deliveries(request),
        *_letters(request, letters),
        *_exports(request, exports),
        *_calls(request, ratings, days),
        *_bought(request, purchases, rates),
        *_tabs(request, over),
    ]


def _calls(request: OfficeRequest, ratings: int, days: int) -> Iterator[Waiting]:
    """Ratings that change a month that is billed, and days on which calls cost far more than usual."""
    address = reverse("office:calls-ratings", args=[request.seller.slug])
    if ratings:
        title = ngettext("rating of calls to decide about", "ratings of calls to decide about", ratings)
        words = _("the month is billed, and would come to something else")
        yield Waiting(ratings, title, words, _("Decide"), address)
    if days:
        title = ngettext("day of unusual calls", "days of unusual calls", days)
        words = _("they cost far more than on the customer’s days before; ask whether it made them")
        yield Waiting(days, title, words, _("Look"), f"{address}#unusual")


def _bought(request: OfficeRequest, purchases: int, rates: int) -> Iterator[Waiting]:
    """Purchase invoices that nobody passed on to their end, and prices of carriers beside their deck."""
    if purchases:
        title = ngettext("supplier’s invoice to re-bill", "suppliers’ invoices to re-bill", purchases)
        words = _("open until you book them; some rows may need a fix")
        address = reverse("office:rebilling", args=[request.seller.slug])
        yield Waiting(purchases, title, words, _("Re-bill"), address)
    if rates:
        title = ngettext("file of new rates to decide about", "files of new rates to decide about", rates)
        words = _("nothing of it holds before you take it over")
        yield Waiting(rates, title, words, _("Decide"), reverse("office:decks", args=[request.seller.slug]))


def _tabs(request: OfficeRequest, over: int) -> list[Waiting]:
    if not over:
        return []
    title = ngettext("tab over its limit", "tabs over their limit", over)
    words = _("sold by a till that was off line, or the limit was lowered; raise it, or bill what is on it")
    address = f"{reverse('office:tabs', args=[request.seller.slug])}?tab={TabTab.OVER.value}"
    return [Waiting(over, title, words, _("Look"), address)]


def _drafts(request: OfficeRequest, run: Run, standing: Standing) -> list[Waiting]:
    return [
        *_to_check(request, run, standing),
        *_second_approvals(request, run),
        *_held(request, run, standing),
    ]


def _run_address(request: OfficeRequest, run: Run, tab: str) -> str:
    return f"{reverse('office:run', args=[request.seller.slug, run.pk])}?tab={tab}#drafts"


def _to_check(request: OfficeRequest, run: Run, standing: Standing) -> list[Waiting]:
    number, blocked, currency = standing.count("to_check"), standing.count("blocked"), request.seller.currency
    if not number:
        return []
    if not blocked:
        words = _("%(run)s: they can be sent, and want a look")
    elif blocked == number:
        words = _("%(run)s: they cannot be sent until they are mended")
    else:
        words = _("%(run)s: %(blocked)s cannot be sent until they are mended, %(others)s want a look")
    words %= {
        "run": run_title(run),
        "blocked": formats.number(blocked),
        "others": formats.number(number - blocked),
    }
    title = ngettext("draft to check", "drafts to check", number)
    amount = formats.amount(Money(standing.net("to_check", currency), currency))
    return [Waiting(number, title, words, _("Check"), _run_address(request, run, "to_check"), amount)]


def _second_approvals(request: OfficeRequest, run: Run) -> list[Waiting]:
    if not request.seller.approval_needs_two:
        return []
    drafts = find_drafts(acting=request.acting, wanted=DraftFilter(run.pk, tab="current"))
    once = drafts.filter(first_approved_by__isnull=False, approved_by__isnull=True)
    number = once.exclude(first_approved_by=request.user.pk).count()
    if not number:
        return []
    title = ngettext("draft for a second approval", "drafts for a second approval", number)
    words = _("%(run)s: somebody else has approved them; you may be the second") % {"run": run_title(run)}
    return [Waiting(number, title, words, _("Approve"), _run_address(request, run, "ready"))]


def _held(request: OfficeRequest, run: Run, standing: Standing) -> list[Waiting]:
    number, currency = standing.count("held"), request.seller.currency
    if not number:
        return []
    title = ngettext("draft held back", "drafts held back", number)
    words = _("%(run)s: they stay until somebody releases them") % {"run": run_title(run)}
    amount = formats.amount(Money(standing.net("held", currency), currency))
    return [Waiting(number, title, words, _("Decide"), _run_address(request, run, "held"), amount)]


def _deliveries(request: OfficeRequest) -> list[Waiting]:
    found = sums_to_look_at(request.acting)
    if not found:
        return []
    number, currency = sum(each.dispatches for each in found), request.seller.currency
    states: dict[str, int] = {}
    for each in found:
        states[each.state] = states.get(each.state, 0) + each.dispatches
    words = ", ".join(str(_LOOKS[state]) % {"number": formats.number(count)} for state, count in states.items())
    gross = sum(each.gross_minor for each in found if each.currency == currency)
    return [
        Waiting(
            number,
            ngettext("delivery to look at", "deliveries to look at", number),
            words,
            _("Mend"),
            reverse("office:deliveries", args=[request.seller.slug]),
            formats.amount(Money(gross, currency)),
        )
    ]


def _letters(request: OfficeRequest, number: int) -> list[Waiting]:
    if not number:
        return []
    title = ngettext("letter to print", "letters to print", number)
    address = reverse("office:deliveries-letters", args=[request.seller.slug])
    return [Waiting(number, title, _("They are put into one PDF, in the order of the post"), _("Print"), address)]


def _exports(request: OfficeRequest, number: int) -> list[Waiting]:
    if not number:
        return []
    title = ngettext("export to decide about", "exports to decide about", number)
    address = reverse("office:exports", args=[request.seller.slug])
    return [Waiting(number, title, _("Its mailing broke off; say whether it arrived"), _("Decide"), address)]
