"""Imported rates that wait: what they change, which of them to take over, and at what price to sell."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rebill.access.acting import Permission
from rebill.catalogue.commands import (
    choose_rate_rows,
    drop_rate_import,
    set_sell_price,
    take_rate_import,
    withdraw_rate_import,
)
from rebill.catalogue.models import RateChange, RateImport, RateImportRow
from rebill.catalogue.queries.decks import own_decks_of
from rebill.catalogue.queries.rate_imports import count_import_rows, margin_of, rate_import_of, rows_of_import
from rebill.interfaces import formats
from rebill.interfaces.billed_calls import calls_billed_before
from rebill.interfaces.office.decks.words import growth, rate, share, shown_amount
from rebill.interfaces.office.dialogs import Dialog, Effect, show_dialog
from rebill.interfaces.office.forms import plain_number
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.pager import ROWS
from rebill.sources.usage.queries.minutes import DeckUse, deck_use, effect_of_change, effect_of_import, last_month


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A changed rate as the table shows it."""

    row: RateImportRow
    now: str
    new: str
    growth: str
    other: str
    margin: str
    margin_new: str
    minutes: str
    effect: str
    is_loss: bool
    is_low: bool
    price: str
    is_new: bool
    is_gone: bool
    ends_on: Any
    trouble: str = ""


def shown_import(
    request: OfficeRequest, rate_import: RateImport, troubles: dict[int, str] | None = None
) -> dict[str, Any]:
    """One import with the rows of the tab that is open; each import has tabs and pages of its own."""
    asked = request.GET if request.method == "GET" else request.POST
    tab = asked.get("tab", "")
    asked_page = asked.get("rows", "")
    number = int(asked_page) if asked_page.isascii() and asked_page.isdigit() and len(asked_page) < 6 else 1
    start = (max(number, 1) - 1) * ROWS
    found = rows_of_import(rate_import, tab)
    rows = list(found[start : start + ROWS])
    counts = count_import_rows(rate_import)
    total = {"": counts.all, "low": counts.low}.get(tab, getattr(counts, tab, counts.all) if tab else counts.all)
    use = deck_use(acting=request.acting, deck=rate_import.deck, month=last_month(request.today))
    return {
        "rate_import": rate_import,
        "use": use,
        "effect": None if use is None else shown_amount(effect_of_import(rate_import, use), signed=True),
        "counts": counts,
        "tab": tab,
        "number": max(number, 1),
        "rows": [_shown(row, rate_import, use, (troubles or {}).get(row.pk, "")) for row in rows],
        "first": start + 1 if rows else 0,
        "last": start + len(rows),
        "total": total,
        "before": number - 1 if number > 1 else None,
        "after": number + 1 if start + len(rows) < total else None,
        "tabs": [
            ("", _("All"), counts.all),
            (RateChange.UP.value, _("Up"), counts.up),
            (RateChange.DOWN.value, _("Down"), counts.down),
            (RateChange.OTHER.value, _("Other terms"), counts.other),
            (RateChange.NEW.value, _("New"), counts.new),
            (RateChange.GONE.value, _("Gone"), counts.gone),
            ("low", _("Margin below 10%"), counts.low),
        ],
        "address": _deck_of(request, rate_import) if request.method == "POST" else request.path,
        "is_bought": rate_import.sell_deck_id is not None,
        "last_day": rate_import.starts_on - timedelta(days=1),
        "own": own_decks_of(request.acting).count(),
        "may": "keep_catalogue" in request.may,
    }


