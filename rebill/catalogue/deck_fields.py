"""The fields of rate decks, rates, peak times and bundles as commands and imports take them, tidied one at a time."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from rebill.catalogue.fields import exact, unit_price, unit_price_or_none
from rebill.catalogue.models import Bundle, CallCategory, PeakTimes, Rate, RateDeck
from rebill.catalogue.models.decks import PREFIX_LENGTH
from rebill.kit.errors import reason_of
from rebill.kit.fields import RateField, ScaledField
from rebill.parties import entries
from rebill.parties.entries import EntryRefused, Tidy, text_of, tidy_entries
from rebill.rules.peak import DAY_MINUTES, PeakSpan, PeakUnfit, check_peak
from rebill.rules.rating import rates as rating
from rebill.rules.rating.rates import RateUnfit, Rounding

SECONDS_MAX = 86_400
ONNET = "onnet"

_PREFIX = re.compile(r"\d+|=[\d*#]+")
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_HOLIDAYS = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,5})?")
_MARKUP: ScaledField[Any, Any] = RateField()

_seconds = entries.whole_number(1, SECONDS_MAX)


def _markup_or_none(field: str, value: object) -> int | None:
    """A share as 0.25, as the column keeps it."""
    return None if value is None else exact(_MARKUP, field, value)


# --- decks ----------------------------------------------------------------------------------------------------------


class DeckTerms(TypedDict, total=False):
    """What may be said of a deck besides its code. `markup` is a share: 0.25 is 25 %. Ids are of the same seller."""

    name: str
    product_id: int | None
    buy_deck_id: int | None
    quantum: Decimal
    rounding: int
    first_seconds: int
    next_seconds: int
    markup: Decimal | None
    price_step: Decimal
    active: bool


def _quantum(field: str, value: object) -> Decimal:
    scaled = unit_price(field, value)
    if scaled <= 0:
        raise EntryRefused(field, why=_("It is not above zero."), remedy=_("Enter such as 0.0001."), value=value)
    return Decimal(scaled).scaleb(-6)


def _decimal_markup(field: str, value: object) -> Decimal | None:
    scaled = _markup_or_none(field, value)
    return None if scaled is None else Decimal(scaled).scaleb(-6)


def _id_or_none(field: str, value: object) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise EntryRefused(field, why=_("It is no number."), remedy=_("Enter a number."), value=value)
    return value


_DECK_TIDIERS: dict[str, Tidy] = {
    "name": text_of(RateDeck, "name", required=True),
    "product_id": _id_or_none,
    "buy_deck_id": _id_or_none,
    "quantum": _quantum,
    "rounding": entries.one_number_of([each.value for each in Rounding]),
    "first_seconds": _seconds,
    "next_seconds": _seconds,
    "markup": _decimal_markup,
    "price_step": _quantum,
    "active": entries.yes_or_no,
}
DECK_FIELDS = tuple(_DECK_TIDIERS)
# Of these, a change only concerns rates that are still to come.
DEFAULTS_OF_RATES = frozenset({"first_seconds", "next_seconds", "markup", "price_step", "active", "name"})

tidy_deck_code = text_of(RateDeck, "code", required=True)


def tidy_deck(entered: Mapping[str, object]) -> dict[str, Any]:
    """The entered fields of a deck as they are kept."""
    return tidy_entries(entered, _DECK_TIDIERS)


# --- rates ----------------------------------------------------------------------------------------------------------


class RateTerms(TypedDict, total=False):
    """What may be said of a rate. What is left out stays as it was when a rate is corrected or follows another."""

    destination: str
    category: int
    product_id: int | None
    setup: Decimal
    minute: Decimal
    offpeak: Decimal | None
    first_seconds: int
    next_seconds: int
    later_after_seconds: int
    later_minute: Decimal
    later_next_seconds: int
    markup: Decimal | None
    minimum: Decimal | None
    maximum: Decimal | None


@dataclass(frozen=True, slots=True)
class RateContent:
    """A rate without its days, as the columns keep it: prices and shares in 10⁻⁶."""

    destination: str
    category: int
    product_id: int | None
    setup: int
    minute: int
    offpeak: int | None
    first_seconds: int
    next_seconds: int
    later_after_seconds: int
    later_minute: int
    later_next_seconds: int
    markup: int | None
    minimum: int | None
    maximum: int | None


RATE_CONTENT = tuple(field.name for field in fields(RateContent))

_RATE_TIDIERS: dict[str, Tidy] = {
    "destination": text_of(Rate, "destination"),
    "category": entries.one_number_of(CallCategory.values),
    "product_id": _id_or_none,
    "setup": unit_price,
    "minute": unit_price,
    "offpeak": unit_price_or_none,
    "first_seconds": _seconds,
    "next_seconds": _seconds,
    "later_after_seconds": entries.whole_number(0, SECONDS_MAX),
    "later_minute": unit_price,
    "later_next_seconds": _seconds,
    "markup": _markup_or_none,
    "minimum": unit_price_or_none,
    "maximum": unit_price_or_none,
}
RATE_FIELDS = tuple(_RATE_TIDIERS)


def tidy_prefix(field: str, value: object) -> str:
    """Digits of a number in full without its plus or zeros, "=112" or "short 112" for one as dialled, or "onnet".

    A file cannot say "=112": a cell that begins so is taken for a formula.
    """
    entered = entries.text(2 * PREFIX_LENGTH, required=True)(field, value).replace(" ", "").lower().removeprefix("+")
    if entered == ONNET:
        return ONNET
    if entered.startswith("short"):
        entered = f"={entered[5:]}"
    if entered.startswith("00"):
        entered = entered[2:]
    if not _PREFIX.fullmatch(entered) or len(entered) > PREFIX_LENGTH:
        why = _("It is no prefix of a number.")
        remedy = _("Enter digits such as 3161, =112 for a number as it is dialled, or onnet.")
        raise EntryRefused(field, why=why, remedy=remedy, value=value)
    return str(entered)


def usual_rate(deck: RateDeck) -> RateContent:
    """What a new rate of the deck is where nothing is said; its price has to be."""
    return RateContent(
        destination="",
        category=CallCategory.OTHER,
        product_id=None,
        setup=0,
        minute=0,
        offpeak=None,
        first_seconds=deck.first_seconds,
        next_seconds=deck.next_seconds,
        later_after_seconds=0,
        later_minute=0,
        later_next_seconds=1,
        markup=None,
        minimum=None,
        maximum=None,
    )


def tidy_rate(entered: Mapping[str, object], *, kept: RateContent | None, usual: RateContent) -> RateContent:
    """The rate as it is kept, checked as a whole. `kept` is the rate it corrects or follows, None for a new prefix."""
    tidied = tidy_entries(entered, _RATE_TIDIERS)
    if kept is None and "minute" not in tidied and "setup" not in tidied and tidied.get("markup") is None:
        raise EntryRefused("minute", why=_("There is no price."), remedy=_("Enter one; 0 if it is free."))
    content = replace(kept or usual, **tidied)
    try:
        rating.check_rate(as_rate(content))
    except RateUnfit as error:
        raise EntryRefused("minute", why=reason_of(error), remedy=_("Correct the price.")) from None
    return content


def as_rate(content: RateContent, *, quantum: int = 100, rounding: int = Rounding.HALF_UP) -> rating.Rate:
    """The rate as `rules.rating` calculates with it; `quantum` and `rounding` are its deck's."""
    return rating.Rate(
        minute_e6=content.minute,
        offpeak_e6=content.minute if content.offpeak is None else content.offpeak,
        setup_e6=content.setup,
        first_s=content.first_seconds,
        next_s=content.next_seconds,
        later_after_s=content.later_after_seconds,
        later_e6=content.later_minute,
        later_next_s=content.later_next_seconds,
        markup_e6=content.markup,
        minimum_e6=content.minimum,
        maximum_e6=content.maximum,
        quantum_e6=quantum,
        rounding=Rounding(rounding),
    )


