"""What a seller agrees to before it keeps tabs, and how it keeps them."""

from datetime import datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.access.queries import names_of
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict
from rebill.kit.events import record_event
from rebill.parties.entries import one_of
from rebill.parties.queries import seller_of
from rebill.rules.tabs import validate_scheme
from rebill.sources.tabs.models import TabLayout, TabRules, TermsAcceptance
from rebill.sources.tabs.queries.agreeing import rules_of
from rebill.sources.tabs.texts import CURRENT, terms_text

_layout = one_of(TabLayout.values)


class TermsOutdated(Conflict):
    """Another version of the terms holds than the one that was read."""


def accept_tab_terms(
    *, acting: Acting, version: str, language: str, now: datetime, accepted_name: str = ""
) -> TermsAcceptance:
    """Keeps that the seller accepts the data-protection terms: the acting user does, now, as they stand in `language`.

    Without it no tab can be made. Accepted twice, the first time counts. `accepted_name` is for who has no user here.
    """
    require(acting, Permission.CONFIGURE)
    if version != CURRENT:
        raise TermsOutdated(
            _("The terms that hold now are version %(version)s. Read them first.") % {"version": CURRENT}
        )
    text = terms_text(language)
    user_id = acting.user_id
    name = names_of([user_id]).get(user_id, "") if user_id is not None else accepted_name.strip()
    with atomic_write():
        acceptance, is_new = TermsAcceptance.objects.get_or_create(
            seller_id=acting.seller_id,
            version=text.version,
            defaults={
                "language": text.language,
                "text_sha256": text.sha256,
                "accepted_at": now,
                "accepted_by": user_id,
                "accepted_name": name[:150],
            },
        )
        if is_new:
            record_event(
                seller_id=acting.seller_id, subject=seller_of(acting), verb="tab_terms_accepted", actor_id=user_id,
                now=now, details={"version": text.version, "language": text.language, "sha256": text.sha256},
            )  # fmt: skip
    return acceptance


def set_tab_rules(*, acting: Acting, now: datetime, scheme: str | None = None, layout: str | None = None) -> TabRules:
    """How the seller's new tabs are numbered, and how orders stand on invoices; what is left None stays.

    The scheme holds `{number}` or `{number:04}` once, and may hold `{customer}`: the customer's number.
    """
    require(acting, Permission.CONFIGURE)
    with atomic_write():
        rules = rules_of(acting.seller_id)
        before = {"scheme": rules.scheme, "layout": rules.layout}
        if scheme is not None:
            validate_scheme(scheme.strip())
            rules.scheme = scheme.strip()
        if layout is not None:
            rules.layout = _layout("layout", layout)
        after = {"scheme": rules.scheme, "layout": rules.layout}
        changed = {name: [before[name], after[name]] for name in before if before[name] != after[name]}
        rules.save()
        if changed:
            record_event(
                seller_id=acting.seller_id, subject=seller_of(acting), verb="tab_rules_set", actor_id=acting.user_id,
                now=now, details=changed,
            )  # fmt: skip
    return rules
