"""Formats of purchase invoices, one module each. They see the contract, the rules, the kit and their libraries."""
