"""When a customer's calls of a day are so unlike its own days before that somebody should look: misuse costs a fortune
in a night.

A day is compared with the customer's days with calls among the 28 before it. It stands out when it costs more than five
times what those cost on average and at least 20 more than that. Who has called on fewer than three of them has nothing
to be compared with: then a day stands out from 100 on. Amounts are of 10⁻⁶ of the currency.
"""

from dataclasses import dataclass

E6 = 10**6
HISTORY_DAYS = 28
DAYS_NEEDED = 3
TIMES = 5
MORE_E6 = 20 * E6
WITHOUT_HISTORY_E6 = 100 * E6


@dataclass(frozen=True, slots=True)
class DayOfCalls:
    """What a day's calls cost, and the days with calls before it: how many, and what they cost together."""

    amount_e6: int
    days_before: int
    amount_before_e6: int

    @property
    def usual_e6(self) -> int:
        """What a day with calls cost on average, cut to whole millionths; 0 where there is nothing to go by."""
        return self.amount_before_e6 // self.days_before if self.days_before >= DAYS_NEEDED else 0


def is_unusual(day: DayOfCalls) -> bool:
    """Whether somebody should look at the day."""
    if day.days_before < DAYS_NEEDED:
        return day.amount_e6 >= WITHOUT_HISTORY_E6
    return day.amount_e6 > TIMES * day.usual_e6 and day.amount_e6 - day.usual_e6 >= MORE_E6
