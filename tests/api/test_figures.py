"""What programs ask to be sure: the checks, what is left to credit, the revenue, and files to try things with."""

from rebill.charges.models import Charge
from rebill.interfaces.checking import CHECKS
from rebill.interfaces.work.doing import do_work
from rebill.kit.models import Work
from tests.api.seeded import seed


def done(program, answer):
    """The work that was asked for, when it is done."""
    for work in Work.objects.filter(pk=answer.json()["id"]):
        do_work(str(work.pk))
    return program.get(f"/work/{answer.json()['id']}").json()


def test_the_books_are_compared_with_themselves(program, seller):
    seed(seller)

    work = done(program, program.post("/checks"))

    assert (work["state"], work["result"]["checks"], work["result"]["blocking"]) == ("done", len(CHECKS), 0)


def test_what_does_not_agree_is_listed_in_the_users_language(program, seller, owner):
    seed(seller)
    Charge.objects.filter(seller=seller).update(amount=1)
    owner.language = "nl"
    owner.save()

    work = done(program, program.post("/checks"))

    listed = [each for each in work["result"]["listed"] if each["code"] == "charge.amount_differs"]
    assert work["result"]["blocking"] >= len(listed) == Charge.objects.filter(seller=seller).count()
    assert listed[0]["where"].startswith("kostenregel ")
    assert listed[0]["why"] == "Het bedrag is niet het naar rato berekende aantal maal de prijs."


def test_what_is_left_to_credit_shrinks_with_every_credit(program, seller):
    invoice = seed(seller).invoice
    path = f"/invoices/{invoice.pk}/creditable"
    before = program.get(path).json()["items"][0]

    program.post(f"/invoices/{invoice.pk}/credit", {"reason": "One left", "lines": [{"position": 1, "quantity": "1"}]})

    after = program.get(path).json()["items"][0]
    assert float(before["quantity"]) - float(after["quantity"]) == 1
    assert after["is_open"]
    program.post(f"/invoices/{invoice.pk}/credit", {"reason": "The rest"})
    assert not any(each["is_open"] for each in program.get(path).json()["items"])


def test_the_revenue_is_that_of_the_documents(program, seller):
    invoice = seed(seller).invoice

    items = program.get("/revenue?since=2026-01-01").json()["items"]

    assert {each["month"] for each in items} == {f"{invoice.issued_on:%Y-%m}-01"}
    assert sum(round(float(each["net"]["amount"]) * 100) for each in items) == invoice.net_amount.minor
    assert program.get("/revenue?since=2027-01-01").json()["items"] == []


def test_a_draft_is_seen_on_paper_before_it_is_issued(program, seller):
    draft = seed(seller).draft

    answer = program.get(f"/drafts/{draft.pk}/pdf")

    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_sample_of_the_export_is_in_the_sellers_layout(program):
    program.patch("/exports/settings", {"layout": {"kind": "csv", "delimiter": "|", "encoding": "utf-8"}})

    answer = program.get("/exports/sample")

    assert answer.headers["Content-Disposition"] == 'attachment; filename="sample.csv"'
    assert answer.content.decode().splitlines()[0].count("|") > 3


def test_an_earlier_look_comes_back(program):
    program.patch("/seller/look", {"accent_colour": "#0d6b62"})
    program.patch("/seller/look", {"accent_colour": "#aa3300"})
    looks = program.get("/seller/looks").json()["items"]

    again = program.post(f"/seller/looks/{looks[1]['id']}/reuse").json()

    assert [each["accent_colour"] for each in looks[:2]] == ["#aa3300", "#0d6b62"]
    assert again["accent_colour"] == program.get("/seller/look").json()["accent_colour"] == "#0d6b62"


def test_another_account_comes_to_stand_on_documents(program):
    added = program.post("/seller/accounts", {"iban": "NL02ABNA0123456789"}).json()

    program.post(f"/seller/accounts/{added['id']}/first")

    assert program.get("/seller/accounts").json()["items"][0]["iban"] == "NL02ABNA0123456789"
