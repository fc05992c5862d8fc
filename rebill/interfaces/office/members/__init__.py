"""Members: who acts for the seller, in which role, and what each role may do."""
