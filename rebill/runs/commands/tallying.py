"""Keeping count of how the drafts of each run stand, so that a hundred thousand need not be counted to be shown.

What a change adds and takes away is written as rows of its own: nobody waits for somebody else's count, and what the
rows of a run sum up to is how its drafts stand. They can be counted anew at any time.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import insert_rows
from rebill.runs.models import Draft, DraftState, DraftTally
from rebill.runs.queries.standing import FIGURES, KEPT, NOTHING, Figures, TallyKey, counted

COLUMNS = ("run_id", "state", "verdict", "currency", *FIGURES)


@contextmanager
def tallied(*, draft_ids: Collection[int]) -> Iterator[None]:
    """Counts what happens to these drafts inside: they are held, and counted before and after. Needs a transaction."""
    rows = Draft.objects.filter(id__among=draft_ids)
    list(rows.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
    before = counted(rows)
    yield
    _write({key: _negative(figures) for key, figures in before.items()}, counted(rows))


def tally_moved(*, draft_ids: Collection[int], to: DraftState) -> None:
    """Counts that these drafts, still as they were and held, are about to stand in the state `to`."""
    before = counted(Draft.objects.filter(id__among=draft_ids))
    _write(
        {key: _negative(figures) for key, figures in before.items()},
        {key._replace(state=to.value): figures for key, figures in before.items()} if to in KEPT else {},
    )


def tally_new(*, tallies: Iterable[tuple[TallyKey, Figures]]) -> None:
    """Counts drafts that are new, each with its key and figures."""
    _write(*({key: figures} for key, figures in tallies))


def renew_tally(*, acting: Acting, run_id: int) -> None:
    """Counts the drafts of the seller's run anew, whatever was counted before."""
    require(acting, Permission.REVIEW)
    with transaction.atomic():
        drafts = Draft.objects.filter(seller_id=acting.seller_id, run_id=run_id)
        list(drafts.order_by("id").select_for_update(of=("self",)).values_list("id", flat=True))
        DraftTally.objects.filter(run__seller_id=acting.seller_id, run_id=run_id).delete()
        _write(counted(drafts))


def _write(*parts: Mapping[TallyKey, Figures]) -> None:
    sums: dict[TallyKey, Figures] = {}
    for part in parts:
        for key, figures in part.items():
            sums[key] = tuple(map(sum, zip(sums.get(key, NOTHING), figures, strict=True)))
    insert_rows(DraftTally, COLUMNS, [(*key, *figures) for key, figures in sorted(sums.items()) if any(figures)])


def _negative(figures: Figures) -> Figures:
    return tuple(-each for each in figures)
