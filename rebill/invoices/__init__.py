"""Issued documents: invoices and credit notes, numbered and frozen.

In:   approved drafts; requests to credit or withdraw.
Does: numbers, taxes and freezes them in bulk; keeps their bytes with a hash.
Out:  invoices and credit notes that never change.
"""
