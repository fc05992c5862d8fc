"""What is owed, each fact once.

In:   the claims of every source.
Does: keeps each claim as one charge, lets a draft claim it, returns it or waives it.
Out:  open charges per customer; what was told before, for the sources.
"""
