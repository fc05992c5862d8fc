"""The office: pages for the seller's staff, beside the command line and over the same commands and queries."""
