"""The four ways to refuse, and the problem: something refused, kept as a value that people see."""

from dataclasses import dataclass


class Refused(Exception):
    """What was asked is not done. Every refusal of rebill is one of the four below."""


class Invalid(Refused):
    """The request contradicts a rule, whoever asks and whatever the state."""


class NotFound(Refused):
    """What was named does not exist for the one who asks."""


class Conflict(Refused):
    """The request would be right, but not in the present state."""


class Forbidden(Refused):
    """The one who asks may not do this."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One bad record of a batch: what, where, why and how to mend it. The batch itself goes on.

    `what` is a stable code such as "customer.address_missing"; `where` names the record for people, such as
    "customers.xlsx line 12 column iban". A blocking problem keeps its record back, another one only warns.
    """

    what: str
    where: str
    why: str
    remedy: str
    value: str = ""
    blocking: bool = True
