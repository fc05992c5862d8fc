"""Measurements against what a user would pick instead, as ratios in one sitting. `make bench` runs them all."""
