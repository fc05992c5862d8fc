"""Customers and the people there: how they begin, what is changed of them, how they end."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Unpack

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.database import atomic_write, write_lock
from rebill.kit.errors import Conflict
from rebill.kit.events import EventRow, record_event, record_events, subject_type_of
from rebill.parties.changes import set_fields
from rebill.parties.fields import (
    ContactChanges,
    CustomerChanges,
    CustomerTerms,
    tidy_contact,
    tidy_customer,
    tidy_customer_number,
)
from rebill.parties.models import Contact, Customer, CustomerStatus
from rebill.parties.queries import CustomerUnknown, contact_of, require_not_erased, seller_of
from rebill.parties.words import WORDS_OF_CUSTOMER, customer_words


class NumberTaken(Conflict):
    """Another customer of the seller has this number."""


def create_customer(
    *, acting: Acting, name: str, now: datetime, number: str | None = None, **terms: Unpack[CustomerTerms]
) -> Customer:
    """A new customer, in the seller's country unless said. Its internal number may be given later."""
    require(acting, Permission.KEEP_PARTIES)
    customer = Customer(seller=seller_of(acting), created_at=now)
    customer.country = customer.seller.country
    set_fields(customer, tidy_customer({**terms, "name": name}, kept={"country": customer.country}))
    with atomic_write():
        lock_customer_numbers(acting.seller_id)
        if number is not None:
            customer.number = _free_number(acting, number)
        customer.search_text = _words(customer)
        customer.save(force_insert=True)
        _record(acting, customer, "created", now, {"number": customer.number, "name": customer.name})
    return customer


def create_customers(*, acting: Acting, entered: Sequence[Mapping[str, Any]], now: datetime) -> list[Customer]:
    """New customers, many at once, each from its name, its terms and its number where it has one; in their order.

    A number that is taken refuses them all: look first.
    """
    require(acting, Permission.KEEP_PARTIES)
    seller = seller_of(acting)
    customers = []
    with atomic_write():
        lock_customer_numbers(acting.seller_id)
        for said in entered:
            customer = Customer(seller=seller, created_at=now, country=seller.country)
            terms = {name: value for name, value in said.items() if name != "number"}
            set_fields(customer, tidy_customer(terms, kept={"country": seller.country}))
            if said.get("number"):
                customer.number = _free_number(acting, said["number"])
            customer.search_text = _words(customer)
            customers.append(customer)
        Customer.objects.bulk_create(customers)
        record_events(
            EventRow(
                acting.seller_id, subject_type_of(Customer), customer.pk, "created", acting.user_id, now,
                {"number": customer.number, "name": customer.name},
            )
            for customer in customers
        )  # fmt: skip
    return customers


def change_customer(*, acting: Acting, customer_id: int, now: datetime, **changes: Unpack[CustomerChanges]) -> Customer:
    """The customer with other terms. Issued documents keep what was printed; open drafts follow."""
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        customer = _locked_customer(acting, customer_id)
        _save_changes(acting, customer, tidy_customer(changes, kept={"country": customer.country}), "changed", now)
    return customer


def give_customer_number(*, acting: Acting, customer_id: int, number: str, now: datetime) -> Customer:
    """Give the customer this internal number, in place of any it has. Issued documents keep the earlier one."""
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        lock_customer_numbers(acting.seller_id)
        customer = _locked_customer(acting, customer_id)
        if customer.number != number:
            _save_changes(acting, customer, {"number": _free_number(acting, number)}, "numbered", now)
    return customer


def end_customer(*, acting: Acting, customer_id: int, now: datetime) -> Customer:
    """The customer takes nothing new: what is still owed is invoiced with a warning. Its subscriptions go on."""
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        customer = _locked_customer(acting, customer_id)
        _save_changes(acting, customer, {"status": CustomerStatus.ENDED.value}, "ended", now)
    return customer


def reopen_customer(*, acting: Acting, customer_id: int, now: datetime) -> Customer:
    """The ended customer is a customer again."""
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        customer = _locked_customer(acting, customer_id)
        _save_changes(acting, customer, {"status": CustomerStatus.ACTIVE.value}, "reopened", now)
    return customer


# --- people at a customer -------------------------------------------------------------------------------------------


def add_contact(
    *, acting: Acting, customer_id: int, name: str, now: datetime, email: str = "", phone: str = "", role: str = ""
) -> Contact:
    """A person at the customer."""
    require(acting, Permission.KEEP_PARTIES)
    tidied = tidy_contact({"name": name, "email": email, "phone": phone, "role": role})
    with atomic_write():
        customer = _locked_customer(acting, customer_id)
        contact = Contact.objects.create(customer=customer, **tidied)
        _record(acting, customer, "contact_added", now, {"contact": contact.pk, "name": contact.name})
    return contact


def change_contact(*, acting: Acting, contact_id: int, now: datetime, **changes: Unpack[ContactChanges]) -> Contact:
    """The person with another name, address or role."""
    require(acting, Permission.KEEP_PARTIES)
    tidied = tidy_contact(changes)
    with atomic_write():
        contact = contact_of(acting, contact_id)
        changed = set_fields(contact, tidied)
        if changed:
            contact.save(update_fields=list(changed))
            _record(acting, contact.customer, "contact_changed", now, {"contact": contact.pk, **changed})
    return contact


def remove_contact(*, acting: Acting, contact_id: int, now: datetime) -> None:
    """The person is no longer kept; the event names only that there was one, for people may ask to be forgotten."""
    require(acting, Permission.KEEP_PARTIES)
    with atomic_write():
        contact = contact_of(acting, contact_id)
        _record(acting, contact.customer, "contact_removed", now, {"contact": contact.pk})
        contact.delete()


# --- shared ---------------------------------------------------------------------------------------------------------


def lock_customer_numbers(seller_id: int) -> None:
    """Numbers of one seller's customers are given one transaction after the other, so none is given twice."""
    write_lock(f"customer numbers of seller {seller_id}")


def _locked_customer(acting: Acting, customer_id: int) -> Customer:
    customer = Customer.objects.select_for_update().filter(seller_id=acting.seller_id, pk=customer_id).first()
    if customer is None:
        raise CustomerUnknown(_("There is no customer %(named)s.") % {"named": customer_id})
    require_not_erased(customer)
    return customer


def _free_number(acting: Acting, number: str) -> str:
    tidied: str = tidy_customer_number("number", number)
    if Customer.objects.filter(seller_id=acting.seller_id, number=tidied).exists():
        raise NumberTaken(_("Another customer has the number %(number)s.") % {"number": tidied})
    return tidied


def _save_changes(acting: Acting, customer: Customer, fields: dict[str, Any], verb: str, now: datetime) -> None:
    changed = set_fields(customer, fields)
    if changed:
        customer.search_text = _words(customer)
        customer.save(update_fields=[*changed, "search_text"])
        _record(acting, customer, verb, now, changed)


def _words(customer: Customer) -> str:
    values = {name: getattr(customer, name) for name in WORDS_OF_CUSTOMER}
    return customer_words(customer.seller_id, customer.number, values)


def _record(acting: Acting, customer: Customer, verb: str, now: datetime, details: dict[str, Any]) -> None:
    record_event(
        seller_id=acting.seller_id,
        subject=customer,
        verb=verb,
        actor_id=acting.user_id,
        now=now,
        details=details,
    )
