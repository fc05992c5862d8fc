"""Reads of issued documents, and of what is frozen on them."""
