"""What happens by the clock, and what was changed of the settings."""

from dataclasses import dataclass
from datetime import datetime, time

from django.http import HttpResponse
from django.shortcuts import render

from rebill.access.acting import Permission
from rebill.interfaces.office.history.telling import history_of
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.kit.events import subject_type_of
from rebill.parties.models import Look, NumberSeries, Seller
from rebill.parties.queries import looks_of, series_of
from rebill.rules.periods import add_months
from rebill.rules.timetable import HOURS, MonthlyJob, SellerClock, month_of, slot_of


@dataclass(frozen=True, slots=True)
class Timed:
    """What starts by the clock: which job, at which hour on the first, and when the next time."""

    job: str
    hour: time
    next_at: datetime


@page(Permission.CONFIGURE)
def timetable_page(request: OfficeRequest) -> HttpResponse:
    """The monthly hours, in the seller's time, with the next moment of each."""
    clock = SellerClock(request.seller.pk, request.seller.time_zone, None)
    coming = add_months(month_of(request.now, request.seller.time_zone), 1)
    timed = [Timed(job.value, HOURS[job], slot_of(job, clock, coming).starts_at) for job in MonthlyJob]
    return render(request, "office/settings/timetable.html", {"timed": timed})


@page(Permission.CONFIGURE)
def history_page(request: OfficeRequest) -> HttpResponse:
    """What was changed of the seller, its series and its looks, the latest first, and by whom."""
    series = [(subject_type_of(NumberSeries), each.pk) for each in series_of(request.acting)]
    looks = [(subject_type_of(Look), each.pk) for each in looks_of(request.acting)]
    steps = history_of(request.acting, (subject_type_of(Seller), request.seller.pk), *series, *looks)
    return render(request, "office/settings/history.html", {"steps": steps[::-1]})
