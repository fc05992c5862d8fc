"""Every write of interim lines."""

from rebill.sources.oneoff.commands.adding import (
    LineTerms,
    add_credit,
    add_interim_line,
    change_interim_line,
    forget_lines,
    remember_lines,
    remove_interim_line,
    restore_interim_line,
)
from rebill.sources.oneoff.commands.importing import import_interim_lines

__all__ = [
    "LineTerms",
    "add_credit",
    "add_interim_line",
    "change_interim_line",
    "forget_lines",
    "import_interim_lines",
    "remember_lines",
    "remove_interim_line",
    "restore_interim_line",
]
