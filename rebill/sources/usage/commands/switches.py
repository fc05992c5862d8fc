"""Keeping switches: where call records come from and how they are written."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write
from rebill.kit.errors import Invalid
from rebill.kit.events import record_event
from rebill.sources.usage.dialects import read_dialect
from rebill.sources.usage.models import Switch

_CODE_LENGTH_MAX = 40


class SwitchUnfit(Invalid):
    """A switch needs a short code of its own."""


def keep_switch(
    *,
    acting: Acting,
    code: str,
    dialect: str,
    settings: Mapping[str, Any] | None = None,
    compared: bool = False,
    now: datetime,
) -> Switch:
    """Adds the switch, or changes how its files are read from now on; calls that were read stay as they are.

    `compared` is said once, when it is added: a supplier wrote its files, and none of its calls is ever billed.

    SettingsUnfit or DialectUnknown when no file could be read that way.
    """
    require(acting, Permission.CONFIGURE)
    code = code.strip()
    if not code or len(code) > _CODE_LENGTH_MAX or not code.isprintable() or "/" in code:
        raise SwitchUnfit(_("Give the switch a code of at most %(length)s characters.") % {"length": _CODE_LENGTH_MAX})
    said = dict(settings or {})
    read_dialect(dialect, said)
    with atomic_write():
        switch = Switch.objects.select_for_update().filter(seller_id=acting.seller_id, code=code).first()
        if switch is not None and (switch.dialect, switch.settings) == (dialect, said):
            return switch
        verb = "created" if switch is None else "changed"
        switch = switch or Switch(seller_id=acting.seller_id, code=code, compared=compared)
        switch.dialect, switch.settings = dialect, said
        switch.save()
        record_event(
            seller_id=acting.seller_id,
            subject=switch,
            verb=verb,
            actor_id=acting.user_id,
            now=now,
            details={"code": code, "dialect": dialect, "settings": said},
        )
    return switch
