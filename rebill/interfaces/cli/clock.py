"""The clock of the command line."""

from datetime import UTC, datetime


def read_clock() -> datetime:
    """The moment at which the command runs; nothing behind the doors reads the clock."""
    return datetime.now(UTC)
