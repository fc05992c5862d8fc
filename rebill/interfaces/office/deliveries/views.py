"""What needs a look, with what the other side said and the field that mends it; and what waits for its turn."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render

from rebill.delivery.models import Dispatch, DispatchState
from rebill.delivery.queries import count_to_look_at, count_waiting, dispatches_to_look_at, waiting_dispatches
from rebill.interfaces.office.deliveries.mending import MendForm
from rebill.interfaces.office.forms import id_or_none
from rebill.interfaces.office.invoices.standing import Pill, channel_words, sending_of
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.invoices.queries.pages import COUNT_MAX
from rebill.parties.models import DeliveryChannel


@dataclass(frozen=True, slots=True)
class Row:
    """A sending in a list; `form` mends it, where an address can."""

    dispatch: Dispatch
    pill: Pill
    channel: str
    form: MendForm | None = None

    @property
    def is_unclear(self) -> bool:
        """Whether a person has to say if it arrived."""
        return self.dispatch.state == DispatchState.UNCLEAR


@page()
def deliveries_page(request: OfficeRequest) -> HttpResponse:
    """What needs a look, those that wait longest first; one of them in front when the address names it."""
    found = dispatches_to_look_at(request.acting).select_related("invoice__customer")
    named = id_or_none(request.GET.get("dispatch", ""))
    if named is not None:
        found = found.filter(pk=named)
    start = (page_number(request) - 1) * ROWS
    total = count_to_look_at(request.acting)
    rows = [to_mend(each) for each in found[start : start + ROWS]]
    context = {
        "rows": rows,
        "to_look_at": total,
        "waiting": count_waiting(request.acting, most=COUNT_MAX),
        "is_one": bool(named),
        "pager": pager(request, shown=len(rows), total=len(rows) if named else total),
    }
    return render(request, "office/deliveries/deliveries.html", context)


@page()
def waiting_page(request: OfficeRequest) -> HttpResponse:
    """What waits for its turn or is being sent."""
    start = (page_number(request) - 1) * ROWS
    rows = [_row(each) for each in waiting_dispatches(request.acting)[start : start + ROWS]]
    total = count_waiting(request.acting, most=COUNT_MAX)
    context = {
        "rows": rows,
        "to_look_at": count_to_look_at(request.acting),
        "waiting": total,
        "pager": pager(request, shown=len(rows), total=total, at_least=total == COUNT_MAX),
    }
    return render(request, "office/deliveries/waiting.html", context)


def to_mend(dispatch: Dispatch, form: MendForm | None = None) -> Row:
    """A row with its form: a mail is mended by another address; a letter by the customer's."""
    row = _row(dispatch)
    is_mail = dispatch.channel != DeliveryChannel.PRINT
    usual = ", ".join(dispatch.recipients) or ", ".join(dispatch.invoice.customer.invoice_emails)
    form = form or MendForm(initial={"recipients": usual}, prefix=str(dispatch.pk))
    return Row(row.dispatch, row.pill, row.channel, form if is_mail else None)


def _row(dispatch: Dispatch) -> Row:
    return Row(dispatch, sending_of(dispatch), channel_words(dispatch.channel))
