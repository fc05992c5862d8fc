"""The kit as a Django app: it owns the tables for sequences, events and stored files."""

import sqlite3
from datetime import date
from functools import lru_cache

from django.apps import AppConfig
from django.utils.dateparse import parse_date


class KitConfig(AppConfig):
    name = "rebill.kit"
    label = "kit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """SQLite keeps days as text. A run reads the same few a hundred thousand times, and Django parses each anew."""
        sqlite3.register_converter("date", _day)


@lru_cache(maxsize=8192)
def _day(text: bytes) -> date | None:
    return parse_date(text.decode())
