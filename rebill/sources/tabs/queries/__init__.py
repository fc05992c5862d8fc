"""Reads of tabs: what was agreed, the tabs, their orders and holders, what a till asks, and what is owed."""
