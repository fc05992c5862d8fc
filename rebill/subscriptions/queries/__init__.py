"""Reads of subscriptions: one by its name, the history of many, how they stand, and their days as people see them."""

from rebill.subscriptions.queries.finding import (
    ChangeNotFound,
    OrderNotFound,
    SubscriptionNotFound,
    change_of,
    find_subscriptions,
    order_of,
    orders_of,
    subscription_of,
    subscriptions,
)
from rebill.subscriptions.queries.histories import histories, history_of, steps_of
from rebill.subscriptions.queries.standing import (
    CurrentState,
    Standing,
    count_subscriptions,
    current_states,
    standing_as,
    standing_of,
)
from rebill.subscriptions.queries.timelines import DatedState, EnteredChange, Timeline, timeline_of, timelines_of

__all__ = [
    "ChangeNotFound",
    "CurrentState",
    "DatedState",
    "EnteredChange",
    "OrderNotFound",
    "Standing",
    "SubscriptionNotFound",
    "Timeline",
    "change_of",
    "count_subscriptions",
    "current_states",
    "find_subscriptions",
    "histories",
    "history_of",
    "order_of",
    "orders_of",
    "standing_as",
    "standing_of",
    "steps_of",
    "subscription_of",
    "subscriptions",
    "timeline_of",
    "timelines_of",
]
