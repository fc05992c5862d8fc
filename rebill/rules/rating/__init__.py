"""What calls and other events cost, one by one: the plain reference that the engines of the source `usage` equal."""