# --- peak times -----------------------------------------------------------------------------------------------------


class PeakTerms(TypedDict, total=False):
    """What may be said of peak times besides their code: see `models.PeakTimes`."""

    name: str
    week: Sequence[tuple[Sequence[int], str, str]]
    holidays: str


def _week(field: str, value: object) -> list[list[Any]]:
    remedy = _("Enter days from 1 to 7 with times such as 08:00 and 18:00.")
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise EntryRefused(field, why=_("It is no list of times."), remedy=remedy, value=value)
    tidied: list[list[Any]] = []
    for each in value:
        try:
            days, begins, ends = each
            tidied.append([sorted({int(day) for day in days}), _clock(begins), _clock(ends)])
        except (TypeError, ValueError):
            raise EntryRefused(field, why=_("It is no list of times."), remedy=remedy, value=each) from None
    try:
        check_peak(peak_spans(tidied))
    except PeakUnfit as error:
        raise EntryRefused(field, why=reason_of(error), remedy=remedy) from None
    return tidied


def peak_spans(week: Sequence[Sequence[Any]]) -> tuple[PeakSpan, ...]:
    """The kept times of a week as `rules.peak` calculates with them."""
    return tuple(PeakSpan(frozenset(days), _minutes(begins), _minutes(ends)) for days, begins, ends in week)


