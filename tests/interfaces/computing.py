"""Settings and pages of an office that computes with Polars when it is asked."""

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.urls import path

from rebill.config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.interfaces.computing"


def computed() -> int:
    """A sum that all threads of Polars take part in."""
    numbers = pl.LazyFrame({"number": range(1, 1001), "group": [number % 7 for number in range(1000)]})
    return numbers.group_by("group").agg(pl.col("number").sum()).collect()["number"].sum()


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(str(computed()))


urlpatterns = [path("computed", answer)]
