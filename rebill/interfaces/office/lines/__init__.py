"""Interim lines: what is added by hand and waits for the next run."""
