"""`rebill subscriptions`: what customers take since when, and changes of it from any day, past or future."""

import typer

from rebill.interfaces.cli.subscriptions import changing

subscriptions_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at subscriptions, start and change them from any day on."
)

subscriptions_app.command("list")(changing.list_subscriptions)
subscriptions_app.command("show")(changing.show_subscription)
subscriptions_app.command("start")(changing.start)
subscriptions_app.command("change")(changing.change)
subscriptions_app.command("pause")(changing.pause)
subscriptions_app.command("resume")(changing.resume)
subscriptions_app.command("cancel")(changing.cancel)
subscriptions_app.command("revoke")(changing.revoke)
