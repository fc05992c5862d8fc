"""Drafts written straight into their tables, so that exporting can be tested alone."""

from datetime import date
from itertools import count

from rebill.charges.models import Charge
from rebill.parties.models import Customer
from rebill.runs.models import Draft, DraftState, Run
from tests.delivery.factories import NOW

_keys = count(1)


def draft_of(
    customer: Customer, *amounts: tuple[int, int], state: str = DraftState.OPEN, billed_on: date = date(2026, 10, 1)
) -> Draft:
    """A draft with one charge per (group, net amount in cents)."""
    run, _ = Run.objects.get_or_create(seller=customer.seller, billed_on=billed_on, defaults={"started_at": NOW})
    draft = Draft.objects.create(
        seller=customer.seller,
        run=run,
        customer=customer,
        currency="EUR",
        state=state,
        billed_on=billed_on,
        net_amount=sum(net for _, net in amounts),
        line_count=len(amounts),
    )
    for group, net in amounts:
        Charge.objects.create(
            seller=customer.seller,
            buyer=customer,
            end_customer=customer,
            source="recurring",
            key=f"test:{next(_keys)}",
            kind="PERIODIC",
            quantity="1",
            prorated_quantity="1",
            unit_price="1",
            currency="EUR",
            amount=net,
            rate_class="standard",
            supply="services",
            summary_group=group,
            told_at=NOW,
            claim=draft.pk,
        )
    return draft
