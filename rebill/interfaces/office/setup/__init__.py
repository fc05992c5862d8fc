"""Setup: the first page of a new installation, before anybody can sign in."""
