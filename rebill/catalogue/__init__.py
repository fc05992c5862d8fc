"""What is sold, at which price, under which VAT.

In:   products, price plans and overrides with validity; VAT rates by country and date.
Does: finds the price and the tax that hold for a customer on a day.
Out:  prices as values of `rules.pricing`, tax treatments with their texts.
"""
