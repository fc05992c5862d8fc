"""Tabs as a source: what is bought on account at a till, within a limit, and invoiced afterwards.

In:   tabs with their limits and holders, and orders that tills reserve, book, cancel, settle and refund.
Does: keeps every limit, whoever asks at the same moment; tells open orders once.
Out:  claims of the kind TAB, line by line or per product.
"""
