"""Purchase invoices on the command line."""
