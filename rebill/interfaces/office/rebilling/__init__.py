"""Re-billing: purchase invoices, whom their rows are for, and passing them on."""
