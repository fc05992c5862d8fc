"""Options that several commands share, and how days and numbers are written on the command line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption, begin_session
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.tables import Column, print_columns, print_line


def with_options_of(shared: Callable[..., object]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Gives a command the options of `shared` after its own ones; its first argument is what `shared` makes of them."""

    def add_options(command: Callable[..., int]) -> Callable[..., int]:
        own = list(signature(command).parameters.values())[1:]
        added = signature(shared).parameters

        @wraps(command)
        def run(**said: object) -> int:
            return command(shared(**{name: said.pop(name) for name in added}), **said)

        options = [each.replace(kind=Parameter.KEYWORD_ONLY) for each in (*own, *added.values())]
        # Typer reads what can be said from here, not from the function that runs.
        run.__signature__ = Signature(options, return_annotation=int)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in options}
        return run

    return add_options


def read_day(text: str) -> date:
    """The day as it is written everywhere on the command line: 2026-09-01."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(_("%(text)r is no day; write it as 2026-09-01.") % {"text": text}) from None


def read_month(text: str) -> date:
    """A month as it is written on the command line: 2026-09."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(_("%(text)r is no month; write it as 2026-09.") % {"text": text}) from None


def read_number(text: str) -> Decimal:
    """An exact number with a decimal point. A comma is refused: it would be guessed what it means."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(_("%(text)r is no number; write it as 1250.50.") % {"text": text}) from None
    if not value.is_finite():
        raise typer.BadParameter(_("%(text)r is no number; write it as 1250.50.") % {"text": text})
    return value


def open_session(*, seller: str | None, user: str | None) -> Session:
    """The database brought up to date, and who acts for whom."""
    prepare_database()
    return begin_session(seller=seller, user=user)


@dataclass(frozen=True)
class Asked:
    """Who asks, for whom, and whether a program reads the answer."""

    session: Session
    as_json: bool

    def tell(self, facts: Mapping[str, object], words: str) -> int:
        """What became of it: the facts for a program, a sentence for people."""
        if self.as_json:
            output.print_json(facts)
        else:
            print_line(words)
        return DONE

    def tell_rows(
        self, name: str, rows: Sequence[Mapping[str, object]], columns: Sequence[Column], cells: Iterable[Sequence[str]]
    ) -> int:
        """Rows under their name for a program, a table for people."""
        if self.as_json:
            output.print_json({name: rows})
        else:
            print_columns(columns, cells)
        return DONE


def asked(seller: SellerOption = None, user: UserOption = None, as_json: output.JsonOption = False) -> Asked:
    """The options of every command, said once for commands that need no more of them."""
    return Asked(open_session(seller=seller, user=user), as_json)


FromOption = Annotated[
    date, typer.Option("--from", parser=read_day, metavar="DATE", help="The first day on which it holds.")
]
BeforeOption = Annotated[
    date, typer.Option("--before", parser=read_day, metavar="DATE", help="The first day on which it holds no longer.")
]
EndOption = Annotated[
    date | None,
    typer.Option("--before", parser=read_day, metavar="DATE", help="The first day on which it holds no longer."),
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it is kept with who and when.")]
ReferenceOption = Annotated[str, typer.Option("--reference", metavar="TEXT", help="The customer's own reference.")]
SearchOption = Annotated[str, typer.Option("--search", metavar="TEXT", help="A word of the customer or of a line.")]
LimitOption = Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help="Rows on a page.")]
PageOption = Annotated[int, typer.Option("--page", metavar="N", min=1, help="Which page.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask first.")]
