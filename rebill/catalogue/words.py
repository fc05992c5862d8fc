"""What people call the kinds of calls."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebill.catalogue.models import CallCategory

CATEGORY_WORDS: Mapping[int, Promise] = {
    CallCategory.NATIONAL_FIXED: _("National, fixed"),
    CallCategory.NATIONAL_MOBILE: _("National, mobile"),
    CallCategory.INTERNATIONAL: _("International"),
    CallCategory.INTERNATIONAL_MOBILE: _("International, mobile"),
    CallCategory.SERVICE_COST: _("Service number, cost"),
    CallCategory.SERVICE_REVENUE: _("Service number, revenue"),
    CallCategory.ON_NET: _("On-net"),
    CallCategory.SHORT: _("Short number"),
    CallCategory.OTHER: _("Other calls"),
}


def category_word(category: int) -> str:
    """The category in the reader's language."""
    return str(CATEGORY_WORDS.get(category, CATEGORY_WORDS[CallCategory.OTHER]))
