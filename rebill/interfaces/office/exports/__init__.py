"""Exports: files for the bookkeeping, made by hand for any month and mailed every month."""
