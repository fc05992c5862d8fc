"""The seller itself: its details, the accounts it is paid on, and how its documents are numbered."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from rebill.access.scopes import Area
from rebill.interfaces.api.caller import ApiRequest
from rebill.interfaces.api.cursors import Page, Paged, each, page_of
from rebill.interfaces.api.endpoints import Endpoints
from rebill.interfaces.api.values import (
    LEFT_OUT,
    Amount,
    AmountGiven,
    Body,
    Id,
    Line,
    Shown,
    amount_of,
    with_example,
)
from rebill.parties import commands
from rebill.parties.models import NumberSeries, Seller, SellerAccount, SeriesPurpose
from rebill.parties.queries import account_of, accounts_of, series_of

sellers = Endpoints(Area.SETTINGS, "Seller")

Proration = Literal["actual", "fixed_30", "30e_360"]
Scheme = Literal["normal", "small_business"]


class SellerShown(Shown):
    """Who issues the invoices, and on which terms."""

    slug: str
    name: str
    legal_name: str
    street: str
    street_extra: str
    postcode: str
    city: str
    country: str
    vat_id: str
    tax_number: str
    chamber_id: str
    register_court: str
    email: str
    phone: str
    website: str
    time_zone: str = Field(description="Where its days begin, such as Europe/Amsterdam.")
    currency: str
    language: str
    languages: list[str]
    payment_term_days: int | None = Field(description="null: what has no term of its own is due at once.")
    proration_base: Proration
    vat_scheme: Scheme
    uses_oss: bool = Field(description="Whether consumers in other member states pay the VAT of their country.")
    approval_needs_two: bool
    masked_digits: int = Field(description="How many last digits of called numbers specifications leave out.")
    auto_approve_max: Amount | None = Field(
        description="Drafts without warnings up to this, VAT included, approve themselves; null: none does."
    )
    export_emails: list[str]


class SellerChanges(Body):
    """What is to be changed of the seller; what is left out stays, and so does its slug."""

    model_config = with_example({"phone": "+31 20 123 4567", "payment_term_days": 30})

    name: Line = LEFT_OUT
    legal_name: Line = LEFT_OUT
    street: Line = LEFT_OUT
    street_extra: Line = LEFT_OUT
    postcode: Line = LEFT_OUT
    city: Line = LEFT_OUT
    country: Line = LEFT_OUT
    vat_id: Line = LEFT_OUT
    tax_number: Line = LEFT_OUT
    chamber_id: Line = LEFT_OUT
    register_court: Line = LEFT_OUT
    email: Line = LEFT_OUT
    phone: Line = LEFT_OUT
    website: Line = LEFT_OUT
    time_zone: Line = LEFT_OUT
    currency: Line = LEFT_OUT
    language: Line = LEFT_OUT
    languages: list[Line] = LEFT_OUT
    payment_term_days: int | None = LEFT_OUT
    proration_base: Proration = LEFT_OUT
    vat_scheme: Scheme = LEFT_OUT
    uses_oss: bool = LEFT_OUT
    approval_needs_two: bool = LEFT_OUT
    masked_digits: int = LEFT_OUT
    auto_approve_max: AmountGiven | None = LEFT_OUT
    export_emails: list[Line] = LEFT_OUT

    def given(self) -> dict[str, Any]:
        """The fields that were sent, with money as the command takes it."""
        given = super().given()
        if self.auto_approve_max is not None:
            given["auto_approve_max"] = self.auto_approve_max.money
        return given


def show_seller(seller: Seller) -> SellerShown:
    """The seller as an answer says it."""
    own = {name: getattr(seller, name) for name in SellerShown.model_fields if name != "auto_approve_max"}
    most = seller.auto_approve_max
    return SellerShown(**own, auto_approve_max=None if most is None else amount_of(most))


@sellers.read("/seller")
def get_seller(request: ApiRequest) -> SellerShown:
    """Show the seller that the token acts for."""
    return show_seller(request.seller)


@sellers.write("PATCH", "/seller")
def change_seller(request: ApiRequest, body: SellerChanges) -> SellerShown:
    """Change what is sent of the seller.

    Issued documents keep what was printed; open drafts follow.
    """
    return show_seller(commands.change_seller(acting=request.acting, now=request.now, **body.given()))


# --- accounts -------------------------------------------------------------------------------------------------------


class AccountShown(Shown):
    """A bank account on which the seller is paid; that with the lowest position stands on invoices."""

    id: int
    position: int
    iban: str
    bic: str
    holder: str
    currency: str


class NewAccount(Body):
    """A bank account to be added."""

    model_config = with_example({"iban": "NL91 ABNA 0417 1643 00", "bic": "ABNANL2A", "main": True})

    iban: Line
    bic: Line = ""
    holder: Line = ""
    currency: Line = "EUR"
    main: bool = Field(False, description="Whether it comes to stand on invoices.")


def show_account(account: SellerAccount) -> AccountShown:
    """The account as an answer says it."""
    return AccountShown.model_validate(account, from_attributes=True)


@sellers.read("/seller/accounts")
def list_accounts(request: ApiRequest, paging: Paged) -> Page[AccountShown]:
    """List the bank accounts of the seller, the main one first."""
    return page_of(accounts_of(request.acting), paging, each(show_account), by=("position", "id"))


@sellers.write("POST", "/seller/accounts", status=HTTPStatus.CREATED)
def add_account(request: ApiRequest, body: NewAccount) -> AccountShown:
    """Add a bank account."""
    return show_account(commands.add_seller_account(acting=request.acting, now=request.now, **body.given()))


@sellers.write("POST", "/seller/accounts/{account_id}/first")
def move_account_first(request: ApiRequest, account_id: Id) -> AccountShown:
    """Let a bank account stand on documents from now on."""
    commands.move_account_first(acting=request.acting, account_id=account_id, now=request.now)
    return show_account(account_of(request.acting, account_id))


@sellers.write("DELETE", "/seller/accounts/{account_id}")
def remove_account(request: ApiRequest, account_id: Id) -> None:
    """Remove a bank account. Issued invoices keep what was printed."""
    commands.remove_seller_account(acting=request.acting, account_id=account_id, now=request.now)


# --- number series --------------------------------------------------------------------------------------------------


class SeriesShown(Shown):
    """How documents of one purpose are numbered."""

    purpose: Literal["invoice", "credit_note"]
    pattern: str
    per_year: bool
    first_number: int
    first_year: int | None


class SeriesTerms(Body):
    """How documents are to be numbered from now on."""

    model_config = with_example({"pattern": "{year}-{number:05}", "per_year": True, "first_number": 4012})

    pattern: Annotated[str, StringConstraints(max_length=60)]
    per_year: bool = True
    first_number: int | None = Field(None, description="Where numbering goes on; null: where it stands.")
    first_year: int | None = None


def show_series(series: NumberSeries) -> SeriesShown:
    """The series as an answer says it."""
    return SeriesShown.model_validate(series, from_attributes=True)


@sellers.read("/seller/series")
def list_series(request: ApiRequest, paging: Paged) -> Page[SeriesShown]:
    """List the number series."""
    return page_of(series_of(request.acting), paging, each(show_series))


@sellers.write("PUT", "/seller/series/{purpose}")
def set_series(request: ApiRequest, purpose: Literal["invoice", "credit_note"], body: SeriesTerms) -> SeriesShown:
    """Say how invoices or credit notes are numbered.

    Refused: a number at or before one that was given, and a pattern that would print numbers of the other series.
    """
    series = commands.set_number_series(
        acting=request.acting,
        purpose=SeriesPurpose(purpose),
        today=request.today,
        now=request.now,
        **body.given(),
    )
    return show_series(series)
