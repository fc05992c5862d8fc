"""What is nearest to something that matched nothing, so that a person need not search."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

# Below this a proposal would be a guess that a person has to undo.
LIKENESS_MIN = 35
_LEGAL_FORMS = frozenset(
    {
        "ab", "ag", "bv", "bvba", "cv", "eg", "ek", "gmbh", "ggmbh", "inc", "kg", "ky", "ltd", "nv", "ohg", "oy", "oyj",
        "ry", "sa", "srl", "tmi", "ug", "vof",
    }
)  # fmt: skip


class Candidate(NamedTuple):
    """What it could be, and how alike it is, of 100."""

    id: int
    likeness: int


def likeness(one: str, other: str) -> int:
    """How alike two names are, of 100: the share of pieces of three letters that they have in common."""
    return _shared(_pieces(one), _pieces(other))


def nearest(name: str, known: Mapping[int, str] | Iterable[tuple[int, str]], *, at_most: int = 3) -> list[Candidate]:
    """The names most alike, the nearest first; none that is not alike at all."""
    wanted = _pieces(name)
    pairs = known.items() if isinstance(known, Mapping) else known
    found = [Candidate(each, _shared(wanted, _pieces(other))) for each, other in pairs]
    alike = [each for each in found if each.likeness >= LIKENESS_MIN]
    return sorted(alike, key=lambda each: (-each.likeness, each.id))[:at_most]


def _shared(one: frozenset[str], other: frozenset[str]) -> int:
    if not one or not other:
        return 0
    return 200 * len(one & other) // (len(one) + len(other))


def _pieces(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [word for word in re.split(r"[^\w]+", plain.replace(".", "")) if word and word not in _LEGAL_FORMS]
    return frozenset(f"  {word} "[at : at + 3] for word in words for at in range(len(word) + 1))
