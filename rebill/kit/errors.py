"""The four ways of refusing, and problems as values; the stages take them from here, the rules define them."""

from rebill.rules.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Refused

__all__ = ["Conflict", "Forbidden", "Invalid", "NotFound", "Problem", "Refused"]
