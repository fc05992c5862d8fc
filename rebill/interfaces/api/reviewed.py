"""What a draft comes to, as answers say it: of drafts that are made, and of those that would be."""

from datetime import date
from typing import Literal

from pydantic import Field

from rebill.interfaces.api.charges import Kind
from rebill.interfaces.api.products import Group
from rebill.interfaces.api.values import Amount, Exact, Shown, minor_amount, scaled
from rebill.rules.tax import TaxLine
from rebill.runs.queries.shown import ShownDraft, ShownLine

Category = Literal["S", "Z", "E", "AE", "K", "G", "O", "L", "M"]


class DraftLineShown(Shown):
    """A line as it will be printed. `charge_id` is null for one that is not told yet."""

    position: int
    charge_id: int | None
    kind: Kind
    product_code: str
    text: str
    unit: str
    starts_on: date | None
    ends_before: date | None
    quantity: Exact
    unit_price: Exact
    amount: Amount
    tax_rate: Exact | None = Field(description="In percent; null where no rate is known.")
    summary_group: Group
    cost_centre: str
    dimensions: dict[str, str] = Field(description="Values by heading, besides the cost centre.")
    reference: str
    edited: bool


class TaxShown(Shown):
    """VAT for one category and rate, over the sum of its lines."""

    category: Category = Field(description="As EN 16931 has it.")
    rate: Exact
    base: Amount
    tax: Amount


class WarningShown(Shown):
    """A reason to look at a draft. A blocking one keeps it back until it is mended or accepted."""

    code: str
    subject: str
    blocking: bool
    accepted: bool
    title: str
    why: str
    remedy: str


class ReviewedShown(Shown):
    """What is to be billed: lines, sums, VAT, warnings, and how it compares with earlier months."""

    lines: list[DraftLineShown]
    net: Amount
    tax: Amount
    gross: Amount
    taxes: list[TaxShown]
    warnings: list[WarningShown]
    previous_net: Amount | None = Field(description="The customer's last invoiced total, without VAT.")
    average_net: Amount | None = Field(description="That of the last six months.")
    average_percent: int | None = Field(description="By how many percent it differs from the average.")


def show_reviewed(shown: ShownDraft) -> ReviewedShown:
    """The draft as an answer says it."""
    currency, totals = shown.currency, shown.totals
    previous, average = shown.previous_minor, shown.average_minor
    return ReviewedShown(
        lines=[_line(each) for each in shown.lines],
        net=minor_amount(totals.net_minor, currency),
        tax=minor_amount(totals.tax_minor, currency),
        gross=minor_amount(totals.gross_minor, currency),
        taxes=[_tax(each, currency) for each in totals.tax_lines],
        warnings=[WarningShown.model_validate(each, from_attributes=True) for each in shown.warnings],
        previous_net=None if previous is None else minor_amount(previous, currency),
        average_net=None if average is None else minor_amount(average, currency),
        average_percent=shown.average_percent,
    )


def _line(shown: ShownLine) -> DraftLineShown:
    line = shown.line
    return DraftLineShown.model_validate(
        {
            "position": shown.position,
            "charge_id": shown.charge_id,
            "kind": line.kind,
            "product_code": shown.product_code,
            "text": shown.text,
            "unit": shown.unit,
            "starts_on": line.starts_on,
            "ends_before": line.ends_before,
            "quantity": scaled(line.prorated_e8, 8),
            "unit_price": scaled(line.price_e6, 6),
            "amount": minor_amount(line.amount_minor, line.currency),
            "tax_rate": None if shown.tax is None else scaled(shown.tax.rate_e6, 6),
            "summary_group": line.summary_group,
            "cost_centre": line.cost_centre,
            "dimensions": line.dimensions,
            "reference": line.reference,
            "edited": line.edited,
        }
    )


def _tax(line: TaxLine, currency: str) -> TaxShown:
    return TaxShown.model_validate(
        {
            "category": line.category.value,
            "rate": scaled(line.rate_e6, 6),
            "base": minor_amount(line.base_minor, currency),
            "tax": minor_amount(line.tax_minor, currency),
        }
    )
