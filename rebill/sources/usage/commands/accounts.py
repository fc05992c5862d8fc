"""The accounts of calls: what current ratings come to for each customer and product, against what was told of it."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from rebill.catalogue.models import CallCategory, SummaryGroup
from rebill.catalogue.queries.price_book import product_facts
from rebill.kit.bulk import read_rows, update_rows, upsert_rows
from rebill.rules.money import amount_minor, digits_of
from rebill.sources.usage.models import RatingState, UsageAccount, UsageSum
from rebill.sources.usage.queries.chain import currencies_of

_WANTED = ("calls", "billed_s", "included_s", "amount_e6")
# A new account has told nothing; one that stands keeps what it has told.
_COLUMNS = (
    "seller_id", "key", "buyer_id", "owner_id", "product_id", "summary_group", "month", "currency", *_WANTED, "settled",
    "told_calls", "told_e6", "told_amount", "tellings_made",
)  # fmt: skip
ONE_E8 = 10**8
SERVICE_CATEGORIES = frozenset({CallCategory.SERVICE_COST, CallCategory.SERVICE_REVENUE})


@dataclass(frozen=True, slots=True)
class _Told:
    id: int
    amount_minor: int


def renew_accounts(*, month: date, seller_ids: Collection[int]) -> None:
    """Sums up what the ratings that count say of the month for these sellers, and settles what is told already.

    Must be called in the transaction in which a rating is taken over.
    """
    for seller_id in sorted(seller_ids):
        told = {
            key: _Told(account_id, amount)
            for account_id, key, amount in read_rows(
                UsageAccount.objects.filter(seller_id=seller_id, month=month), "id", "key", "told_amount"
            )
        }
        wanted = list(_wanted(seller_id, month, told))
        upsert_rows(UsageAccount, _COLUMNS, wanted, unique=("seller_id", "key"), update=(*_WANTED, "settled"))
        gone = told.keys() - {row[1] for row in wanted}
        update_rows(
            UsageAccount,
            "id",
            (*_WANTED, "settled"),
            [(told[key].id, 0, 0, 0, 0, told[key].amount_minor == 0) for key in sorted(gone)],
        )


def account_key(*, month: date, owner_id: int, product_id: int | None, summary_group: int, currency: str) -> str:
    """What makes an account one of its seller's; the keys of its charges begin with it."""
    billed_as = f"{product_id}" if product_id is not None else f"group{summary_group}"
    return f"calls:{month:%Y-%m}:{owner_id}:{billed_as}:{currency}"


def wanted_minor(amount_e6: int, currency: str) -> int:
    """What the bill of a sum comes to, rounded once, half up at the currency's digits (docs/rules/rating.md)."""
    return amount_minor(ONE_E8, amount_e6, digits_of(currency))


def _wanted(seller_id: int, month: date, told: dict[str, _Told]) -> Iterator[tuple[object, ...]]:
    rows = UsageSum.objects.filter(seller_id=seller_id, rating__month=month, rating__state=RatingState.CURRENT)
    groups = {facts.id: facts.summary_group for facts in product_facts(seller_id).values()}
    sums: dict[tuple[int, int, int | None, int], list[int]] = {}
    grouped = rows.order_by().values_list("buyer_id", "owner_id", "product_id", "category")
    for buyer_id, owner_id, product_id, category, *figures in grouped.annotate(*(Sum(name) for name in _WANTED)):
        group = groups[product_id] if product_id is not None else _group_of(category)
        summed = sums.setdefault((buyer_id, owner_id, product_id, group), [0, 0, 0, 0])
        for position, figure in enumerate(figures):
            summed[position] += figure
    currencies = currencies_of({key[0] for key in sums})
    for (buyer_id, owner_id, product_id, group), summed in sorted(
        sums.items(), key=lambda each: (each[0][:2], each[0][2] or 0)
    ):
        currency = currencies[buyer_id]
        key = account_key(month=month, owner_id=owner_id, product_id=product_id, summary_group=group, currency=currency)
        before = told[key].amount_minor if key in told else 0
        settled = wanted_minor(summed[3], currency) == before
        yield seller_id, key, buyer_id, owner_id, product_id, group, month, currency, *summed, settled, 0, 0, 0, 0


def _group_of(category: int) -> int:
    """Where calls are summed up that no product is named for."""
    return SummaryGroup.SERVICE_NUMBERS if category in SERVICE_CATEGORIES else SummaryGroup.CALLS
