"""What must always be true of rate decks and bundles; each check returns what is not."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise

from django.db.models import F, Q
from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.models import Bundle, DeckPeakTimes, PlanDeck, Rate, RateDeck
from rebill.kit.bulk import read_rows
from rebill.kit.errors import Problem


def check_decks(*, acting: Acting) -> list[Problem]:
    """A prefix has one rate a day, a plan one deck a day and component, and nothing names another seller's rows."""
    return [*_rates_overlapping(acting), *_plan_decks_overlapping(acting), *_foreign(acting), *_productless(acting)]


def _rates_overlapping(acting: Acting) -> Iterator[Problem]:
    rows = Rate.objects.filter(seller_id=acting.seller_id).order_by("deck_id", "prefix", "valid_from")
    found = read_rows(rows, "deck_id", "prefix", "valid_from", "valid_before", "deck__code")
    for _key, rates in groupby(found, key=lambda row: row[:2]):
        for earlier, later in pairwise(rates):
            if _overlap(earlier[2:4], later[2:4]):
                where = _("rate %(prefix)s of %(deck)s") % {"prefix": later[1], "deck": later[4]}
                yield _overlaps("rate.overlaps", where, later[2])


def _plan_decks_overlapping(acting: Acting) -> Iterator[Problem]:
    key = ("plan_id", "incoming", "component")
    rows = PlanDeck.objects.filter(seller_id=acting.seller_id).order_by(*key, "valid_from")
    found = read_rows(rows, *key, "valid_from", "valid_before", "plan__code", "deck__code")
    for _key, links in groupby(found, key=lambda row: row[:3]):
        for earlier, later in pairwise(links):
            if _overlap(earlier[3:5], later[3:5]):
                where = _("rate deck %(deck)s of plan %(plan)s") % {"deck": later[6], "plan": later[5]}
                yield _overlaps("plan_deck.overlaps", where, later[3])


def _overlap(earlier: Sequence[date | None], later: Sequence[date | None]) -> bool:
    return earlier[1] is None or (later[0] is not None and earlier[1] > later[0])


def _overlaps(what: str, where: str, day: date) -> Problem:
    why = _("The one before still holds on %(day)s, when it begins.") % {"day": day}
    return Problem(what, where, why, _("End one of them; until then calls may be priced by either."))


def _foreign(acting: Acting) -> Iterator[Problem]:
    """Rows of this seller that name what is another's."""
    own = Q(seller_id=acting.seller_id)
    asked = [
        (Rate.objects.filter(own).exclude(deck__seller_id=F("seller_id")), "deck__code"),
        (Rate.objects.filter(own, product__isnull=False).exclude(product__seller_id=F("seller_id")), "deck__code"),
        (PlanDeck.objects.filter(own).exclude(deck__seller_id=F("seller_id")), "deck__code"),
        (PlanDeck.objects.filter(own).exclude(plan__seller_id=F("seller_id")), "deck__code"),
        (DeckPeakTimes.objects.filter(own).exclude(deck__seller_id=F("seller_id")), "deck__code"),
        (
            DeckPeakTimes.objects.filter(own, peak_times__isnull=False).exclude(peak_times__seller_id=F("seller_id")),
            "deck__code",
        ),
        *(
            (
                RateDeck.objects.filter(own, **{f"{name}__isnull": False}).exclude(
                    **{f"{name}__seller_id": F("seller_id")}
                ),
                "code",
            )
            for name in ("product", "customer", "buy_deck")
        ),
        *(
            (
                Bundle.objects.filter(own, **{f"{name}__isnull": False}).exclude(
                    **{f"{name}__seller_id": F("seller_id")}
                ),
                "name",
            )
            for name in ("plan", "customer", "product")
        ),
    ]
    for rows, named in asked:
        for name in rows.order_by("id").values_list(named, flat=True):
            yield Problem(
                "deck.foreign",
                _("rate deck or bundle %(name)s") % {"name": name},
                _("It names a row of another seller."),
                _("Report this as a fault of the program."),
            )


def _productless(acting: Acting) -> Iterator[Problem]:
    links = PlanDeck.objects.filter(seller_id=acting.seller_id, deck__product__isnull=True)
    for code in links.order_by("deck__code").values_list("deck__code", flat=True).distinct():
        yield Problem(
            "deck.product_missing",
            _("rate deck %(code)s") % {"code": code},
            _("It says no product its calls are billed as."),
            _("Enter the product."),
        )
