"""Purchase invoices on their way in: files, and a folder that is watched."""
