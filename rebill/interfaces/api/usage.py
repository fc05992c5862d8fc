"""What calls come to: a customer's months, and a supplier's records of calls against ours."""

from datetime import date
from typing import Annotated, Any

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.exports.specifications.tables import amount_of
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import Day, Exact, Id, Shown
from rebill.parties.queries import customer_of
from rebill.rules.comparing import Finding
from rebill.rules.periods import add_months
from rebill.sources.usage.queries.comparing import compare_calls
from rebill.sources.usage.queries.records import switch_by_id
from rebill.sources.usage.queries.usage import Usage, usage_months

usage = Endpoints(Area.CALLS, "Calls")


class UsageShown(Shown):
    """Calls with a price, and what they come to, with all their decimals."""

    calls: int
    seconds: int = Field(description="Seconds counted, after rounding up.")
    included_seconds: int = Field(description="Those of them that a bundle covers.")
    amount: Exact


class UsageByCategory(UsageShown):
    """The calls of one category."""

    category: int = Field(
        description="1 national fixed, 2 national mobile, 3 international, 4 international mobile, 5 service number "
        "cost, 6 service number revenue, 7 on-net, 8 short number, 9 other."
    )


class UsageMonthShown(UsageShown):
    """A month of a customer's calls, and the categories they are of, the dearest first."""

    month: date
    categories: list[UsageByCategory]


class CustomerUsage(Shown):
    """The months in which a customer has calls, the latest first."""

    customer_id: int
    currency: str
    months: list[UsageMonthShown]


class ComparedDestination(Shown):
    """What both sides count for a destination: as the supplier names it, else what the numbers begin with."""

    destination: str
    ours_calls: int
    ours_seconds: int
    theirs_calls: int
    theirs_seconds: int
    theirs_amount: Exact


class ComparisonShown(Shown):
    """A supplier's records of a month against ours."""

    month: date
    same: int
    longer: int = Field(description="Calls that last longer by the supplier's record.")
    shorter: int
    only_theirs: int
    only_ours: int
    destinations: list[ComparedDestination]


@usage.read("/customers/{customer_id}/usage")
def get_usage_of_customer(request: ApiRequest, customer_id: Id) -> CustomerUsage:
    """Show what a customer's calls come to, month by month, billed or not; a dealer's are those of its customers."""
    customer = customer_of(request.acting, customer_id)
    months = [
        UsageMonthShown(
            month=each.month,
            categories=[
                UsageByCategory(category=category, **_shown(added)) for category, added in each.categories.items()
            ],
            **_shown(each.whole),
        )
        for each in usage_months(acting=request.acting, customer_id=customer.pk)
    ]
    currency = customer.currency or customer.seller.currency
    return CustomerUsage(customer_id=customer.pk, currency=currency, months=months)


class ComparisonAsked(Shown):
    """Which month is compared."""

    month: Day | None = Field(None, description="Any day of the month; the last month where it is left out.")


@usage.read("/switches/{switch_id}/comparison")
def compare_with_supplier(
    request: ApiRequest, switch_id: Id, asked: Annotated[ComparisonAsked, Query()]
) -> ComparisonShown:
    """Compare the records that a supplier delivered under a switch of its own with our calls of the month."""
    month = (asked.month or add_months(request.today.replace(day=1), -1)).replace(day=1)
    switch = switch_by_id(request.acting, switch_id)
    found = compare_calls(acting=request.acting, supplier=switch, month=month)
    counts = found.counts()
    return ComparisonShown(
        month=month,
        same=counts[Finding.SAME],
        longer=counts[Finding.LONGER],
        shorter=counts[Finding.SHORTER],
        only_theirs=counts[Finding.ONLY_THEIRS],
        only_ours=counts[Finding.ONLY_OURS],
        destinations=[
            ComparedDestination(
                destination=each.destination,
                ours_calls=each.ours_calls,
                ours_seconds=each.ours_s,
                theirs_calls=each.theirs_calls,
                theirs_seconds=each.theirs_s,
                theirs_amount=amount_of(each.theirs_e6),
            )
            for each in found.sums()
        ],
    )


def _shown(added: Usage) -> dict[str, Any]:
    return {
        "calls": added.calls,
        "seconds": added.billed_s,
        "included_seconds": added.included_s,
        "amount": amount_of(added.amount_e6),
    }
