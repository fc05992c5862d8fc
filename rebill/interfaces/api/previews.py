"""What something would do before it is done: a credit note, a change, a new subscription. Nothing is written."""

from datetime import date
from uuid import UUID

from pydantic import Field

from rebill.access.scopes import Area
from rebill.catalogue.queries import product_of
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.changes import ChangeEntered, wish_of
from rebill.interfaces.api.charges import Kind
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.invoices import ToCredit
from rebill.interfaces.api.reviewed import TaxShown
from rebill.interfaces.api.subscriptions import NewSubscription
from rebill.interfaces.api.values import Amount, Exact, Id, Shown, amount_of, minor_amount, scaled
from rebill.invoices.queries.crediting import preview_credit
from rebill.invoices.queries.invoices import invoice_of
from rebill.kit.errors import Problem
from rebill.parties.queries import customer_of
from rebill.runs.queries.effects import Effect, PeriodEffect, effect_of_change, effect_of_start
from rebill.sources.contract import Claim
from rebill.subscriptions.queries import subscription_of

previews = Endpoints(Area.SUBSCRIPTIONS, "Previews")


class PreviewedCreditLine(Shown):
    """A line of the credit note: which line of the invoice it takes back, and how much of it."""

    position: int
    text: str
    quantity: Exact
    unit_price: Exact
    net: Amount


class CreditPreviewShown(Shown):
    """The credit note that would be issued today, without its number. Amounts are below zero, as on the note."""

    net: Amount
    tax: Amount
    gross: Amount
    takes_the_rest: bool = Field(description="Whether nothing of the invoice is left afterwards.")
    lines: list[PreviewedCreditLine]
    taxes: list[TaxShown]


class PeriodEffectShown(Shown):
    """One billing period that comes out differently. Both days are null for a set-up fee. Amounts are without VAT."""

    starts_on: date | None
    ends_before: date | None
    before: Amount = Field(description="What was billed of it, or is due by then.")
    after: Amount
    difference: Amount


class EffectLineShown(Shown):
    """A line that the run would bill of the subscription, corrections included."""

    kind: Kind
    starts_on: date | None
    ends_before: date | None
    quantity: Exact
    unit_price: Exact
    amount: Amount


class UnpricedShown(Shown):
    """What would have no price, and so would not be billed."""

    why: str
    remedy: str


class EffectShown(Shown):
    """What would be different up to a run, as the run would compute it."""

    billed_on: date = Field(description="The run that bills the day of the change.")
    periods: list[PeriodEffectShown]
    differences: list[Amount] = Field(description="Their sums, one for each currency.")
    lines: list[EffectLineShown]
    problems: list[UnpricedShown]


@previews.read("/invoices/{invoice_id}/credit/preview", method="POST", area=Area.INVOICES)
def preview_credit_note(request: ApiRequest, invoice_id: Id, body: ToCredit) -> CreditPreviewShown:
    """Show the credit note that crediting the same would issue; what is refused there is refused here."""
    invoice = invoice_of(acting=request.acting, invoice_id=invoice_id)
    preview = preview_credit(acting=request.acting, invoice_id=invoice_id, today=request.today, **body.asked(invoice))
    content = preview.content
    return CreditPreviewShown(
        net=amount_of(content.net),
        tax=amount_of(content.tax),
        gross=amount_of(content.gross),
        takes_the_rest=preview.takes_the_rest,
        lines=[
            PreviewedCreditLine(
                position=line.position,
                text=shown.text,
                quantity=scaled(-line.quantity_e8, 8),
                unit_price=scaled(line.price_e6, 6),
                net=amount_of(shown.net),
            )
            for line, shown in zip(preview.credit.lines, content.lines, strict=True)
        ],
        taxes=[
            TaxShown.model_validate(
                {
                    "category": each.category.value,
                    "rate": scaled(each.rate_e6, 6),
                    "base": minor_amount(-each.base_minor, invoice.currency),
                    "tax": minor_amount(-each.tax_minor, invoice.currency),
                }
            )
            for each in preview.credit.tax_lines
        ],
    )


@previews.read("/subscriptions/preview", method="POST")
def preview_subscription(request: ApiRequest, body: NewSubscription) -> EffectShown:
    """Show what the next run would bill of a subscription, before it is started."""
    customer, product = customer_of(request.acting, body.customer_id), product_of(request.acting, body.product_id)
    return _effect(
        effect_of_start(acting=request.acting, customer=customer, starts=[(product, body.terms())], today=request.today)
    )


@previews.read("/subscriptions/{uuid}/changes/preview", method="POST")
def preview_change(request: ApiRequest, uuid: UUID, body: ChangeEntered) -> EffectShown:
    """Show what a change would do to what is billed, before it is entered."""
    row = subscription_of(acting=request.acting, uuid=uuid)
    wish = wish_of(request, body.change)
    return _effect(effect_of_change(acting=request.acting, subscription=row, wish=wish, today=request.today))


def _effect(effect: Effect) -> EffectShown:
    return EffectShown(
        billed_on=effect.billed_on,
        periods=[_period(each) for each in effect.periods],
        differences=[minor_amount(minor, currency) for currency, minor in effect.differences],
        lines=[_line(each) for each in effect.lines],
        problems=[_unpriced(each) for each in effect.problems],
    )


def _period(period: PeriodEffect) -> PeriodEffectShown:
    return PeriodEffectShown(
        starts_on=period.whole.starts_on if period.whole else None,
        ends_before=period.whole.ends_before if period.whole else None,
        before=minor_amount(period.before_minor, period.currency),
        after=minor_amount(period.after_minor, period.currency),
        difference=minor_amount(period.difference_minor, period.currency),
    )


def _line(claim: Claim) -> EffectLineShown:
    return EffectLineShown.model_validate(
        {
            "kind": claim.kind,
            "starts_on": claim.starts_on,
            "ends_before": claim.ends_before,
            "quantity": scaled(claim.prorated_e8, 8),
            "unit_price": scaled(claim.price_e6, 6),
            "amount": minor_amount(claim.amount_minor, claim.currency),
        }
    )


def _unpriced(problem: Problem) -> UnpricedShown:
    return UnpricedShown(why=problem.why, remedy=problem.remedy)
