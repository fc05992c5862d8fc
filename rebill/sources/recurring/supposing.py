"""Subscriptions as they would be if something were entered that nobody has entered yet."""

from rebill.catalogue.models import Product
from rebill.parties.models import Customer
from rebill.rules.timeline import Step
from rebill.sources.recurring.queries import Recurring
from rebill.subscriptions.commands.starting import StartTerms, price_e6, quantity_e8


def with_step(recurring: Recurring, step: Step) -> Recurring:
    """The subscription with one more step of its history."""
    return recurring._replace(sequence=step.sequence, steps=(*recurring.steps, step))


def as_started(position: int, *, customer: Customer, product: Product, terms: StartTerms) -> Recurring:
    """The subscription that would be started on these terms; `position` tells several of one order apart."""
    return Recurring(
        # Below every id that the database gives.
        id=-position,
        customer_id=customer.pk,
        product_id=product.pk,
        description=terms.description,
        months=terms.billing_months,
        timing=terms.timing,
        alignment=terms.alignment,
        owes_setup=terms.owes_setup,
        cost_centre=terms.cost_centre,
        sequence=0,
        start_on=terms.start_on,
        ends_before=terms.ends_before,
        trial_before=terms.trial_before,
        quantity_e8=quantity_e8(terms.quantity),
        price_e6=None if terms.unit_price is None else price_e6(terms.unit_price),
        reference=terms.reference,
        told_before=None,
        next_on=None,
        seen_sequence=None,
        price_revision=None,
        begun=None,
        steps=(),
    )
