"""A purchase invoice on the screen: what it comes to, who is held back and why."""

from django.utils.translation import gettext as _

from rebill.interfaces.cli.figures import amount
from rebill.interfaces.cli.tables import Column, figure, print_columns, print_note, print_title, short
from rebill.rules.money import Money
from rebill.sources.supplier_invoices.queries.splitting import EndCustomer, Split, Standing

SHOWN_CUSTOMERS = 40


def print_purchase(split: Split) -> None:
    """Sums first, then those held back, then the others."""
    invoice, sums = split.invoice, split.sums
    currency = invoice.currency
    print_title(f"{invoice.supplier.name} {invoice.number}")
    print_columns(
        [figure(_("Bought")), figure(_("Re-billed")), figure(_("Left over")), figure(_("Left out")), figure(_("Sold")),
         figure(_("Margin"))],
        [tuple(
            amount(Money(minor, currency))
            for minor in (sums.bought, sums.rebilled, sums.left_over, sums.excluded, sums.sold, sums.margin)
        )],
    )  # fmt: skip
    held = split.standing(Standing.HELD)
    others = split.standing(Standing.READY, Standing.WITHDRAWN, Standing.BILLED)
    shown = [*held, *others][:SHOWN_CUSTOMERS]
    if shown:
        print_columns(
            [Column(_("Customer")), short(""), figure(_("Rows")), figure(_("Buy")), figure(_("Sell")),
             Column(_("To fix"))],
            [
                (
                    end.name or end.number,
                    standing_word(end.standing),
                    f"{len(end.rows):,}",
                    amount(Money(end.buy, currency)),
                    amount(Money(end.sell, currency)),
                    why_held(end),
                )
                for end in shown
            ],
        )  # fmt: skip
    more = len(held) + len(others) - len(shown)
    if more > 0:
        print_note(_("… and %(more)s more customers; --json shows all.") % {"more": f"{more:,}"})


def standing_word(standing: Standing) -> str:
    """How far an end customer is, in a word."""
    return {
        Standing.BILLED: _("billed"),
        Standing.WITHDRAWN: _("withdrawn"),
        Standing.READY: _("ready"),
        Standing.HELD: _("held back"),
        Standing.EXCLUDED: _("left out"),
    }[standing]


def why_held(end: EndCustomer) -> str:
    """What has to be mended before the customer can be billed; empty when nothing has."""
    if end.standing is not Standing.HELD:
        return ""
    if end.customer_id is None:
        by = {row.customer_by for row in end.rows}
        if "several" in by:
            return _("Several customers have this number.")
        return _("Customer not linked: %(number)s") % {"number": end.number or end.name}
    missing = [row for row in end.rows if row.lacks_product]
    return _("Product not in the catalogue: %(codes)s") % {
        "codes": ", ".join(dict.fromkeys(row.code or row.name for row in missing))
    }


def purchase_facts(split: Split) -> dict[str, object]:
    """The same for programs."""
    invoice, sums = split.invoice, split.sums
    return {
        "id": invoice.pk,
        "number": invoice.number,
        "supplier": invoice.supplier.name,
        "state": invoice.state,
        "currency": invoice.currency,
        **{name: str(Money(minor, invoice.currency).decimal) for name, minor in sums._asdict().items()},
        "customers": [
            {
                "identity": end.identity,
                "customer": end.customer_id,
                "name": end.name,
                "number": end.number,
                "standing": end.standing.value,
                "rows": len(end.rows),
                "buy": str(Money(end.buy, invoice.currency).decimal),
                "sell": str(Money(end.sell, invoice.currency).decimal),
                "to_fix": why_held(end),
            }
            for end in split.customers
        ],
        "rows_for_nobody": [row.position for row in split.others if row.net],
    }
