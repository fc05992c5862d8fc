"""Writes of runs: preparing, reviewing and approving drafts."""

from rebill.runs.commands.approving import approve_drafts, auto_approve_drafts, reopen_drafts
from rebill.runs.commands.editing import (
    add_draft_line,
    change_draft_line,
    change_draft_texts,
    drop_draft_line,
    forget_edits,
    reset_draft_line,
)
from rebill.runs.commands.erasing import erase_customer
from rebill.runs.commands.preparing import prepare_manual_run, prepare_run, prepare_tabs
from rebill.runs.commands.rebilling import rebill_purchase
from rebill.runs.commands.reviewing import (
    accept_warning,
    change_invoice_date,
    discard_drafts,
    hold_drafts,
    release_drafts,
    review_drafts,
)
from rebill.runs.commands.tallying import renew_tally

__all__ = [
    "accept_warning",
    "add_draft_line",
    "approve_drafts",
    "auto_approve_drafts",
    "change_draft_line",
    "change_draft_texts",
    "change_invoice_date",
    "discard_drafts",
    "drop_draft_line",
    "erase_customer",
    "forget_edits",
    "hold_drafts",
    "prepare_manual_run",
    "prepare_run",
    "prepare_tabs",
    "rebill_purchase",
    "release_drafts",
    "renew_tally",
    "reopen_drafts",
    "reset_draft_line",
    "review_drafts",
]
