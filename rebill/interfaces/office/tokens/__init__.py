"""Tokens: how programs act for the seller as one of its users."""
