"""Deliveries: did everything arrive? What failed, came back or is unclear, mended in place; what waits; letters."""
