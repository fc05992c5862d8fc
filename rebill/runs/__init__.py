"""Billing runs: drafts of what is owed, looked at, mended and approved.

In:   open charges.
Does: makes drafts per customer, currency and cost centre, warns with reason and remedy, lets people edit and approve.
Out:  approved drafts.
"""