def _shown(row: RateImportRow, rate_import: RateImport, use: DeckUse | None, trouble: str) -> ShownRow:
    made = None if use is None else use.by_prefix.get(row.prefix)
    effect = None if use is None else effect_of_change(row, use)
    left = margin_of(row, rate_import, at_new_price=False)
    then = margin_of(row, rate_import)
    price = row.counterpart if row.sell_new is None else row.sell_new
    return ShownRow(
        row=row,
        now=rate(row.minute_now),
        new=rate(row.minute_new),
        growth=growth(row.minute_now, row.minute_new),
        other=rate(row.counterpart),
        margin=share(left),
        margin_new="" if then == left else share(then),
        minutes=formats.NOTHING if made is None else formats.number(made.seconds // 60),
        effect=formats.NOTHING if effect is None else shown_amount(effect, signed=True),
        is_loss=left is not None and left < 0,
        is_low=left is not None and left < 100_000,
        price="" if price is None else rate(price),
        is_new=row.change == RateChange.NEW,
        is_gone=row.change == RateChange.GONE,
        ends_on=row.starts_on - timedelta(days=1),
        trouble=trouble,
    )


@require_POST
@page(Permission.KEEP_CATALOGUE)
def rows_part(request: OfficeRequest, import_id: int) -> HttpResponse:
    """Keeps what is ticked and typed in the rows that the page shows; with htmx the panel comes back, else the page."""
    rate_import = rate_import_of(request.acting, import_id)
    shown = [int(each) for each in request.POST.getlist("shown") if each.isascii() and each.isdigit()]
    rows = {row.pk: row for row in rate_import.rows.filter(pk__in=shown)}
    ticked = {int(each) for each in request.POST.getlist("chosen") if each.isascii() and each.isdigit()}
    for chosen in (True, False):
        ids = [row.pk for row in rows.values() if (row.pk in ticked) is chosen and row.chosen is not chosen]
        if ids:
            choose_rate_rows(acting=request.acting, import_id=import_id, row_ids=ids, chosen=chosen, now=request.now)
    if everything := request.POST.get("all"):
        choose_rate_rows(acting=request.acting, import_id=import_id, chosen=everything == "1", now=request.now)
    troubles = _keep_prices(request, rows) if rate_import.sell_deck_id is not None else {}
    if request.htmx:
        context = {"each": shown_import(request, rate_import, troubles)}
        return render(request, "office/decks/waiting.html", context)
    if troubles:
        toast(request, next(iter(troubles.values())))
    return redirect(_deck_of(request, rate_import))


def _keep_prices(request: OfficeRequest, rows: dict[int, RateImportRow]) -> dict[int, str]:
    troubles = {}
    for row in rows.values():
        typed = request.POST.get(f"sell-{row.pk}")
        if typed is None or row.content is None:
            continue
        try:
            price = Decimal(plain_number(typed)) if typed.strip() else None
        except InvalidOperation:
            troubles[row.pk] = _("Enter a number.")
            continue
        standing = row.counterpart if row.sell_new is None else row.sell_new
        if price != standing:
            set_sell_price(acting=request.acting, row_id=row.pk, price=price, now=request.now)
    return troubles


@page(Permission.KEEP_CATALOGUE)
def take_page(request: OfficeRequest, import_id: int) -> HttpResponse:
    """Asks before the chosen rates are taken over, and takes them over."""
    rate_import = rate_import_of(request.acting, import_id)
    back = _deck_of(request, rate_import)
    if request.method == "POST":
        taken = take_rate_import(acting=request.acting, import_id=import_id, now=request.now)
        toast(request, _("The new rates hold from %(day)s on.") % {"day": formats.day(taken.starts_on, request.today)})
        return redirect(back)
    counts = count_import_rows(rate_import)
    starts_on = formats.day(rate_import.starts_on, request.today)
    last_on = formats.day(rate_import.starts_on - timedelta(days=1), request.today)
    effects = [Effect("clock", _("Calls up to %(day)s keep today's prices.") % {"day": last_on})]
    if rate_import.starts_on <= request.today:
        effects.append(
            Effect("ring", _("Calls that are rated already keep their price until the month is rated again."))
        )
    if counts.sell_new:
        words = ngettext("%(count)s sell price changes too.", "%(count)s sell prices change too.", counts.sell_new)
        effects.append(Effect("right", words % {"count": formats.number(counts.sell_new)}))
    if counts.loss:
        words = ngettext("%(count)s prefix is sold below cost.", "%(count)s prefixes are sold below cost.", counts.loss)
        effects.append(Effect("warn", words % {"count": formats.number(counts.loss)}))
    effects.append(Effect("back", _("It can be taken back as long as no calls were billed by it.")))
    question = ngettext(
        "Take over %(count)s change from %(day)s?", "Take over %(count)s changes from %(day)s?", counts.chosen
    )
    dialog = Dialog(
        question=question % {"count": formats.number(counts.chosen), "day": starts_on},
        effects=tuple(effects),
        verb=_("Take over"),
        action=request.path,
        back=back,
    )
    return show_dialog(request, dialog)


@require_POST
@page(Permission.KEEP_CATALOGUE)
def leave_out(request: OfficeRequest, import_id: int) -> HttpResponse:
    """Leaves the whole import out."""
    dropped = drop_rate_import(acting=request.acting, import_id=import_id, now=request.now)
    toast(request, _("The new rates are left out. Nothing changed."))
    return redirect(_deck_of(request, dropped))


@page(Permission.KEEP_CATALOGUE)
def take_back_page(request: OfficeRequest, import_id: int) -> HttpResponse:
    """Asks before rates that were taken over are taken back, and takes them back."""
    rate_import = rate_import_of(request.acting, import_id)
    back = _deck_of(request, rate_import)
    if request.method == "POST":
        withdraw_rate_import(
            acting=request.acting,
            import_id=import_id,
            billed_before=calls_billed_before(request.acting, rate_import),
            now=request.now,
        )
        toast(request, _("The rates are taken back. The deck says what it said before."))
        return redirect(back)
    starts_on = formats.day(rate_import.starts_on, request.today)
    dialog = Dialog(
        question=_("Take the rates from %(day)s back?") % {"day": starts_on},
        effects=(
            Effect("back", _("The deck says again what it said before, as if they had never been taken over.")),
            Effect("warn", _("Calls that were rated by them are rated again.")),
        ),
        verb=_("Take back"),
        action=request.path,
        back=back,
        hurts=True,
    )
    return show_dialog(request, dialog)


def _deck_of(request: OfficeRequest, rate_import: RateImport) -> str:
    deck_id = rate_import.sell_deck_id or rate_import.deck_id
    return reverse("office:deck", args=[request.seller.slug, deck_id])
