"""What must always be true of calls, one module per subject; nothing is mended here."""
