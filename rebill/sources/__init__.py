"""Where charges come from: subscriptions, lines added by hand, and later calls, tabs and purchase invoices.

In:   what each source keeps, and the rows it has told before.
Does: says what is owed up to a horizon and was not told yet; each source for itself, none knows another.
Out:  claims, as values; `charges` keeps them.
"""
