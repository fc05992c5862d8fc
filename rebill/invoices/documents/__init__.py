"""Turns an issued invoice or credit note, given as one frozen value, into the bytes of a document.

In: a `contract.DocumentContent`, in which every text, number and look is already as printed. Does: lays it out; looks
nothing up, reads no clock, knows no database. Out: bytes, the same bytes for the same content.
"""
