"""Reads of runs: which customers are due, drafts and their lines, what they come to and what must be looked at."""
