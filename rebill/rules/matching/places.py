"""Where a supplier writes whom a row is for. Every supplier does it otherwise, so the places are tried and learnt.

What stands at a place is a *statement*: a number of the end customer, a name, or both. The rows of one invoice are read
in order, because a row without an amount may head those that follow it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from rebill.rules.matching.identifiers import keys_in, keys_of, without_numbers


class Place(StrEnum):
    """A part of a row in which suppliers name the end customer."""

    PARTY = "party"
    BUYER_REFERENCE = "buyer_reference"
    ROW_IDENTIFIER = "row_identifier"
    SUB_IDENTIFIER = "sub_identifier"
    GROUP = "group"
    DEFINITION = "definition"
    TEXT = "text"
    HEADING = "heading"


# Said outright first, guessed from running text last.
USUAL_ORDER = (
    Place.PARTY,
    Place.DEFINITION,
    Place.BUYER_REFERENCE,
    Place.ROW_IDENTIFIER,
    Place.SUB_IDENTIFIER,
    Place.GROUP,
    Place.TEXT,
    Place.HEADING,
)
# Here mostly stands something else, an order number say: it names a customer only where one has it.
_DOUBTFUL = frozenset(
    {
        Place.DEFINITION,
        Place.BUYER_REFERENCE,
        Place.ROW_IDENTIFIER,
        Place.SUB_IDENTIFIER,
        Place.GROUP,
        Place.TEXT,
        Place.HEADING,
    }
)


class Statement(NamedTuple):
    """Whom a row is for, as the supplier says it. `keys` are those of its number; the number itself may be another's
    customer number, which has none."""

    place: Place
    number: str
    name: str
    keys: tuple[str, ...]

    @property
    def identity(self) -> str:
        """What tells this end customer from others of the supplier: by which a link is remembered."""
        if self.keys:
            return f"key:{self.keys[0]}"
        return f"number:{folded(self.number)}" if self.number else f"name:{folded(self.name)}"


class RowSays(NamedTuple):
    """What of a row may name its end customer: the number and name at each place, and whether it asks for money."""

    named: Mapping[Place, tuple[str, str]]
    texts: tuple[str, ...]
    has_amount: bool


IsKnown = Callable[[Statement], bool]


def folded(text: str) -> str:
    """The text as names are compared: without capitals and needless spaces."""
    return " ".join(text.split()).casefold()


def statement(place: Place, number: str, name: str, *, country: str) -> Statement | None:
    """What stands at a place, None when nothing does. A number within the name counts as the number."""
    number, name = " ".join(number.split()), " ".join(name.split())
    keys = keys_of(number, country=country) if number else ()
    if not keys:
        keys = keys_in(f"{number} {name}")
        if keys:
            number, name = (number, without_numbers(name)) if not number else ("", without_numbers(f"{number} {name}"))
    return Statement(place, number, name, keys) if number or name or keys else None


def statements_of(row: RowSays, heading: Statement | None, *, country: str) -> dict[Place, Statement]:
    """Everything that the row says about its end customer, by place."""
    found: dict[Place, Statement] = {}
    for place, (number, name) in row.named.items():
        said = statement(place, number, name, country=country)
        if said is not None:
            found[place] = said
    for text in row.texts:
        keys = keys_in(text)
        if keys and Place.TEXT not in found:
            found[Place.TEXT] = Statement(Place.TEXT, "", without_numbers(text), keys)
    if heading is not None:
        found[Place.HEADING] = heading
    return found


def heading_of(row: RowSays, *, country: str) -> Statement | None:
    """Whom a row without an amount announces; None when it asks for money or says nothing."""
    if row.has_amount:
        return None
    for place in USUAL_ORDER:
        if place in row.named and (said := statement(Place.HEADING, *row.named[place], country=country)):
            return said
    with_key = [text for text in row.texts if keys_in(text)]
    for text in (*with_key, *row.texts):
        if said := statement(Place.HEADING, "", text, country=country):
            return said
    return None


def all_statements(rows: Iterable[RowSays], *, country: str) -> list[dict[Place, Statement]]:
    """What each row says, in their order; a heading counts for the rows up to the next one."""
    heading: Statement | None = None
    found = []
    for row in rows:
        announced = heading_of(row, country=country)
        heading = announced or heading
        found.append(statements_of(row, None if announced else heading, country=country))
    return found


def learnt_places(said: Sequence[Mapping[Place, Statement]], is_known: IsKnown) -> tuple[Place, ...]:
    """The places at which known customers stand, those that name most of them first.

    Behind them come the places that say it outright or hold the number of a party, known or not. Where there is none
    of all these the rows without an amount may be headings.
    """
    known: Counter[Place] = Counter()
    for statements in said:
        known.update(place for place, each in statements.items() if is_known(each))
    order = {place: position for position, place in enumerate(USUAL_ORDER)}
    found = sorted(known, key=lambda place: (-known[place], order[place]))
    stated = {
        place
        for statements in said
        for place, each in statements.items()
        if place not in known and (place not in _DOUBTFUL or each.keys)
    }
    found += sorted(stated, key=lambda place: order[place])
    return tuple(found) or tuple({Place.HEADING for statements in said if Place.HEADING in statements})


def chosen_statement(
    statements: Mapping[Place, Statement], places: Sequence[Place], is_known: IsKnown
) -> Statement | None:
    """Whom the row is for: the first place that names a known customer, else the first at which anybody stands.

    An unknown number at a doubtful place counts only where it has the form of a party's number.
    """
    standing = [statements[place] for place in places if place in statements]
    for each in standing:
        if is_known(each):
            return each
    for each in standing:
        if each.place not in _DOUBTFUL or each.keys:
            return each
    return standing[0] if standing else None
