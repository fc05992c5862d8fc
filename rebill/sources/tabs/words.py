"""The words for how tabs and orders stand, as pages and refusals say them."""

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from rebill.sources.tabs.models import OrderState, TabLayout, TabStatus

STATE_WORDS: dict[str, Promise] = {
    OrderState.RESERVED: pgettext_lazy("order on a tab", "reserved"),
    OrderState.BOOKED: pgettext_lazy("order on a tab", "booked"),
    OrderState.BILLED: pgettext_lazy("order on a tab", "billed"),
    OrderState.SETTLED: pgettext_lazy("order on a tab", "settled"),
    OrderState.CANCELLED: pgettext_lazy("order on a tab", "cancelled"),
}
STATUS_WORDS: dict[str, Promise] = {
    TabStatus.INACTIVE: pgettext_lazy("tab", "Not active"),
    TabStatus.ACTIVE: pgettext_lazy("tab", "Active"),
    TabStatus.CLOSED: pgettext_lazy("tab", "Closed"),
}
LAYOUT_WORDS: dict[str, Promise] = {
    TabLayout.DETAILED: pgettext_lazy("tab", "Each order line by line"),
    TabLayout.PER_PRODUCT: pgettext_lazy("tab", "Summed up per product"),
}
