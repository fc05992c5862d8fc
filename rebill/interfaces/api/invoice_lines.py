"""A line of an issued document, as it was printed."""

from datetime import date

from pydantic import Field

from rebill.interfaces.api.charges import Kind
from rebill.interfaces.api.products import Group
from rebill.interfaces.api.reviewed import Category
from rebill.interfaces.api.values import Amount, Exact, Shown, amount_of
from rebill.invoices.models import InvoiceLine


class InvoiceLineShown(Shown):
    """A line as it was printed."""

    position: int
    charge_id: int | None
    kind: Kind
    product_code: str
    description: str
    summary_group: Group
    starts_on: date | None
    ends_before: date | None
    quantity: Exact = Field(description="What was billed, by the day where a period was billed in part.")
    unit: str
    unit_price: Exact
    net: Amount
    tax_category: Category
    tax_rate: Exact
    ledger_account: str
    cost_centre: str
    dimensions: dict[str, str] = Field(description="Values by heading, besides the cost centre.")
    reference: str


def show_line(line: InvoiceLine) -> InvoiceLineShown:
    """The line as an answer says it."""
    ours = ("charge_id", "quantity", "net")
    plain = {name: getattr(line, name) for name in InvoiceLineShown.model_fields if name not in ours}
    return InvoiceLineShown(
        **plain, charge_id=line.charge, quantity=line.prorated_quantity, net=amount_of(line.net_amount)
    )
