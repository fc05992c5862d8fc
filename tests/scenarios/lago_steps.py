"""Which of Lago's steps change nothing of what our rules owe, and which lie outside of them."""

from tests.scenarios.lago_records import USAGE

# Steps that change nothing of what is owed.
IDLE = {
    "perform_all_enqueued_jobs", "perform_enqueued_jobs", "perform_overdue_balance_update", "fetch_current_usage",
    "update_invoice", "perform_usage_update", "finalize_invoice", "refresh_invoice", "perform_finalize_refresh",
    "stub_pdf_generation", "allow", "recalculate_wallet_balances", "perform_termination_jobs",
}  # fmt: skip
IDLE_SERVICES = ("Payments::", "Organization", "WebhookEndpoint", "WebMock", "Invoices::")
# Lago's clock: what is due is billed.
BILLING_SERVICES = {
    "Subscriptions::ActivateAllPendingService", "Clock::FreeTrialSubscriptionsBillerJob",
    "Clock::SubscriptionsBillerJob",
}  # fmt: skip
OUT_OF_SCOPE = {
    "create_event": USAGE, "ingest_event": USAGE, "send_event!": USAGE, "create_usage_event!": USAGE,
    "create_coupon": "coupons", "apply_coupon": "coupons",
    "create_wallet": "prepaid credits", "create_wallet_transaction": "prepaid credits",
    "void_invoice": "voided invoices: ours are withdrawn", "create_payment": "payments",
    "AdjustedFees::CreateService": "lines that are adjusted by hand",
    "create_advance_charges_invoice": USAGE, "perform_dunning": "dunning",
}  # fmt: skip
