"""Until when the law has documents kept, by the seller's country."""

from datetime import date

import pytest

from rebill.rules.retention import kept_until


@pytest.mark.parametrize(
    ("country", "until"),
    [
        ("NL", date(2033, 12, 31)),
        ("BE", date(2036, 12, 31)),
        ("DE", date(2034, 12, 31)),
        ("FI", date(2032, 12, 31)),
        ("FR", None),
    ],
)
def test_documents_are_kept_whole_years_after_that_of_their_issue(country, until):
    assert kept_until(country=country, issued_on=date(2026, 1, 1)) == until
    assert kept_until(country=country, issued_on=date(2026, 12, 31)) == until
