"""The four ways of refusing, and problems as values; the stages take them from here, the rules define them."""

from dataclasses import replace

from django.utils.translation import gettext

from rebill.rules.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Refused, Said

__all__ = ["Conflict", "Forbidden", "Invalid", "NotFound", "Problem", "Refused", "reason_of", "spoken"]


def reason_of(refusal: BaseException) -> str:
    """Why something is refused, in the language that is spoken now. Rules refuse in English; this translates them."""
    first = refusal.args[0] if refusal.args else ""
    return _spoken(first) if isinstance(first, Said) else str(refusal)


def spoken(problem: Problem) -> Problem:
    """The problem in the language that is spoken now, where a rule or a plugin says it in English."""
    return replace(problem, where=_spoken(problem.where), why=_spoken(problem.why), remedy=_spoken(problem.remedy))


def _spoken(text: str) -> str:
    if not isinstance(text, Said):
        return text
    sentence = gettext(text.template)
    values = {name: _spoken(value) if isinstance(value, Said) else value for name, value in text.values.items()}
    return sentence % values if values else sentence
