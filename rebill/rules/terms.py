"""When an invoice is due."""

from datetime import date, timedelta


def term_days(customer_days: int | None, seller_days: int | None) -> int | None:
    """The payment term: the customer's own, else the seller's; None where neither has one."""
    return customer_days if customer_days is not None else seller_days


def due_day(*, issued_on: date, days: int | None, entered: date | None) -> date:
    """By the payment term; where there is none on the day that was entered for it, but not before it is issued; and at
    once where nothing was entered either (seed 003)."""
    if days is not None:
        return issued_on + timedelta(days=days)
    return max(issued_on, entered) if entered is not None else issued_on
