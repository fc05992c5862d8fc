"""What people call the states of purchase invoices, and what a reader found doubtful of one."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.kit.errors import Problem
from rebill.sources.supplier_invoices.models import PurchaseState

STATE_WORDS: Mapping[str, Promise] = {
    PurchaseState.UNHANDLED.value: gettext_lazy("Unhandled"),
    PurchaseState.IN_REVIEW.value: gettext_lazy("In review"),
    PurchaseState.REBILLED.value: gettext_lazy("Re-billed"),
    PurchaseState.BOOKED.value: gettext_lazy("Booked"),
}


class DoubtWords(NamedTuple):
    """Why it is doubtful, and what to do."""

    why: Promise
    remedy: Promise


_ASK = gettext_lazy("Compare it with the supplier's page, and ask the supplier for a corrected invoice if it is wrong.")
_LOOK = gettext_lazy("Look at it before you pay; the rows can be re-billed.")

DOUBT_WORDS: Mapping[str, DoubtWords] = {
    "rows_differ": DoubtWords(gettext_lazy("The rows do not come to the total given for them."), _ASK),
    "net_differs": DoubtWords(gettext_lazy("Rows, allowances and charges do not come to the net total."), _ASK),
    "gross_differs": DoubtWords(gettext_lazy("Net total and VAT do not come to the gross total."), _ASK),
    "payable_differs": DoubtWords(gettext_lazy("The amount to pay is not the gross total less what was paid."), _ASK),
    "vat_base_differs": DoubtWords(gettext_lazy("What stands under a VAT rate is not what its rows come to."), _ASK),
    "paid_before": DoubtWords(gettext_lazy("Part of the invoice was paid in advance."), _LOOK),
    "no_profile": DoubtWords(gettext_lazy("The document does not say which rules it follows."), _LOOK),
    "type_code": DoubtWords(gettext_lazy("The type of the document fits neither an invoice nor a credit note."), _ASK),
    "several_names": DoubtWords(gettext_lazy("A party has several registered names."), _ASK),
    "scheme_unknown": DoubtWords(gettext_lazy("A party has a number of a kind that does not exist."), _LOOK),
    "class_unknown": DoubtWords(gettext_lazy("An item is classed by a list that does not exist."), _LOOK),
    "seller_number": DoubtWords(gettext_lazy("The supplier states no KvK number or OIN."), _ASK),
    "buyer_number": DoubtWords(gettext_lazy("Our own KvK number is missing on it."), _ASK),
    "seller_address": DoubtWords(gettext_lazy("The supplier's address is not whole."), _ASK),
    "buyer_address": DoubtWords(gettext_lazy("Our own address on it is not whole."), _ASK),
    "representative_address": DoubtWords(gettext_lazy("The address of the tax representative is not whole."), _ASK),
    "no_reference": DoubtWords(gettext_lazy("It names neither an order nor a reference of ours."), _LOOK),
    "no_order": DoubtWords(gettext_lazy("It names order lines, but no order."), _LOOK),
    "no_original": DoubtWords(gettext_lazy("It corrects an invoice and does not say which."), _ASK),
    "no_payment_means": DoubtWords(gettext_lazy("It does not say how to pay."), _LOOK),
    "no_rows": DoubtWords(
        gettext_lazy("It has totals and no rows, so nothing can be split to customers."),
        gettext_lazy("Ask the supplier for a fuller profile: EN 16931 or Extended."),
    ),
    "copy": DoubtWords(gettext_lazy("The supplier calls it a copy."), _LOOK),
    "cancelled": DoubtWords(gettext_lazy("The supplier says that it cancels an invoice."), _ASK),
    "version_unknown": DoubtWords(gettext_lazy("It is a version of Finvoice that is not known here."), _LOOK),
    "other_buyer": DoubtWords(
        gettext_lazy("It names another buyer than this seller."),
        gettext_lazy("Check that it is meant for you; your own numbers stand in the settings."),
    ),
}


def doubt_problems(doubts: Iterable[Sequence[str]], *, where: str) -> list[Problem]:
    """The doubts of a purchase invoice as people see them."""
    found = []
    for code, value in doubts:
        words = DOUBT_WORDS.get(code)
        why, remedy = (str(words.why), str(words.remedy)) if words else (_("Something is doubtful."), str(_LOOK))
        found.append(Problem(f"purchase_invoice.{code}", where, why, remedy, value=value, blocking=False))
    return found
