"""`rebill sellers`: who issues invoices here, under which terms, and who acts for them."""

import typer

from rebill.interfaces.cli.sellers import inviting, keeping, listing

sellers_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at sellers, make them, and set their terms."
)

sellers_app.command("list")(listing.list_sellers)
sellers_app.command("show")(listing.show_seller)
sellers_app.command("add")(keeping.add_seller)
sellers_app.command("change")(keeping.change)
sellers_app.command("account")(keeping.add_account)
sellers_app.command("numbers")(keeping.set_numbers)
sellers_app.command("dealer")(keeping.make_dealer)
sellers_app.command("move")(keeping.move)
sellers_app.command("member")(keeping.set_member)
sellers_app.command("invite")(inviting.invite)
