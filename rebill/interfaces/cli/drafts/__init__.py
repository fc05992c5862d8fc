"""`rebill drafts`: looking at the drafts of a run, mending them and deciding about them."""

import typer

from rebill.interfaces.cli.drafts import deciding, editing, listing

drafts_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at drafts, mend them, and decide about them."
)

drafts_app.command("list")(listing.list_drafts)
drafts_app.command("show")(listing.show_one_draft)
drafts_app.command("explain")(listing.explain_line)
drafts_app.command("add-line")(editing.add_line)
drafts_app.command("change-line")(editing.change_line)
drafts_app.command("reset-line")(editing.reset_line)
drafts_app.command("drop-line")(editing.drop_line)
drafts_app.command("reopen-line")(editing.reopen_line)
drafts_app.command("text")(editing.change_texts)
drafts_app.command("date")(editing.change_date)
drafts_app.command("accept")(deciding.accept)
drafts_app.command("approve")(deciding.approve)
drafts_app.command("reopen")(deciding.reopen)
drafts_app.command("hold")(deciding.hold)
drafts_app.command("release")(deciding.release)
drafts_app.command("discard")(deciding.discard)
drafts_app.command("review")(deciding.review)
