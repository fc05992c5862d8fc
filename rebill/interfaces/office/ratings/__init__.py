"""Rated calls: months, what has no price or owner, what another rating would change, and the calls behind a bill."""
