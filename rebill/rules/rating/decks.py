"""Which rate of a deck a call has: the longest prefix, own exceptions first, on-net before all prefixes."""

from collections.abc import Container
from typing import NamedTuple

ONNET = "onnet"
# Longer than any number: E.164 has fifteen digits, and a number kept as dialled stands behind an equals sign.
PREFIX_MOST = 32


class Found(NamedTuple):
    """A prefix, and whether it is one of the customer's own exceptions."""

    prefix: str
    own: bool


def longest_prefix(prefixes: Container[str], called: str) -> str | None:
    """The longest beginning of `called` that stands in `prefixes`; None where none does. "" is a prefix of all."""
    for length in range(min(len(called), PREFIX_MOST), -1, -1):
        if called[:length] in prefixes:
            return called[:length]
    return None


def find_prefix(deck: Container[str], own: Container[str], called: str, *, onnet: bool = False) -> Found | None:
    """Where the rate of a call stands. An exception wins when its prefix is at least as long as the deck's.

    A call between endpoints of one seller has the rate "onnet" where the exceptions or else the deck has one.
    """
    if onnet and ONNET in own:
        return Found(ONNET, own=True)
    if onnet and ONNET in deck:
        return Found(ONNET, own=False)
    common, exception = longest_prefix(deck, called), longest_prefix(own, called)
    if exception is not None and (common is None or len(exception) >= len(common)):
        return Found(exception, own=True)
    return None if common is None else Found(common, own=False)
