"""Whose a row of a purchase invoice is: numbers in every spelling, where a supplier writes them, what is nearest."""
