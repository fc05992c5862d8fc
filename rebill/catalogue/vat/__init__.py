"""VAT as the law has it: rates by country and day in `rates.csv`, and the words documents need in `texts`."""
