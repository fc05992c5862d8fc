"""Customers and the people there."""

from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Literal

from ninja import Query
from pydantic import Field

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, Paging, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import LEFT_OUT, Body, Id, Line, Search, Shown, Text, with_example
from rebill.interfaces.erasing import kept_documents
from rebill.parties import commands
from rebill.parties.models import Contact, Customer
from rebill.parties.queries import contact_of, contacts_of, customer_of, find_customers
from rebill.runs.commands import erase_customer as erase
from rebill.runs.queries.erasing import preview_erasure

customers = Endpoints(Area.PARTIES, "Customers")
contacts = Endpoints(Area.PARTIES, "Contacts")

Status = Literal["active", "ended"]


class CustomerShown(Shown):
    """Who the seller invoices, and on which terms. An empty language or currency is the seller's."""

    id: int
    number: str | None = Field(description="The customer number; null until it is given.")
    kind: Literal["organisation", "person"]
    name: str
    attention: str
    street: str
    street_extra: str
    postcode: str
    city: str
    country: str = Field(description="ISO 3166-1, two letters.")
    vat_id: str
    chamber_id: str
    language: str
    currency: str
    payment_term_days: int | None = Field(description="null: as the seller's.")
    invoice_interval_months: int
    invoice_months: list[int]
    invoice_emails: list[str]
    channel: Literal["email", "print", "none"]
    cost_centre: str
    per_cost_centre: bool
    dimensions: dict[str, str]
    invoice_reference: str
    notes: str
    status: Status
    created_at: datetime
    erased_at: datetime | None = Field(description="When the person was erased; null of everybody else.")


class CustomerTerms(Body):
    """What may be said of a customer besides its name and number."""

    kind: Literal["organisation", "person"] = LEFT_OUT
    attention: Line = LEFT_OUT
    street: Line = LEFT_OUT
    street_extra: Line = LEFT_OUT
    postcode: Line = LEFT_OUT
    city: Line = LEFT_OUT
    country: Line = Field(LEFT_OUT, description="A code of two letters, or the name of the country.")
    vat_id: Line = LEFT_OUT
    chamber_id: Line = LEFT_OUT
    language: Line = Field(LEFT_OUT, description="nl, de, fi or en; empty for the seller's.")
    currency: Line = Field(LEFT_OUT, description="ISO 4217; empty for the seller's.")
    payment_term_days: int | None = Field(LEFT_OUT, description="null: as the seller's.")
    invoice_interval_months: Literal[1, 3, 6, 12] = LEFT_OUT
    invoice_months: list[int] = Field(LEFT_OUT, description="Months from 1 to 12; empty for the interval's own.")
    invoice_emails: list[Line] = Field(LEFT_OUT, description="At most ten.")
    channel: Literal["email", "print", "none"] = LEFT_OUT
    cost_centre: Line = LEFT_OUT
    per_cost_centre: bool = Field(LEFT_OUT, description="An invoice for each cost centre.")
    dimensions: dict[Line, Line] = LEFT_OUT
    invoice_reference: Line = LEFT_OUT
    notes: Text = LEFT_OUT


class NewCustomer(CustomerTerms):
    """A customer to be made. What is left out is as usual: the country is the seller's, an organisation, by e-mail."""

    model_config = with_example(
        {
            "name": "De Vries Installaties",
            "number": "K-1001",
            "street": "Zuiderkade 3",
            "postcode": "8861 XC",
            "city": "Harlingen",
            "country": "NL",
            "vat_id": "NL004495445B01",
            "invoice_emails": ["administratie@devries.example"],
        }
    )

    name: Line
    number: Line | None = None


class CustomerChanges(CustomerTerms):
    """What is to be changed of a customer; what is left out stays."""

    model_config = with_example({"street": "Noorderhaven 12", "payment_term_days": 30})

    name: Line = LEFT_OUT


class CustomerNumber(Body):
    """The number a customer gets."""

    model_config = with_example({"number": "K-1002"})

    number: Line


class CustomerFilters(Paging):
    """Which customers are listed."""

    search: Search = Field("", description="Words in the name, city, e-mail addresses or ids, or a number.")
    number: Line = Field("", description="Exactly this number.")
    status: Status = LEFT_OUT


def show_customer(customer: Customer) -> CustomerShown:
    """The customer as an answer says it."""
    return CustomerShown.model_validate(customer, from_attributes=True)


@customers.read("/customers")
def list_customers(request: ApiRequest, filters: Annotated[CustomerFilters, Query()]) -> Page[CustomerShown]:
    """List customers, the oldest first."""
    rows = find_customers(request.acting, filters.search)
    if filters.number:
        rows = rows.filter(number=filters.number)
    if filters.status:
        rows = rows.filter(status=filters.status)
    return page_of(rows, filters, each(show_customer))


@customers.write("POST", "/customers", status=HTTPStatus.CREATED, at="/customers/{id}")
def create_customer(request: ApiRequest, body: NewCustomer) -> CustomerShown:
    """Make a customer."""
    return show_customer(commands.create_customer(acting=request.acting, now=request.now, **body.given()))


@customers.read("/customers/{customer_id}")
def get_customer(request: ApiRequest, customer_id: Id) -> CustomerShown:
    """Show a customer."""
    return show_customer(customer_of(request.acting, customer_id))


@customers.write("PATCH", "/customers/{customer_id}")
def change_customer(request: ApiRequest, customer_id: Id, body: CustomerChanges) -> CustomerShown:
    """Change what is sent of a customer.

    Issued documents keep what was printed; open drafts follow.
    """
    changed = commands.change_customer(acting=request.acting, customer_id=customer_id, now=request.now, **body.given())
    return show_customer(changed)


