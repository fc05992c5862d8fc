"""Rate decks: what calls cost by prefix, and imported rates that wait beside them."""
