"""On-account tabs: the list with its bulk change, one tab with its orders and holders, and billing them now."""
