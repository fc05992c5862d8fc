"""Subscriptions as a source: what they owe by their periods, corrected when their history changes.

In:   the history of subscriptions, the prices of their customers, the rows told before.
Does: bills the difference between what should have been billed and what was (rules.reconcile).
Out:  claims of the kinds SETUP, PERIODICFIRST, PERIODIC and PERIODICCORRECTION.
"""
