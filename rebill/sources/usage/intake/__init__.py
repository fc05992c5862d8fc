"""Call files: opened, cut into records, read into calls, told apart from those that are there, and written."""
