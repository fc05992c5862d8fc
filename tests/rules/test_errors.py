"""The ways to refuse."""

import dataclasses

import pytest

from rebill.rules.errors import Conflict, Forbidden, Invalid, NotFound, Problem, Refused


@pytest.mark.parametrize("refusal", [Invalid, NotFound, Conflict, Forbidden])
def test_every_refusal_is_caught_as_refused(refusal: type[Refused]) -> None:
    with pytest.raises(Refused, match="why"):
        raise refusal("why")


def test_a_problem_keeps_its_record_back_unless_it_says_otherwise() -> None:
    problem = Problem("customer.address_missing", "customer 10482", "There is no address.", "Enter the address.")

    assert problem.blocking
    assert problem.value == ""


def test_a_problem_cannot_be_changed() -> None:
    problem = Problem("customer.address_missing", "customer 10482", "There is no address.", "Enter the address.")

    with pytest.raises(dataclasses.FrozenInstanceError):
        problem.blocking = False  # type: ignore[misc]
