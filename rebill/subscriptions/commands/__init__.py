"""Every write of orders, subscriptions and their changes."""

from rebill.subscriptions.commands.below import move_customer_below, start_subscription_below
from rebill.subscriptions.commands.changing import (
    cancel_subscription,
    change_price,
    change_quantity,
    change_subscription_product,
    enter_change,
    pause_subscription,
    resume_subscription,
    revoke_change,
)
from rebill.subscriptions.commands.importing import import_subscriptions
from rebill.subscriptions.commands.starting import StartTerms, place_order, start_subscription

__all__ = [
    "StartTerms",
    "cancel_subscription",
    "change_price",
    "change_quantity",
    "change_subscription_product",
    "enter_change",
    "import_subscriptions",
    "move_customer_below",
    "pause_subscription",
    "place_order",
    "resume_subscription",
    "revoke_change",
    "start_subscription",
    "start_subscription_below",
]
