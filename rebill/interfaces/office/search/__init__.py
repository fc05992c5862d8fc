"""Search: jump to any customer, document or page from wherever one is."""
