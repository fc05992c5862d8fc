"""What a command changes of a row, in words that an event can keep."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from rebill.kit.events import told


def set_fields(row: models.Model, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set the fields of the row, unsaved, and return [old, new] of those that differ."""
    changed = {}
    for name, value in fields.items():
        kept = getattr(row, name)
        if kept != value:
            setattr(row, name, value)
            changed[name] = [told(kept), told(value)]
    return changed
