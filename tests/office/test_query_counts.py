"""Every list of the office is read with twelve queries at most, whatever is searched for and however it is sorted."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebill.sources.tabs.commands import accept_tab_terms
from rebill.sources.tabs.texts import CURRENT
from tests.factories import NOW
from tests.office.billing import SEPTEMBER, Billing, run_of, september

MOST = 12

LISTS = [
    "",
    "runs/",
    "runs/RUN/approve/?all=1",
    "runs/RUN/counted/?q=Klant",
    *(f"runs/RUN/?{query}" for query in (
        "", "tab=to_check", "tab=changed", "tab=first", "tab=last", "tab=held", "warning=no_email", "channel=print",
        "channel=email", "tab=first&channel=email", "sort=customer", "sort=-change", "q=Klant", "q=SEAT",
        "q=no+such+words", "tab=to_check&q=Klant", "q=Klant&channel=email&tab=first&warning=no_email",
    )),
    *(f"invoices/?{query}" for query in (
        "", "tab=all", "tab=credit_notes", "tab=withdrawn", "tab=not_sent", "month=2026-08", "q=Klant",
    )),
    "deliveries/",
    "deliveries/waiting/",
    "deliveries/letters/",
    *(f"customers/?{query}" for query in ("", "tab=ended", "tab=no_email", "tab=all", "sort=name", "q=Klant")),
    *(f"subscriptions/?{query}" for query in (
        "", "tab=upcoming", "tab=paused", "tab=ended", "tab=all", "q=Klant", "q=SEAT", "q=Klant+SEAT&tab=paused",
    )),
    "products/",
    "decks/",
    "lines/",
    "lines/?q=Klant",
    "tabs/",
    "tabs/?tab=over&q=Klant",
    "dealers/",
    "exports/",
    "imports/",
    "calls/",
    "calls/?tab=problems",
    "calls/endpoints/",
    "calls/switches/",
    "calls/compare/",
    "calls/invoices/",
    "search/?q=Klant",
]  # fmt: skip


@pytest.fixture
def billing(seller) -> Billing:
    """A month invoiced, and one in review with more customers than a page shows."""
    billing = september(seller)
    accept_tab_terms(acting=billing.acting, version=CURRENT, language="nl", now=NOW)
    for index in range(60):
        billing.subscribe(billing.customer(f"Klant {index}"), "SEAT", start_on=SEPTEMBER)
    billing.prepare(SEPTEMBER)
    return billing


def test_every_list_is_read_with_twelve_queries_at_most(office, billing):
    run_id = run_of(billing).pk
    office.get("/s/waterkant/")

    counted = {}
    for address in LISTS:
        with CaptureQueriesContext(connection) as queries:
            answer = office.get(f"/s/waterkant/{address.replace('RUN', str(run_id))}")
        assert answer.status_code == 200, address
        # Savepoints are the test's own: it runs in a transaction.
        counted[address] = sum("SAVEPOINT" not in each["sql"] for each in queries.captured_queries)

    assert {address: number for address, number in counted.items() if number > MOST} == {}
