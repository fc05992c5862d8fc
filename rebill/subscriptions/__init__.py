"""What customers take, since when and in which quantity, with every dated change.

In:   orders, subscriptions and changes, entered before, on or after the day they take effect.
Does: keeps the history as rows; nothing is overwritten.
Out:  histories as values of `rules.timeline`, in bulk.
"""
