"""Documents as PDF, laid out by Typst: our own templates or the seller's."""
