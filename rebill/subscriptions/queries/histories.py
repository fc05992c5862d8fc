"""The histories of many subscriptions, as `rules.timeline` reads them."""

from collections import defaultdict
from collections.abc import Collection

from rebill.kit.bulk import Numbers, chunks, read_all, read_rows
from rebill.rules.timeline import ChangeKind, History, Step
from rebill.subscriptions.models import Change, Subscription

# SQLite takes some 32,000 parameters in one statement.
_IDS_AT_ONCE = 10_000


def history_of(subscription: Subscription) -> History:
    """The subscription as first entered, and every change since, as `rules.timeline` reads it."""
    return histories(seller_id=subscription.seller_id, subscription_ids=[subscription.pk])[subscription.pk]


def histories(*, seller_id: int, subscription_ids: Collection[int]) -> dict[int, History]:
    """The histories of these subscriptions by id, in two reads for every 10,000; ids of another seller are left out."""
    found: dict[int, History] = {}
    for ids in chunks(subscription_ids, _IDS_AT_ONCE):
        rows = Subscription.objects.filter(seller_id=seller_id, id__in=ids).order_by("id")
        firsts = list(
            read_rows(
                rows, "id", "start_on", "ends_before", "trial_before", "product_id", "quantity", "unit_price",
                "reference", "sequence",
            )
        )  # fmt: skip
        steps = steps_of([row[0] for row in firsts if row[8]])
        for row in firsts:
            found[row[0]] = History(row[1], row[2], row[3], row[4], row[5], row[6], row[7], steps.get(row[0], ()))
    return found


def steps_of(subscription_ids: Collection[int]) -> dict[int, tuple[Step, ...]]:
    """The changes of these subscriptions as steps in order of entry; subscriptions without changes are left out."""
    found: dict[int, list[Step]] = defaultdict(list)
    if not subscription_ids:
        return {}
    rows = read_all(
        Change.objects.filter(subscription_id__among=Numbers(subscription_ids)).order_by("subscription_id", "sequence"),
        "subscription_id", "sequence", "kind", "effective_on", "quantity", "unit_price", "product_id",
        "revokes__sequence", "reference",
    )  # fmt: skip
    for subscription_id, sequence, kind, *rest in rows:
        found[subscription_id].append(Step(sequence, _KINDS[kind], *rest))
    return {subscription_id: tuple(steps) for subscription_id, steps in found.items()}


_KINDS = {kind.value: kind for kind in ChangeKind}
