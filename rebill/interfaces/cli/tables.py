"""Tables and blocks of facts on a terminal: figures at the right and never broken, texts folded where they must be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rebill.interfaces.cli import output

Cell = object


@dataclass(frozen=True)
class Column:
    """A column. Figures stand at the right; neither figures nor what is `short` is ever broken over two lines."""

    heading: str
    is_figure: bool = False
    is_short: bool = False


def figure(heading: str) -> Column:
    """A column of numbers."""
    return Column(heading, is_figure=True)


def short(heading: str) -> Column:
    """A column of texts that stay on one line."""
    return Column(heading, is_short=True)


def print_columns(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, title: str = "") -> None:
    """A table with a heading; a cell that is no styled text is shown as it is. Without rows nothing is shown."""
    listed = [[shown(cell) for cell in row] for row in rows]
    if not listed:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0), show_edge=False)
    for column in columns:
        table.add_column(
            column.heading,
            justify="right" if column.is_figure else "left",
            no_wrap=column.is_figure or column.is_short,
            overflow="fold",
        )
    for row in listed:
        table.add_row(*row)
    if title:
        print_title(title)
    output.screen().print(table)


def print_facts(facts: Iterable[tuple[str, Cell]]) -> None:
    """Facts under each other, each beside its name; what is empty is left out."""
    table = Table(box=None, pad_edge=False, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for name, value in facts:
        if str(value):
            table.add_row(name, shown(value))
    output.screen().print(table)


def print_title(title: str | Text) -> None:
    """A title with room above it; no title, only the room."""
    output.screen().print()
    if title:
        output.screen().print(Text.assemble(shown(title), style="bold"))


def print_note(text: str, *, apart: bool = False) -> None:
    """A sentence that explains or leads on, less bright than the results; `apart` leaves room above it."""
    if apart:
        output.screen().print()
    output.screen().print(Text.assemble(shown(text), style="dim"))


def print_indented(text: Text) -> None:
    """A paragraph that belongs to the line above it."""
    output.screen().print(Padding(text, (0, 0, 0, 2)))


def print_line(text: str | Text) -> None:
    """One sentence."""
    output.screen().print(shown(text))


def shown(cell: Cell) -> Text:
    """The cell as text that steers nothing."""
    return cell if isinstance(cell, Text) else output.plain(cell)
