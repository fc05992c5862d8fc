"""Forgetting whose accounts and telephone numbers were whose, as far as no bill rests on it."""

from datetime import date, datetime

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.parties.models import Customer
from rebill.sources.usage.commands.endpoints import end_endpoint, lock_endpoints
from rebill.sources.usage.models import CallsWithoutPrice, Endpoint, UsageAccount


def forget_endpoints(*, acting: Acting, customer: Customer, today: date, now: datetime) -> int:
    """From today on no call is the customer's any more; returns how many endpoints ended or went.

    Endpoints by which calls were billed are kept, ended: whose a call is decides what it cost, so that without them a
    month that is rated again would credit what was billed. Where no call was ever rated, they are deleted.
    """
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    with atomic_write():
        lock_endpoints(acting.seller_id)
        mine = Endpoint.objects.filter(seller_id=acting.seller_id, customer=customer)
        if not _had_calls(customer):
            return mine.delete()[0]
        ended, _kinds = mine.filter(valid_from__gte=today).delete()
        going_on = mine.exclude(valid_before__lte=today).order_by("id").values_list("id", flat=True)
        for endpoint_id in list(going_on):
            end_endpoint(acting=acting, endpoint_id=endpoint_id, valid_before=today, now=now)
            ended += 1
        return ended


def _had_calls(customer: Customer) -> bool:
    rated = UsageAccount.objects.filter(owner=customer).exists()
    return rated or CallsWithoutPrice.objects.filter(owner=customer).exists()
