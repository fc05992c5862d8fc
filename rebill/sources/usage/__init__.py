"""Calls as a source: the records of the switches, rated for every seller on the chain, summed up for the bill.

In:   files of call records, endpoints of end customers, rate decks and bundles.
Does: keeps the calls as Parquet, says whose each is and what it costs; a rating anew is told as a difference.
Out:  claims of the kind USAGE, and the specification behind them.
"""
