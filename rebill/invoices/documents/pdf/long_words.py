"""Very long words, and where they may be broken.

Typst breaks a line at spaces, hyphens and slashes, and between the syllables of a word; what has none of them would run
off the paper. It gets marks at which it may be broken. Most documents have none, and are laid out faster for it.
"""

import re
from collections.abc import Iterator
from typing import Any

MARK = "\N{ZERO WIDTH SPACE}"
# As many letters as stand in the narrowest place for running text, and for a fact beside the address.
LETTERS_MAX = 28
FACT_LETTERS_MAX = 18

_RUN = re.compile(rf"[^\s/\-{MARK}]{{{FACT_LETTERS_MAX},}}")
_AFTER_SIGN = re.compile(r"(?<=[._@:;=&?])")
_PART_LETTERS = 10
# Longer ones are no word of any language, so their syllables are not known.
_WORD_LETTERS_MAX = 40
_NOT_PRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def breakable(text: str, *, letters_max: int = LETTERS_MAX) -> str:
    """The text without what cannot be printed, and with marks in what is longer than `letters_max` without a break."""

    def with_marks(found: re.Match[str]) -> str:
        run = found.group()
        if len(run) < letters_max or (run.isalpha() and len(run) <= _WORD_LETTERS_MAX):
            return run
        parts = _AFTER_SIGN.split(run)
        return MARK.join(
            part[start : start + _PART_LETTERS] for part in parts for start in range(0, len(part), _PART_LETTERS)
        )

    return _RUN.sub(with_marks, _NOT_PRINTABLE.sub(" ", text))


def all_breakable(value: Any) -> Any:
    """The same for all texts in lists and dicts of them."""
    if isinstance(value, str):
        return breakable(value)
    if isinstance(value, list):
        return [all_breakable(item) for item in value]
    return {key: all_breakable(item) for key, item in value.items()} if isinstance(value, dict) else value


def has_long_words(value: Any) -> bool:
    """Whether any text has marks, or a word so long that it may have to be parted between syllables."""
    return any(MARK in text or any(len(run) >= LETTERS_MAX for run in _RUN.findall(text)) for text in _texts_in(value))


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(item)
