"""The manual invoice: a draft for one customer now, outside the month's run."""
