"""A quantity on a line that can be checked with a calculator: as printed, times the unit price, it is the amount."""

from rebill.rules.money import divide_half_up

# Enough for a reader, and enough for any amount that a price of 10⁻⁶ or more can come to.
PLACES_MIN, PLACES_MAX = 4, 16


def checkable_quantity(prorated_e8: int, price_e6: int, amount_minor: int, digits: int) -> tuple[int, int]:
    """The prorated quantity as an integer of 10⁻ᵖ, and p: with as few decimals, from four on, as give the amount.

    16/31 of a month is stored as 0.51612903; 0.5161 is enough where it gives the same cent. A line whose stored
    quantity does not give its amount (a credit of a part of it) is shown with the quantity that does. Without a price
    there is nothing to check: the quantity then stays as it is stored.
    """
    for places in range(PLACES_MIN, 9):
        quantity = divide_half_up(prorated_e8, 10 ** (8 - places))
        if amount_of(quantity, places, price_e6, digits) == amount_minor:
            return quantity, places
    if not price_e6:
        return prorated_e8, 8
    places = 9
    while True:
        quantity = divide_half_up(amount_minor * 10 ** (places + 6 - digits), price_e6)
        if places == PLACES_MAX or amount_of(quantity, places, price_e6, digits) == amount_minor:
            return quantity, places
        places += 1


def amount_of(quantity: int, places: int, price_e6: int, digits: int) -> int:
    """What a reader gets: a quantity of 10⁻ᵖ times the price, to the minor unit, a half going away from zero."""
    return divide_half_up(quantity * price_e6, 10 ** (places + 6 - digits))
