"""Reads and writes of many rows at once, exact and without model instances: the fast road of every run."""

from rebill.kit.bulk.among import Among, Numbers
from rebill.kit.bulk.chunks import chunks
from rebill.kit.bulk.ids import reserve_ids
from rebill.kit.bulk.reads import read_all, read_rows
from rebill.kit.bulk.statistics import learn_sizes
from rebill.kit.bulk.writes import insert_rows, update_rows, upsert_rows
from rebill.kit.database import write_lock

__all__ = [
    "Among",
    "Numbers",
    "chunks",
    "insert_rows",
    "learn_sizes",
    "read_all",
    "read_rows",
    "reserve_ids",
    "update_rows",
    "upsert_rows",
    "write_lock",
]
