"""Reads of suppliers and purchase invoices."""
