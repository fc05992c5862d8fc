"""Long work that pages and the API ask for: what there is to ask for, and the task that does it."""
