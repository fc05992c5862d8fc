"""Words that stand in the statement itself, where SQLite must see them to use a partial index."""

import pytest

from rebill.delivery.models import Dispatch, DispatchState
from rebill.kit.literals import Literal, literals
from rebill.rules.review import Verdict
from rebill.runs.models import Draft

pytestmark = pytest.mark.django_db


def test_a_state_stands_in_the_statement_and_is_no_parameter():
    rows = Dispatch.objects.filter(state__in=literals([DispatchState.FAILED, DispatchState.BOUNCED])).order_by()

    sql, parameters = rows.query.sql_with_params()

    assert "IN ('failed', 'bounced')" in sql
    assert parameters == ()


def test_a_whole_number_stands_in_the_statement():
    sql, parameters = Draft.objects.filter(verdict__gte=Literal(Verdict.LOOK)).order_by().query.sql_with_params()

    assert 'verdict" >= 2' in sql
    assert parameters == ()


@pytest.mark.parametrize("value", ["it's", "a b", "", "x;--", "é", "A"])
def test_what_is_no_word_of_our_own_never_gets_into_a_statement(value):
    with pytest.raises(ValueError, match="is no word"):
        Dispatch.objects.filter(state=Literal(value)).exists()
