"""What people call what is found when calls of two sides are compared."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebill.rules.comparing import Finding, InvoiceFinding

FINDING_WORDS: Mapping[Finding, Promise] = {
    Finding.SAME: _("The same on both sides"),
    Finding.LONGER: _("Longer at the supplier"),
    Finding.SHORTER: _("Shorter at the supplier"),
    Finding.ONLY_THEIRS: _("Only at the supplier"),
    Finding.ONLY_OURS: _("Only ours"),
}

INVOICE_FINDING_WORDS: Mapping[InvoiceFinding, Promise] = {
    InvoiceFinding.MORE: _("The supplier asks more"),
    InvoiceFinding.LESS: _("The supplier asks less"),
    InvoiceFinding.ONLY_THEIRS: _("Only on the invoice"),
    InvoiceFinding.ONLY_OURS: _("Only ours"),
    InvoiceFinding.COUNTED: _("The same amount, counted otherwise"),
    InvoiceFinding.SAME: _("The same on both sides"),
}
