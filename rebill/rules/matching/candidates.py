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


class NameIndex:
    """Many names, to be asked for the nearest of several: each name is taken apart once."""

    def __init__(self, known: Iterable[tuple[int, str]]) -> None:
        self._sizes: dict[int, int] = {}
        self._holding: dict[str, list[int]] = {}
        for each, name in known:
            pieces = _pieces(name)
            self._sizes[each] = len(pieces)
            for piece in pieces:
                self._holding.setdefault(piece, []).append(each)

    def nearest(self, name: str, *, at_most: int = 3) -> list[Candidate]:
        """The names most alike, the nearest first; none that is not alike at all."""
        wanted = _pieces(name)
        shared: dict[int, int] = {}
        for piece in wanted:
            for each in self._holding.get(piece, ()):
                shared[each] = shared.get(each, 0) + 1
        found = [Candidate(each, 200 * count // (len(wanted) + self._sizes[each])) for each, count in shared.items()]
        alike = [each for each in found if each.likeness >= LIKENESS_MIN]
        return sorted(alike, key=lambda each: (-each.likeness, each.id))[:at_most]


def nearest(name: str, known: Mapping[int, str], *, at_most: int = 3) -> list[Candidate]:
    """The names most alike, the nearest first; none that is not alike at all."""
    return NameIndex(known.items()).nearest(name, at_most=at_most)


def _shared(one: frozenset[str], other: frozenset[str]) -> int:
    if not one or not other:
        return 0
    return 200 * len(one & other) // (len(one) + len(other))


def _pieces(name: str) -> frozenset[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = [word for word in re.split(r"[^\w]+", plain.replace(".", "")) if word and word not in _LEGAL_FORMS]
    return frozenset(f"  {word} "[at : at + 3] for word in words for at in range(len(word) + 1))
