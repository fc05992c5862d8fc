"""What happened: the event log in words, for the time line that every object's page shows."""
