"""Imports: a file from another program in four steps, and what became of every file before it."""
