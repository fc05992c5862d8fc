"""The sources in use, by hand."""

from rebill.sources.contract import Source
from rebill.sources.oneoff.source import OneoffSource
from rebill.sources.recurring.source import RecurringSource
from rebill.sources.supplier_invoices.source import SupplierInvoicesSource
from rebill.sources.tabs.source import TabSource
from rebill.sources.usage.source import UsageSource


def sources() -> tuple[Source, ...]:
    """A fresh set of sources, for one run: each may keep what it read until the run ends."""
    return (RecurringSource(), OneoffSource(), UsageSource(), TabSource(), SupplierInvoicesSource())
