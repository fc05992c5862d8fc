"""Subscriptions: what is taken since when, what was billed of it, and what a change of it will come to."""
