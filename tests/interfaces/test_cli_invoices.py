"""`rebill invoices`: looking at what was issued, crediting, withdrawing, and sending it again."""

import json

import pytest

from rebill.charges.models import Charge
from rebill.delivery.models import Dispatch
from rebill.invoices.models import Invoice
from rebill.rules.periods import add_months
from tests import factories
from tests.interfaces.conftest import THIS_MONTH
from tests.stories.month import Month

pytestmark = pytest.mark.django_db(transaction=True)

LAST_MONTH = add_months(THIS_MONTH, -1)


@pytest.fixture
def books(db) -> Month:
    """A seller that has issued two invoices last month, the first with two lines."""
    books = Month()
    bakery = books.customer("Bakkerij Jansen", number="1001")
    books.subscribe(bakery, "HOSTING-M", price="12.50", quantity="4", start_on=LAST_MONTH)
    books.add_line(bakery, "Telefoon", price="89", on=LAST_MONTH)
    books.subscribe(books.customer("Rederij Nauta", number="1002"), "HOSTING-M", start_on=LAST_MONTH)
    books.bill_on(LAST_MONTH)
    return books


@pytest.fixture
def number(books) -> str:
    """The first invoice's."""
    return Invoice.objects.get(customer_number="1001").number


def test_documents_are_listed_the_newest_first_with_their_sums(books, typed):
    shown = typed("invoices", "list").shown

    assert shown.index("Rederij Nauta") < shown.index("Bakkerij Jansen")
    assert "All that match: 151.50 EUR excl. VAT, 183.32 incl. VAT." in shown


@pytest.mark.parametrize(
    ("words", "customers"),
    [
        (("--search", "nauta"), ["1002"]),
        (("--customer", "1001"), ["1001"]),
        (("--month", f"{LAST_MONTH:%Y-%m}"), ["1002", "1001"]),
        (("--month", "2019-01"), []),
        (("--kind", "credit_note"), []),
        (("--limit", "1", "--page", "2"), ["1001"]),
    ],
)
def test_documents_are_found(books, typed, words, customers):
    told = json.loads(typed("invoices", "list", "--json", *words).shown)

    assert [each["customer"]["number"] for each in told["documents"]] == customers


def test_a_list_reads_one_page_whatever_matches(books, typed, django_assert_max_num_queries):
    for each in range(20):
        books.add_line(books.customer(f"Klant {each}"), "Iets", price="1", on=LAST_MONTH)
    books.bill_on(LAST_MONTH.replace(day=2))

    with django_assert_max_num_queries(12):
        told = json.loads(typed("invoices", "list", "--limit", "5", "--json").shown)

    assert (told["matching"], len(told["documents"])) == (22, 5)


def test_a_document_is_shown_as_it_was_printed(books, typed, number):
    shown = typed("invoices", "show", number).shown
    told = json.loads(typed("invoices", "show", number, "--json").shown)

    for words in ("Bakkerij Jansen", "Telefoon", "89.00", "Total excl. VAT", "139.00", "29.19", "168.19"):
        assert words in shown
    assert (told["net"], told["tax"], told["gross"], len(told["lines"])) == ("139.00", "29.19", "168.19", 2)


def test_a_line_is_credited_by_quantity(books, typed, number):
    [position] = [
        line["position"]
        for line in json.loads(typed("invoices", "show", number, "--json").shown)["lines"]
        if line["net"] == "50.00"
    ]

    ended = typed("invoices", "credit", number, "--line", f"{position}=1", "--reason", "Een minder")

    note = Invoice.objects.get(kind="credit_note")
    assert (ended.code, note.net_amount.minor, note.reason) == (0, -1250, "Een minder")
    assert note.documents.count() == 1
    assert f"{number} was credited by {note.number}, −15.13 EUR incl. VAT." in ended.shown
    assert "Credited by" in typed("invoices", "show", number).shown


@pytest.mark.parametrize(
    ("words", "net"),
    [(("--line", "1"), -8900), (("--line-amount", "1=10"), -1000), (("--amount", "13.90"), -1390), ((), -13900)],
)
def test_lines_amounts_and_the_whole_are_credited(books, typed, number, words, net):
    ended = typed("invoices", "credit", number, "--reason", "Fout", *words)

    assert ended.code == 0, ended.aside
    assert Invoice.objects.get(kind="credit_note").net_amount.minor == net


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--line", "1=100"), "at most 89.00 EUR without VAT, quantity 1 can be credited"),
        (("--amount", "1000"), "at most 139.00 EUR without VAT can be credited"),
        (("--amount", "0"), "More than nothing"),
        (("--line", "7"), "no line 7"),
        (("--line", "een"), "names no line"),
        (("--line", "1=veel"), "no number"),
        (("--line", "1", "--amount", "5"), "not both"),
        (("--amount", "0.001"), "decimals"),
    ],
)
def test_what_cannot_be_credited_is_refused(books, typed, number, words, why):
    ended = typed("invoices", "credit", number, "--reason", "Fout", *words)

    assert (ended.code, Invoice.objects.filter(kind="credit_note").count()) == (2, 0)
    assert why in ended.aside


def test_crediting_needs_a_reason(books, typed, number):
    assert typed("invoices", "credit", number).code == 2


def test_a_withdrawn_invoice_is_credited_and_billed_again(books, typed, number):
    ended = typed("invoices", "withdraw", number, "--reason", "Verkeerde klant")

    note = Invoice.objects.get(kind="credit_note")
    assert (ended.code, note.withdraws, note.gross_amount.minor) == (0, True, -16819)
    assert Charge.objects.filter(claim__isnull=True).count() == 2
    assert "withdrawn" in typed("invoices", "list", "--search", number).shown
    typed("prepare", "--customer", "1001", "--on", LAST_MONTH)
    assert "139.00" in typed("drafts", "list").shown


def test_a_document_is_sent_again(books, typed, number):
    typed("issue")

    waiting = typed("invoices", "resend", number)
    ended = typed("invoices", "resend", number, "--to", "bookkeeper@jansen.example")

    # The first sending waits still: the same people get it once.
    assert (waiting.code, ended.code) == (2, 0)
    assert Dispatch.objects.order_by("id").last().recipients == ["bookkeeper@jansen.example"]


def test_the_very_bytes_are_written_and_a_copy_says_so(books, typed, number, tmp_path):
    early = typed("invoices", "pdf", number, tmp_path / "early.pdf")
    typed("issue")

    kept = typed("invoices", "pdf", number, tmp_path / "kept.pdf")
    copy = typed("invoices", "pdf", number, tmp_path / "copy.pdf", "--copy")
    nowhere = typed("invoices", "pdf", number, tmp_path / "missing" / "kept.pdf")

    assert (early.code, kept.code, copy.code, nowhere.code) == (2, 0, 0, 2)
    assert "not made yet" in early.aside
    kept_bytes, copied = (tmp_path / "kept.pdf").read_bytes(), (tmp_path / "copy.pdf").read_bytes()
    assert kept_bytes[:5] == copied[:5] == b"%PDF-"
    assert kept_bytes != copied


def test_a_document_of_another_seller_is_not_there(books, typed, number, tmp_path):
    factories.make_seller("zuidkade")

    for words in (("show",), ("credit", "--reason", "x"), ("withdraw", "--reason", "x"), ("resend",),
                  ("pdf", tmp_path / "x.pdf")):  # fmt: skip
        ended = typed("invoices", words[0], number, *words[1:], "--seller", "zuidkade")
        assert (ended.code, f"There is no invoice {number}." in ended.aside) == (2, True)
