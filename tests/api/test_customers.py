"""Customers over the API, as an integrator keeps them."""

from tests.factories import make_customer


def test_a_customer_is_made_and_found_where_the_answer_says(program):
    answer = program.post("/customers", {"name": "De Vries", "number": "K-1", "country": "Nederland"})

    made = answer.json()
    assert answer.status_code == 201
    assert answer.headers["Location"] == f"/api/v1/customers/{made['id']}"
    assert program.get(f"/customers/{made['id']}").json() == made
    assert (made["country"], made["status"], made["payment_term_days"]) == ("NL", "active", None)


def test_a_change_leaves_what_is_not_sent(program, seller):
    customer = make_customer(seller, name="De Vries", number="K-1", notes="Calls on Mondays.")

    changed = program.patch(f"/customers/{customer.pk}", {"city": "Sneek", "payment_term_days": 30}).json()

    assert (changed["city"], changed["payment_term_days"], changed["notes"]) == ("Sneek", 30, "Calls on Mondays.")


def test_a_field_that_cannot_be_kept_is_named(program):
    answer = program.post("/customers", {"name": "De Vries", "country": "Atlantis"})

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "entry_refused",
        "detail": "country: It is no country that is known. Enter the code of two letters, such as NL.",
        "errors": [
            {
                "field": "country",
                "code": "entry_refused",
                "why": "It is no country that is known.",
                "remedy": "Enter the code of two letters, such as NL.",
            }
        ],
    }


def test_a_customer_ends_and_reopens(program, seller):
    customer = make_customer(seller)

    assert program.post(f"/customers/{customer.pk}/end").json()["status"] == "ended"
    assert program.get("/customers?status=ended").json()["items"][0]["id"] == customer.pk
    assert program.post(f"/customers/{customer.pk}/reopen").json()["status"] == "active"


def test_the_number_of_another_is_refused(program, seller):
    make_customer(seller, number="K-1")
    customer = make_customer(seller, number="K-2")

    answer = program.put(f"/customers/{customer.pk}/number", {"number": "K-1"})

    assert (answer.status_code, answer.json()["code"]) == (409, "number_taken")


def test_people_at_a_customer_are_kept(program, seller):
    customer = make_customer(seller)

    made = program.post(f"/customers/{customer.pk}/contacts", {"name": "Anna"}).json()
    changed = program.patch(f"/contacts/{made['id']}", {"phone": "0517"}).json()

    assert changed == {"id": made["id"], "name": "Anna", "email": "", "phone": "0517", "role": ""}
    assert program.get(f"/customers/{customer.pk}/contacts").json()["items"] == [changed]
    assert program.delete(f"/contacts/{made['id']}").status_code == 204
    assert program.get(f"/contacts/{made['id']}").status_code == 404


def test_what_erasing_a_person_means_is_shown_and_then_done_once(program, seller):
    customer = make_customer(seller, name="Jelle Bos", kind="person", number="1234", notes="Calls on Mondays.")
    address = f"/customers/{customer.pk}"

    shown = program.get(f"{address}/erasure").json()
    erased, again = (program.post(f"{address}/erase").json() for _time in range(2))

    assert shown == {
        "erased_at": None, "hindered": [], "contacts": 0, "tabs": 0, "holders": 0, "endpoints": 0, "documents": 0,
        "documents_kept_until": None,
    }  # fmt: skip
    assert (erased["number"], erased["status"], erased["notes"], again) == ("1234", "ended", "", erased)
    assert "Jelle" not in erased["name"]
    assert program.get(f"{address}/erasure").json()["erased_at"] == erased["erased_at"]
    refused = program.patch(address, {"name": "Jelle Bos"})
    assert (refused.status_code, refused.json()["code"]) == (409, "customer_erased")


def test_what_keeps_a_person_from_being_erased_is_named(program, seller):
    customer = make_customer(seller, kind="person")
    base = make_customer(seller)
    line = {
        "customer_id": customer.pk,
        "quantity": "1",
        "unit_price": "5",
        "supplied_on": "2026-09-01",
        "description": "x",
    }
    assert program.post("/lines", line).status_code == 201

    shown = program.get(f"/customers/{customer.pk}/erasure").json()["hindered"]
    refused = program.post(f"/customers/{customer.pk}/erase")

    words = "1 line of this customer waits to be billed: bill or remove it first."
    assert shown == [{"by": "lines", "number": 1, "words": words}]
    assert (refused.status_code, refused.json()["code"]) == (409, "customer_has_open")
    assert refused.json()["detail"] == words
    never = program.post(f"/customers/{base.pk}/erase")
    assert (never.status_code, never.json()["code"]) == (409, "customer_not_erasable")
