"""Billing runs: made, looked through, mended, approved, and watched while they go out."""
