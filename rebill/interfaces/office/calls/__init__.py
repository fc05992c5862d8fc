"""Calls in the office: files and what became of their lines, switches, and whose the endpoints are."""