@customers.write("PUT", "/customers/{customer_id}/number")
def give_customer_number(request: ApiRequest, customer_id: Id, body: CustomerNumber) -> CustomerShown:
    """Give a customer its number, in place of any it has."""
    return show_customer(
        commands.give_customer_number(
            acting=request.acting, customer_id=customer_id, number=body.number, now=request.now
        )
    )


@customers.write("POST", "/customers/{customer_id}/end")
def end_customer(request: ApiRequest, customer_id: Id) -> CustomerShown:
    """End a customer.

    It takes nothing new: what is still owed is invoiced with a warning. Its subscriptions go on.
    """
    return show_customer(commands.end_customer(acting=request.acting, customer_id=customer_id, now=request.now))


@customers.write("POST", "/customers/{customer_id}/reopen")
def reopen_customer(request: ApiRequest, customer_id: Id) -> CustomerShown:
    """Reopen an ended customer."""
    return show_customer(commands.reopen_customer(acting=request.acting, customer_id=customer_id, now=request.now))


class HinderedShown(Shown):
    """Why the customer cannot be erased, and how many there are of it."""

    by: Literal["no_person_alone", "drafts", "subscriptions", "tab_orders", "lines", "purchase_rows", "not_billed"]
    number: int
    words: str


class ErasureShown(Shown):
    """What erasing a person would empty, what stays, and what has to be done first."""

    erased_at: datetime | None
    hindered: list[HinderedShown] = Field(description="Empty when the person can be erased now.")
    contacts: int
    tabs: int = Field(description="How many tabs would be closed.")
    holders: int = Field(description="How many holders of tabs would be erased with the customer.")
    endpoints: int = Field(description="How many telephone numbers and accounts would end or go.")
    documents: int = Field(description="How many issued documents stay as they were printed.")
    documents_kept_until: date | None = Field(description="The last day on which the law has them kept, where known.")


@customers.read("/customers/{customer_id}/erasure")
def get_erasure(request: ApiRequest, customer_id: Id) -> ErasureShown:
    """Show what erasing a person would mean."""
    erasure = preview_erasure(acting=request.acting, customer_id=customer_id, today=request.today)
    kept = kept_documents(acting=request.acting, seller=request.seller, customer_id=customer_id)
    return ErasureShown(
        erased_at=erasure.customer.erased_at,
        hindered=[HinderedShown(by=each.by.value, number=each.number, words=each.words) for each in erasure.hindered],
        contacts=erasure.contacts,
        tabs=erasure.tabs,
        holders=erasure.holders,
        endpoints=erasure.endpoints,
        documents=kept.number,
        documents_kept_until=kept.until,
    )


@customers.write("POST", "/customers/{customer_id}/erase")
def erase_customer(request: ApiRequest, customer_id: Id) -> CustomerShown:
    """Erase a person who asks to be forgotten.

    Name, addresses, contacts and holders of tabs go; issued documents stay as they were printed. It cannot be taken
    back. Erased already, nothing happens.
    """
    erase(acting=request.acting, customer_id=customer_id, today=request.today, now=request.now)
    return show_customer(customer_of(request.acting, customer_id))


# --- people at a customer -------------------------------------------------------------------------------------------


class ContactShown(Shown):
    """A person at a customer."""

    id: int
    name: str
    email: str
    phone: str
    role: str


class NewContact(Body):
    """A person to be added."""

    model_config = with_example({"name": "Anna de Vries", "email": "anna@devries.example", "role": "Administratie"})

    name: Line
    email: Line = ""
    phone: Line = ""
    role: Line = ""


class ContactChanges(Body):
    """What is to be changed of a person; what is left out stays."""

    model_config = with_example({"phone": "+31 517 430 000"})

    name: Line = LEFT_OUT
    email: Line = LEFT_OUT
    phone: Line = LEFT_OUT
    role: Line = LEFT_OUT


def show_contact(contact: Contact) -> ContactShown:
    """The person as an answer says it."""
    return ContactShown.model_validate(contact, from_attributes=True)


@contacts.read("/customers/{customer_id}/contacts")
def list_contacts(request: ApiRequest, customer_id: Id, paging: Paged) -> Page[ContactShown]:
    """List the people at a customer."""
    return page_of(contacts_of(request.acting, customer_id), paging, each(show_contact))


@contacts.write("POST", "/customers/{customer_id}/contacts", status=HTTPStatus.CREATED, at="/contacts/{id}")
def add_contact(request: ApiRequest, customer_id: Id, body: NewContact) -> ContactShown:
    """Add a person at a customer."""
    return show_contact(
        commands.add_contact(acting=request.acting, customer_id=customer_id, now=request.now, **body.given())
    )


@contacts.read("/contacts/{contact_id}")
def get_contact(request: ApiRequest, contact_id: Id) -> ContactShown:
    """Show a person at a customer."""
    return show_contact(contact_of(request.acting, contact_id))


@contacts.write("PATCH", "/contacts/{contact_id}")
def change_contact(request: ApiRequest, contact_id: Id, body: ContactChanges) -> ContactShown:
    """Change what is sent of a person."""
    return show_contact(
        commands.change_contact(acting=request.acting, contact_id=contact_id, now=request.now, **body.given())
    )


@contacts.write("DELETE", "/contacts/{contact_id}")
def remove_contact(request: ApiRequest, contact_id: Id) -> None:
    """Forget a person at a customer."""
    commands.remove_contact(acting=request.acting, contact_id=contact_id, now=request.now)
