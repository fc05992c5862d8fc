"""Peak times, and bundles of included minutes or money."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue import commands
from rebill.catalogue.models import Bundle, PeakTimes
from rebill.catalogue.queries.decks import bundles_of, peak_times_of
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.decks import Category, EndBefore, category_number, category_word
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Day, Exact, Id, Line, Shown, with_example

peaks = Endpoints(Area.CATALOGUE, "Peak times")
bundles = Endpoints(Area.CATALOGUE, "Bundles")


# --- peak times -----------------------------------------------------------------------------------------------------


class PeakSpanGiven(Body):
    """Days of the week, 1 is Monday, and the times between which they are peak, in whole quarters of an hour."""

    days: Annotated[list[int], Field(min_length=1, max_length=7)]
    begins: Line = Field(examples=["08:00"])
    ends: Line = Field(examples=["18:00"])


class PeakTimesShown(Shown):
    """The times of the week that are peak, where the seller is."""

    id: int
    code: str
    name: str
    week: list[PeakSpanGiven]
    holidays: str = Field(description="Public holidays that are off-peak: a country such as NL, or a region as DE-BY.")


class PeakTimesTerms(Body):
    """What may be said of peak times."""

    name: Line = LEFT_OUT
    week: Annotated[list[PeakSpanGiven], Field(max_length=50)] = LEFT_OUT
    holidays: Line = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The fields that were sent, with the times as the command takes them."""
        given = super().given()
        if "week" in given:
            given["week"] = [(each.days, each.begins, each.ends) for each in self.week]
        return given


class NewPeakTimes(PeakTimesTerms):
    """Peak times to be made."""

    model_config = with_example(
        {"code": "daytime", "week": [{"days": [1, 2, 3, 4, 5], "begins": "08:00", "ends": "18:00"}], "holidays": "NL"}
    )

    code: Line


class PeakTimesChanges(PeakTimesTerms):
    """What is to be corrected of peak times, for all days."""

    model_config = with_example({"holidays": "DE-BY"})


class PeakTimesChosen(Body):
    """The peak times that a deck knows from a day on; null for none."""

    model_config = with_example({"peak_times_id": 3, "valid_from": "2026-10-01"})

    peak_times_id: Id | None
    valid_from: Day


def show_peak_times(peak_times: PeakTimes) -> PeakTimesShown:
    """Peak times as an answer says them."""
    week = [PeakSpanGiven(days=days, begins=begins, ends=ends) for days, begins, ends in peak_times.week]
    plain = {name: getattr(peak_times, name) for name in ("id", "code", "name", "holidays")}
    return PeakTimesShown(**plain, week=week)


@peaks.read("/peak-times")
def list_peak_times(request: ApiRequest, paging: Paged) -> Page[PeakTimesShown]:
    """List peak times, the oldest first."""
    return page_of(peak_times_of(request.acting), paging, each(show_peak_times))


@peaks.write("POST", "/peak-times", status=HTTPStatus.CREATED)
def create_peak_times(request: ApiRequest, body: NewPeakTimes) -> PeakTimesShown:
    """Make peak times; a deck knows them once they are put there."""
    return show_peak_times(commands.create_peak_times(acting=request.acting, now=request.now, **body.given()))


@peaks.write("PATCH", "/peak-times/{peak_times_id}")
def change_peak_times(request: ApiRequest, peak_times_id: Id, body: PeakTimesChanges) -> PeakTimesShown:
    """Correct peak times for all days; calls that were rated by them are looked at again."""
    return show_peak_times(
        commands.change_peak_times(acting=request.acting, peak_times_id=peak_times_id, now=request.now, **body.given())
    )


@peaks.write("PUT", "/rate-decks/{deck_id}/peak-times")
def put_peak_times(request: ApiRequest, deck_id: Id, body: PeakTimesChosen) -> None:
    """Say which peak times a deck knows from a day on."""
    commands.set_deck_peak_times(acting=request.acting, deck_id=deck_id, now=request.now, **body.given())


# --- bundles --------------------------------------------------------------------------------------------------------


class BundleShown(Shown):
    """Minutes or money that calls of some categories have free in a month. Exactly one of three gets it."""

    id: int
    name: str
    plan_id: int | None
    customer_id: int | None
    product_id: int | None = Field(description="Whoever has the product gets it, as often as it has it.")
    categories: list[Category]
    minutes: int | None
    amount: Exact | None
    valid_from: date
    valid_before: date | None


class BundleTerms(Body):
    """What may be said of a bundle."""

    name: Line = LEFT_OUT
    categories: Annotated[list[Category], Field(min_length=1, max_length=9)] = LEFT_OUT
    minutes: int | None = LEFT_OUT
    amount: Exact | None = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The fields that were sent, with categories as the command takes them."""
        given = super().given()
        if "categories" in given:
            given["categories"] = [category_number(each) for each in self.categories]
        return given


class NewBundle(BundleTerms):
    """A bundle to be made, for all customers of a plan, for one customer, or with each piece of a product."""

    model_config = with_example(
        {
            "name": "Fixed NL",
            "product_id": 12,
            "categories": ["national_fixed"],
            "minutes": 2000,
            "valid_from": "2026-10-01",
        }
    )

    valid_from: Day
    valid_before: Day = LEFT_OUT
    plan_id: Id | None = LEFT_OUT
    customer_id: Id | None = LEFT_OUT
    product_id: Id | None = LEFT_OUT


class BundleChanges(BundleTerms):
    """What is to be corrected of a bundle, for all its days."""

    model_config = with_example({"minutes": 2500})


def show_bundle(bundle: Bundle) -> BundleShown:
    """The bundle as an answer says it."""
    plain = {name: getattr(bundle, name) for name in BundleShown.model_fields if name not in ("categories", "minutes")}
    minutes = None if bundle.seconds is None else bundle.seconds // 60
    return BundleShown(**plain, minutes=minutes, categories=[category_word(each) for each in bundle.categories])


@bundles.read("/bundles")
def list_bundles(request: ApiRequest, paging: Paged) -> Page[BundleShown]:
    """List bundles, the oldest first."""
    return page_of(bundles_of(request.acting), paging, each(show_bundle))


@bundles.write("POST", "/bundles", status=HTTPStatus.CREATED)
def create_bundle(request: ApiRequest, body: NewBundle) -> BundleShown:
    """Make a bundle."""
    return show_bundle(commands.create_bundle(acting=request.acting, now=request.now, **body.given()))


@bundles.write("PATCH", "/bundles/{bundle_id}")
def change_bundle(request: ApiRequest, bundle_id: Id, body: BundleChanges) -> BundleShown:
    """Correct a bundle for all its days; months that were rated are looked at again."""
    return show_bundle(
        commands.change_bundle(acting=request.acting, bundle_id=bundle_id, now=request.now, **body.given())
    )


@bundles.write("POST", "/bundles/{bundle_id}/end")
def end_bundle(request: ApiRequest, bundle_id: Id, body: EndBefore) -> BundleShown:
    """End a bundle before a day; the month it ends in has its share."""
    return show_bundle(
        commands.end_bundle(acting=request.acting, bundle_id=bundle_id, valid_before=body.valid_before, now=request.now)
    )
