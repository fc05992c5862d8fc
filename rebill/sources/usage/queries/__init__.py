"""Reads of calls, one module per subject."""
