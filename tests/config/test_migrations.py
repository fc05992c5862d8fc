"""The first migrations make each table whole, at once.

Django renders every table that hangs together anew for each index or constraint that is added to one of them: added one
by one, they made an empty database take twice as long.
"""

import re
from collections.abc import Iterator

from django.db.migrations import AddConstraint, AddField, AddIndex, CreateModel, Migration
from django.db.migrations.loader import MigrationLoader
from django.db.models import CheckConstraint, IntegerField, Q


def added_needlessly(migration: Migration) -> Iterator[str]:
    """Indexes and constraints that could stand with the table, because they need no column that comes later."""
    made = {each.name_lower for each in migration.operations if isinstance(each, CreateModel)}
    later = [each for each in migration.operations if isinstance(each, AddField)]
    for each in migration.operations:
        if isinstance(each, AddIndex | AddConstraint) and each.model_name_lower in made:
            rule = each.index if isinstance(each, AddIndex) else each.constraint
            columns = {field.name for field in later if field.model_name_lower == each.model_name_lower}
            if not any(re.search(rf"\b{column}(\b|__)", str(rule.deconstruct())) for column in columns):
                yield f"{migration.app_label}.{migration.name}: {rule.name}"


def test_tables_are_made_with_their_indexes_and_constraints():
    migrations = MigrationLoader(None).disk_migrations.values()

    ours = [each for each in migrations if each.__module__.startswith("rebill.")]

    assert len(ours) > 10
    assert [each for migration in ours for each in added_needlessly(migration)] == []


def test_one_that_is_added_needlessly_is_seen():
    migration = Migration("0001_initial", "runs")
    migration.operations = [
        CreateModel("Run", [("number", IntegerField())]),
        AddConstraint("run", CheckConstraint(condition=Q(number__gt=0), name="run_has_a_number")),
        AddField("run", "rows", IntegerField()),
        AddConstraint("run", CheckConstraint(condition=Q(("rows", 0)), name="run_has_no_rows")),
    ]

    assert list(added_needlessly(migration)) == ["runs.0001_initial: run_has_a_number"]
