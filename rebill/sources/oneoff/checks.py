"""What must hold of stored interim lines, asked of the database in sets; nothing is mended here."""

from django.db.models import F, Q
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.errors import Problem
from rebill.rules.reconcile import ChargeKind
from rebill.sources.oneoff.models import InterimLine


def check_interim_lines(*, acting: Acting) -> list[Problem]:
    """Lines of this seller with the wrong sign for their kind, or that name another seller's rows."""
    require(acting, Permission.READ)
    rows = InterimLine.objects.filter(seller_id=acting.seller_id).order_by("id")
    signs = Q(kind=ChargeKind.CREDIT, quantity__gt=0) | (~Q(kind=ChargeKind.CREDIT) & Q(quantity__lt=0))
    foreign = ~Q(customer__seller=F("seller")) | (Q(product__isnull=False) & ~Q(product__seller=F("seller")))
    found = [
        (rows.filter(signs | Q(unit_price__lt=0)), "interim_line.wrong_sign", _("Its sign does not fit its kind.")),
        (rows.filter(foreign), "interim_line.misplaced", _("It names a customer or product of another seller.")),
    ]
    return [
        Problem(
            what=what,
            where=_("interim line %(uuid)s") % {"uuid": uuid},
            why=why,
            remedy=_("Restore the row from a backup, or report it: no command writes it so."),
        )
        for queryset, what, why in found
        for uuid in queryset.values_list("uuid", flat=True)
    ]
