"""Settings, read from environment variables; see docs/reference/settings.md for the list."""
