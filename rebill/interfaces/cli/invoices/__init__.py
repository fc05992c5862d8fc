"""`rebill invoices`: looking at issued documents, crediting and withdrawing them, and sending them again."""

import typer

from rebill.interfaces.cli.invoices import correcting, listing

invoices_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at issued documents, credit and withdraw them."
)

invoices_app.command("list")(listing.list_invoices)
invoices_app.command("show")(listing.show_one_invoice)
invoices_app.command("pdf")(listing.write_pdf)
invoices_app.command("credit")(correcting.credit)
invoices_app.command("withdraw")(correcting.withdraw)
invoices_app.command("resend")(correcting.resend)
