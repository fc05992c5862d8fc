"""The API: REST for integrators, beside the command line and over the same commands and queries."""