def _clock(text: object) -> str:
    found = _CLOCK.fullmatch(str(text).strip())
    if found is None or _minutes(str(text).strip()) > DAY_MINUTES:
        raise ValueError(text)
    return f"{int(found[1]):02}:{found[2]}"


def _minutes(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _holidays(field: str, value: object) -> str:
    entered: str = entries.text(10)(field, value).upper()
    if entered and not _HOLIDAYS.fullmatch(entered):
        why = _("It is no country or region.")
        raise EntryRefused(field, why=why, remedy=_("Enter such as NL or DE-BY."), value=value)
    return entered


_PEAK_TIDIERS: dict[str, Tidy] = {
    "name": text_of(PeakTimes, "name", required=True),
    "week": _week,
    "holidays": _holidays,
}

tidy_peak_code = text_of(PeakTimes, "code", required=True)


def tidy_peak(entered: Mapping[str, object]) -> dict[str, Any]:
    """The entered fields of peak times as they are kept."""
    return tidy_entries(entered, _PEAK_TIDIERS)


# --- bundles --------------------------------------------------------------------------------------------------------


class BundleTerms(TypedDict, total=False):
    """What may be said of a bundle: `minutes` or `amount` is what a whole month includes."""

    name: str
    categories: Sequence[int]
    minutes: int | None
    amount: Decimal | None


def _categories(field: str, value: object) -> list[int]:
    if isinstance(value, str) or not isinstance(value, Sequence) or not value:
        raise EntryRefused(field, why=_("There is no category."), remedy=_("Choose one or more."), value=value)
    return sorted({entries.one_number_of(CallCategory.values)(field, each) for each in value})


def _amount_or_none(field: str, value: object) -> Decimal | None:
    scaled = unit_price_or_none(field, value)
    if scaled is not None and scaled < 0:
        raise EntryRefused(field, why=_("It is below zero."), remedy=_("Enter an amount."), value=value)
    return None if scaled is None else Decimal(scaled).scaleb(-6)


_BUNDLE_TIDIERS: dict[str, Tidy] = {
    "name": text_of(Bundle, "name", required=True),
    "categories": _categories,
    "minutes": entries.whole_number(0, 10_000_000, or_none=True),
    "amount": _amount_or_none,
}


def tidy_bundle(entered: Mapping[str, object], *, kept: Bundle | None) -> dict[str, Any]:
    """The entered fields of a bundle as they are kept: it includes time or money, not both and not neither."""
    tidied = tidy_entries(entered, _BUNDLE_TIDIERS)
    if "minutes" in tidied:
        minutes = tidied.pop("minutes")
        tidied["seconds"] = None if minutes is None else 60 * minutes
    # Saying the one takes the other away.
    if tidied.get("seconds") is not None:
        tidied.setdefault("amount", None)
    elif tidied.get("amount") is not None:
        tidied.setdefault("seconds", None)
    seconds = tidied.get("seconds", kept.seconds if kept else None)
    amount = tidied.get("amount", kept.amount if kept else None)
    if (seconds is None) == (amount is None):
        raise EntryRefused(
            "minutes", why=_("It includes neither minutes nor money, or both."), remedy=_("Enter one of the two.")
        )
    if kept is None and "categories" not in tidied:
        raise EntryRefused("categories", why=_("There is no category."), remedy=_("Choose one or more."))
    return tidied
