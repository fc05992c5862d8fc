"""Products and what they cost: in price plans, for single customers, and the VAT on them."""
