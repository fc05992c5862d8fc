"""The four ways to refuse, and the problem: something refused, kept as a value that people see."""

from collections.abc import Mapping
from dataclasses import dataclass


class Said(str):
    """A sentence in English that remembers how it was put together, so that it can be said in another language."""

    template: str
    values: Mapping[str, object]


def said(template: str, **values: object) -> Said:
    """The sentence with its values filled in: `said("There is no line %(line)s.", line=3)`.

    Rules know no languages. They import this as `_`, which is what gathers the sentence for translation, and
    `kit.errors.reason_of` says it in the language of whoever reads it.
    """
    text = Said(template % values if values else template)
    text.template, text.values = template, values
    return text


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
