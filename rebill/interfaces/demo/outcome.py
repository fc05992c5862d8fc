"""What the story came to, read from the database: for the summary, for programs and for tests."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count

from rebill.delivery.models import Dispatch, DispatchState
from rebill.delivery.queries import print_batches_of
from rebill.exports.queries import export_with_key, timed_key
from rebill.interfaces.demo.cast import (
    BODYSHOP,
    BOOKSHOP,
    BUILDERS,
    DENTISTS,
    DOCTORS,
    FARM,
    FESTIVAL,
    HIEKKA,
    LAWYERS,
    MAASVLAK,
    NAUTA,
    REITDIEP,
    SCHOOLS,
)
from rebill.interfaces.demo.stage import Stage
from rebill.invoices.models import InvoiceKind
from rebill.invoices.queries.invoices import find_invoices
from rebill.parties.queries import customers_of
from rebill.rules.review import average_minor, change_percent
from rebill.runs.models import Draft, Run
from rebill.runs.queries.customers import earlier_nets

SHOWN = (
    REITDIEP, NAUTA, FARM, SCHOOLS, MAASVLAK, DENTISTS, BOOKSHOP, HIEKKA, BUILDERS, DOCTORS, FESTIVAL, BODYSHOP,
    LAWYERS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sent:
    """What was issued and sent of the month."""

    issued: int
    first_number: str
    last_number: str
    mails: int
    letters: int
    failed: int
    trial_invoices: int


def sent_of(stage: Stage) -> Sent:
    """The documents of the month's run, and how they went out."""
    documents = find_invoices(acting=stage.acting)
    month = documents.filter(issued_on=stage.days.month, kind=InvoiceKind.INVOICE)
    numbers = list(month.order_by("sequence_number").values_list("number", flat=True))
    states: dict[tuple[str, str], int] = {
        (channel, state): count
        for channel, state, count in Dispatch.objects.filter(
            seller_id=stage.acting.seller_id, invoice__issued_on=stage.days.month
        )
        .order_by()
        .values_list("channel", "state")
        .annotate(count=Count("id"))
    }
    failed = [DispatchState.FAILED, DispatchState.UNCLEAR, DispatchState.BOUNCED]
    return Sent(
        issued=len(numbers),
        first_number=numbers[0] if numbers else "",
        last_number=numbers[-1] if numbers else "",
        mails=states.get(("email", DispatchState.ACCEPTED), 0),
        letters=states.get(("print", DispatchState.ACCEPTED), 0),
        failed=sum(count for (_, state), count in states.items() if state in failed),
        trial_invoices=documents.filter(issued_on__lt=stage.days.month).count(),
    )


@dataclass(frozen=True, slots=True)
class Glance:
    """A draft beside the months before it: net amounts of the minor unit, oldest first, the draft's own last."""

    number: str
    name: str
    nets: tuple[int, ...]
    percent: int | None
    warnings: tuple[str, ...]


def glances_of(stage: Stage, run: Run) -> list[Glance]:
    """The drafts of the customers that the story names, in the order of the mock-up."""
    drafts = (
        Draft.objects.filter(seller_id=stage.acting.seller_id, run=run, customer__number__in=map(str, SHOWN))
        .select_related("customer")
        .prefetch_related("warnings")
    )
    found = {draft.customer.number: draft for draft in drafts}
    earlier = earlier_nets(customer_ids=[draft.customer_id for draft in drafts], billed_on=run.billed_on)
    glances = []
    for number in map(str, SHOWN):
        draft = found[number]
        nets = earlier.get((draft.customer_id, draft.currency), ())
        net = draft.net_amount.minor
        percent = change_percent(net, average_minor(nets))
        warnings = tuple(warning.code for warning in draft.warnings.all())
        glances.append(Glance(number, draft.customer.name, (*nets, net), percent, warnings))
    return glances


def outcome_of(stage: Stage) -> dict[str, Any]:
    """Every figure of the story."""
    sent = sent_of(stage)
    export = export_with_key(stage.acting, timed_key(stage.days.month))
    note = find_invoices(acting=stage.acting).filter(withdraws=True, customer__number=str(DENTISTS)).first()
    batch = print_batches_of(stage.acting).first()
    return {
        "seller": "waterkant",
        "month": f"{stage.days.month:%Y-%m}",
        # Dealers are none of them: they buy for others.
        "customers": customers_of(stage.acting).filter(as_seller__isnull=True).count(),
        **stage.diary.figures,
        "trial_invoices": sent.trial_invoices,
        "issued": sent.issued,
        "first_number": sent.first_number,
        "last_number": sent.last_number,
        "mails": sent.mails,
        "letters": sent.letters,
        "letters_in_batch": batch.letters if batch else 0,
        "not_sent": sent.failed,
        "export_rows": export.rows if export else 0,
        "export_mailed_to": export.mailed_to if export else [],
        "withdrawn": note.credits.number if note and note.credits else "",
        "credit_note": note.number if note else "",
    }
