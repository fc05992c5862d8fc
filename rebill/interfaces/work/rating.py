"""The long work of rating calls, and of taking over or leaving a rating that waits."""

from datetime import date
from typing import Any

from rebill import pipeline
from rebill.interfaces.work.contract import Job, Result
from rebill.sources.usage.commands import take_rating
from rebill.sources.usage.models import Rating
from rebill.sources.usage.queries.ratings import rating_of


def rate_months(job: Job) -> Result:
    """Rates the `months` (first days) anew, as a `trial` if that was asked; without months what is not rated yet."""
    said = job.request.get("months")
    ratings = pipeline.rate_calls(
        acting=job.acting,
        months=None if said is None else [date.fromisoformat(month) for month in said],
        trial=bool(job.request.get("trial")),
        now=job.now,
        progress=job.advance,
    )
    return {"ratings": [facts_of(rating) for rating in ratings]}


def take_waiting_rating(job: Job) -> Result:
    """Takes over the `rating` that waits."""
    waiting = rating_of(acting=job.acting, rating_id=job.request["rating"])
    return facts_of(take_rating(acting=job.acting, rating=waiting, now=job.now))


def facts_of(rating: Rating) -> dict[str, Any]:
    """What pages and the API show of a rating."""
    return {
        "id": rating.pk,
        "month": f"{rating.month:%Y-%m}",
        "number": rating.number,
        "state": rating.state,
        "calls": rating.calls,
        "rated": rating.rated,
        "unpriced": rating.unpriced,
        "unowned": rating.unowned,
    }
