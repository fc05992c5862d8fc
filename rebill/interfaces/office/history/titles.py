"""What an event is called, per verb: one sentence or less, with a glyph, and whether it is good or bad news.

A verb that means different things for different subjects is named with its subject first.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Title:
    """`text` as it stands in the time line; `icon` is a glyph of rebill.css; `mood` is good, bad or nothing."""

    text: Any
    icon: str = "dot"
    mood: str = ""


TITLES: dict[str, Title] = {
    # Of any subject.
    "created": Title(_("Created"), "plus"),
    "changed": Title(_("Changed")),
    "added": Title(_("Added"), "plus"),
    "removed": Title(_("Removed"), "x"),
    "restored": Title(_("Put back"), "back"),
    "ended": Title(_("Ended"), "x"),
    "reopened": Title(_("Opened again"), "back"),
    "imported": Title(_("Imported"), "plus"),
    "made": Title(_("Made"), "file"),
    # Calls.
    "rated": Title(_("Calls rated"), "check"),
    "taken": Title(_("Taken over"), "check"),
    "left": Title(_("Left as it was"), "x"),
    # Customers and sellers.
    "looked_in": Title(_("Looked into the portal"), "right"),
    "adopted": Title(_("Taken over to be resold"), "plus"),
    "catalogue.resaleprice set": Title(_("Resale price entered"), "plus"),
    "moved": Title(_("Moved to another dealer"), "right"),
    "made_dealer": Title(_("Made a dealer"), "plus"),
    "numbered": Title(_("Given a customer number")),
    "contact_added": Title(_("Contact added"), "plus"),
    "contact_changed": Title(_("Contact changed")),
    "contact_removed": Title(_("Contact removed"), "x"),
    "price_plan_assigned": Title(_("Price plan chosen")),
    "put_first": Title(_("Put first")),
    "role_granted": Title(_("Role given")),
    "role_revoked": Title(_("Role taken away"), "x"),
    "revoked": Title(_("Revoked"), "x"),
    "documents_kept": Title(_("Documents kept that were made elsewhere"), "file"),
    "dispatches_queued": Title(_("Sending decided"), "right"),
    # Rate decks.
    "taken_over": Title(_("Taken over"), "right"),
    "taken_back": Title(_("Taken back"), "back"),
    "left_out": Title(_("Left out"), "x"),
    "rates_laid": Title(_("Rates entered"), "plus"),
    "peak_times_set": Title(_("Peak times chosen"), "clock"),
    "deck_set": Title(_("Rate deck chosen")),
    "deck_ended": Title(_("Rate deck ended"), "x"),
    # Purchase invoices and suppliers.
    "supplier_invoices.purchaseinvoice taken": Title(_("Received"), "plus"),
    "read_again": Title(_("Read again"), "back"),
    "passed_on": Title(_("Passed on to customers"), "right", "good"),
    "rebilled": Title(_("Re-billed"), "check", "good"),
    "put_in_review": Title(_("Put into review"), "clock"),
    "opened_again": Title(_("Opened again"), "back"),
    "booked": Title(_("Booked"), "check"),
    "customer_linked": Title(_("Customer linked")),
    "article_linked": Title(_("Product linked")),
    "rows_assigned": Title(_("Rows given to a customer")),
    "rows_left_out": Title(_("Rows left out"), "x"),
    "rows_taken_in": Title(_("Rows taken in again"), "back"),
    "orders_confirmed": Title(_("Orders confirmed"), "check"),
    "settled": Title(_("Set against a credit note"), "check"),
    "settlement_undone": Title(_("Taken off a credit note"), "back"),
    "sell_price_set": Title(_("Selling price set by hand")),
    "factor_set": Title(_("Factor of a price group set")),
    "members_set": Title(_("Customers put into a price group")),
    # Subscriptions and orders.
    "placed": Title(_("Ordered"), "plus"),
    "started": Title(_("Started"), "ring"),
    "quantity_changed": Title(_("Quantity changed")),
    "price_changed": Title(_("Price changed")),
    "product_changed": Title(_("Product changed")),
    "paused": Title(_("Paused"), "clock"),
    "resumed": Title(_("Resumed"), "right"),
    "cancelled": Title(_("Cancelled"), "x"),
    "change_revoked": Title(_("Change taken back"), "back"),
    # Calls.
    "endpoint_added": Title(_("Endpoint added"), "plus"),
    "endpoint_ended": Title(_("Endpoint ended"), "x"),
    "calls_taken": Title(_("Calls taken"), "check"),
    # Tabs.
    "opened": Title(_("Tab opened"), "plus"),
    "holder_linked": Title(_("Holder linked"), "plus"),
    "holder_unlinked": Title(_("Holder taken off"), "x"),
    "consent_recorded": Title(_("Consent recorded"), "check", "good"),
    "consent_withdrawn": Title(_("Consent taken back"), "x", "bad"),
    "erased": Title(_("Erased"), "x"),
    "tab_terms_accepted": Title(_("Data-protection terms accepted"), "check", "good"),
    "tab_rules_set": Title(_("Rules of tabs changed")),
    # Charges.
    "postponed": Title(_("Put off to a later run"), "clock"),
    "waived": Title(_("Waived"), "x"),
    # Runs and drafts.
    "prepared": Title(_("Drafts prepared"), "ring"),
    "dated": Title(_("Invoice date chosen"), "clock"),
    "held": Title(_("Held back"), "clock", "bad"),
    "released": Title(_("Released"), "right"),
    "discarded": Title(_("Thrown away"), "x"),
    "approved": Title(_("Approved"), "check"),
    "first_approved": Title(_("Approved as the first of two"), "clock"),
    "returned_to_review": Title(_("Returned to review, because it changed after the approval"), "back", "bad"),
    "warning_accepted": Title(_("Warning accepted"), "check"),
    "line_added": Title(_("Line added"), "plus"),
    "line_changed": Title(_("Line changed")),
    "line_reset": Title(_("Line put back as it was"), "back"),
    "line_dropped": Title(_("Line taken off"), "minus"),
    "texts_changed": Title(_("Texts changed")),
    # Invoices.
    "issued": Title(_("Issued"), "check"),
    "withdrawn": Title(_("Withdrawn"), "back", "bad"),
    "credited": Title(_("Credited"), "minus"),
    # Sending.
    "queued_again": Title(_("To be sent again"), "right"),
    "accepted": Title(_("Sent"), "right", "good"),
    "failed": Title(_("Not delivered"), "bang", "bad"),
    "bounced": Title(_("Came back"), "back", "bad"),
    "unclear": Title(_("Unclear whether it arrived"), "warn", "bad"),
    "resolved": Title(_("Answered whether it arrived"), "check"),
    "delivery.dispatch postponed": Title(_("Put off, to be tried again"), "clock"),
    "delivery.dispatch cancelled": Title(_("Not sent"), "x"),
    # Exports and imports.
    "mailed": Title(_("Mailed"), "right", "good"),
    "mail_failed": Title(_("Not mailed"), "bang", "bad"),
    "file_import_started": Title(_("Import begun"), "ring"),
    "file_imported": Title(_("File imported"), "check", "good"),
    "runs.draft reopened": Title(_("Approval taken back"), "back"),
}


def title_of(subject_type: str, verb: str) -> Title:
    """What the event is called; a verb that has no words yet is shown as it is."""
    found = TITLES.get(f"{subject_type} {verb}") or TITLES.get(verb)
    return found or Title(verb.replace("_", " ").capitalize())
