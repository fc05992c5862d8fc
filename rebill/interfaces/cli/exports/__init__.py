"""`rebill export`: the combined export of a month, its lines, its margins, and the specification of an invoice."""

from typing import Any

import typer
from typer.core import TyperGroup

from rebill.interfaces.cli.exports import combined, lines, margins, specification

COMBINED = "combined"


class CombinedUnlessNamed(TyperGroup):
    """`rebill export 2026-09` is the combined export: what is not the name of an export is its month."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [COMBINED, *args]
        return list(super().parse_args(ctx, args))


exports_app = typer.Typer(
    cls=CombinedUnlessNamed,
    rich_markup_mode=None,
    help="Make the combined export of a month, its lines, its margins, or a specification.",
)

exports_app.command(COMBINED, short_help="The combined export of a month; also without this word.")(
    combined.export_command
)
exports_app.command("lines", short_help="A row for every charge of a month.")(lines.export_lines)
exports_app.command("margins", short_help="What is left of what was billed.")(margins.export_margins)
exports_app.command("specification", short_help="The calls behind an invoice.")(specification.export_specification)
