"""What changed since is never missed, whoever writes at the same moment."""

from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from django.db import connections, transaction

from rebill.kit.database import is_postgresql
from rebill.kit.errors import Invalid
from rebill.kit.stamps import settled_before
from rebill.rules.money import Money
from rebill.sources.tabs.commands import TabChanges, change_tabs
from rebill.sources.tabs.models import Tab
from rebill.sources.tabs.queries.tabs import tabs_changed
from tests.sources.tabs.bar import Bar

NOW = datetime(2026, 8, 28, 19, 14, tzinfo=UTC)


def numbers(bar: Bar, cursor: str, at_most: int = 500) -> tuple[list[int], str]:
    """The tabs of all pages of a round, and the cursor of the next."""
    found = []
    while True:
        feed = tabs_changed(bar.acting, cursor=cursor, at_most=at_most)
        found += [tab.pk for tab in feed.tabs]
        cursor = feed.cursor
        if not feed.has_more:
            return found, cursor


@pytest.mark.django_db(transaction=True)
def test_only_what_changed_since_is_told():
    bar = Bar()
    tabs = [bar.tab() for _ in range(5)]
    found, cursor = numbers(bar, "", at_most=2)
    assert sorted(found) == [tab.pk for tab in tabs]

    bar.buy(tabs[3], "5")
    change_tabs(
        acting=bar.acting,
        tabs=Tab.objects.filter(pk=tabs[1].pk),
        changes=TabChanges(limit=Money.of("7", "EUR")),
        now=NOW,
    )

    found, cursor = numbers(bar, cursor)
    # Other tests may hold old transactions open on the same server: then more is told again, and never less.
    assert {tabs[1].pk, tabs[3].pk} <= set(found)
    if not is_postgresql():
        assert sorted(found) == [tabs[1].pk, tabs[3].pk]
        assert numbers(bar, cursor)[0] == []
    assert numbers(Bar(), "")[0] == []


@pytest.mark.django_db(transaction=True)
def test_a_change_that_ends_after_a_later_one_is_not_missed():
    """On PostgreSQL; on SQLite the second writer waits for the first, so there is no such order."""
    bar = Bar()
    slow, quick = bar.tab(), bar.tab()
    _found, cursor = numbers(bar, "")
    written, read = Event(), Event()

    def write_slowly() -> None:
        with transaction.atomic():
            bar.buy(slow, "1")
            written.set()
            read.wait(20)
        connections.close_all()

    writer = Thread(target=write_slowly)
    writer.start()
    assert written.wait(20)
    if is_postgresql():
        bar.buy(quick, "2")
        found, cursor = numbers(bar, cursor)
        assert quick.pk in found
    read.set()
    writer.join()

    found, _cursor = numbers(bar, cursor)
    assert slow.pk in found


@pytest.mark.django_db(transaction=True)
def test_a_cursor_of_another_database_begins_anew():
    bar = Bar()
    tab = bar.tab()
    later = settled_before(Tab) + 1_000_000

    assert numbers(bar, f"{later}.{later}.0")[0] == [tab.pk]
    for cursor in ("x", "1.2", "-1.2.3", "1.2.3.4"):
        with pytest.raises(Invalid):
            tabs_changed(bar.acting, cursor=cursor)
