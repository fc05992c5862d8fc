"""Choosing a customer: a search with suggestions that any page may ask for."""
