"""What the source of calls remembers: which sums were told, and how to forget it."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db.models import Max, Sum

from rebill.kit.bulk import Numbers, chunks, insert_rows, read_rows, update_rows
from rebill.sources.usage.commands.accounts import wanted_minor
from rebill.sources.usage.models import BilledRating, RatedPart, RatingState, UsageAccount, UsageTelling

_KEYS_AT_ONCE = 1000


def remember_tellings(*, rows: Sequence[tuple[object, ...]], now: datetime) -> None:
    """Keeps what was told, and the ratings that it was told of.

    Each row is (account, number, key, calls, amount of 10⁻⁶, amount in minor units, currency).
    """
    if not rows:
        return
    insert_rows(
        UsageTelling,
        ("account_id", "number", "key", "calls", "amount_e6", "amount", "currency", "told_at"),
        ((*row, now) for row in rows),
    )
    accounts = {int(str(row[0])) for row in rows}
    tellings = list(_tellings([str(row[2]) for row in rows]))
    insert_rows(BilledRating, ("telling_id", "rating_id"), list(_ratings_of(tellings, accounts)))
    renew_told(account_ids=accounts)


def forget_tellings(*, keys: Collection[str]) -> None:
    """Un-remembers what was told under these keys, so that the next run tells it anew."""
    tellings = list(_tellings(list(keys)))
    ids = Numbers([telling_id for telling_id, _account_id in tellings])
    BilledRating.objects.filter(telling_id__among=ids).delete()
    UsageTelling.objects.filter(id__among=ids).delete()
    renew_told(account_ids={account_id for _telling_id, account_id in tellings})


def renew_told(*, account_ids: Collection[int]) -> None:
    """Sums up anew what was told of these accounts, from their tellings."""
    tellings = UsageTelling.objects.filter(account_id__among=Numbers(account_ids)).order_by()
    grouped = tellings.values("account_id").annotate(
        all_calls=Sum("calls"), all_e6=Sum("amount_e6"), all_minor=Sum("amount"), last=Max("number")
    )
    told = {row[0]: row[1:] for row in grouped.values_list("account_id", "all_calls", "all_e6", "all_minor", "last")}
    accounts = UsageAccount.objects.filter(id__among=Numbers(account_ids))
    rows = []
    for account_id, amount_e6, currency in read_rows(accounts, "id", "amount_e6", "currency"):
        calls, told_e6, told_minor, last = told.get(account_id, (0, 0, 0, 0))
        settled = wanted_minor(amount_e6, currency) == told_minor
        rows.append((account_id, calls, told_e6, told_minor, last, settled))
    update_rows(UsageAccount, "id", ("told_calls", "told_e6", "told_amount", "tellings_made", "settled"), rows)


def _tellings(keys: Sequence[str]) -> Iterator[tuple[int, int]]:
    for some in chunks(keys, _KEYS_AT_ONCE):
        yield from UsageTelling.objects.filter(key__in=some).order_by("id").values_list("id", "account_id")


def _ratings_of(tellings: Sequence[tuple[int, int]], account_ids: Collection[int]) -> Iterator[tuple[int, int]]:
    """The ratings that count now, by telling: those of the account's month that priced calls for its seller."""
    accounts = {
        account_id: (seller_id, month)
        for account_id, seller_id, month in read_rows(
            UsageAccount.objects.filter(id__among=Numbers(account_ids)), "id", "seller_id", "month"
        )
    }
    sellers = {seller_id for seller_id, _month in accounts.values()}
    current: dict[tuple[int, object], set[int]] = defaultdict(set)
    parts = RatedPart.objects.filter(seller_id__in=sellers, rating__state=RatingState.CURRENT)
    for seller_id, month, rating_id in parts.order_by().values_list("seller_id", "rating__month", "rating_id"):
        current[seller_id, month].add(rating_id)
    for telling_id, account_id in tellings:
        for rating_id in sorted(current[accounts[account_id]]):
            yield telling_id, rating_id
