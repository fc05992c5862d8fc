"""Making sellers and setting their terms, accounts, numbers and members."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Annotated, Any, cast

import typer
from django.utils.translation import gettext as _

from rebill.access.acting import Role
from rebill.access.commands import create_user
from rebill.access.models import User
from rebill.access.queries import UserUnknown, user_named
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption, begin_session
from rebill.interfaces.cli.clock import read_clock
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import day
from rebill.interfaces.cli.options import open_session, read_day, read_number
from rebill.interfaces.cli.sellers.listing import print_seller, seller_facts
from rebill.interfaces.cli.tables import print_line, print_note
from rebill.kit.errors import Invalid
from rebill.parties.checks import check_seller
from rebill.parties.commands import (
    add_seller_account,
    change_seller,
    create_seller,
    grant_role,
    open_dealer,
    set_number_series,
)
from rebill.parties.fields import SellerChanges, SellerTerms
from rebill.parties.models import SeriesPurpose
from rebill.parties.queries import customer_by_number
from rebill.pipeline import move_customer
from rebill.rules.money import Money
from rebill.subscriptions.queries.below import dealer_of

SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="TERM=VALUE", help="A term, such as city=Groningen. Repeatable; a wrong one lists all."
    ),
]
EmailOption = Annotated[str, typer.Option("--email", metavar="ADDRESS", help="Of a user who is not known yet.")]


class TermUnclear(Invalid):
    """A term was not written as TERM=VALUE, or there is none of the name."""


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _yes(text: str) -> bool:
    if text.lower() not in ("yes", "no"):
        raise TermUnclear(_("%(text)r is neither yes nor no.") % {"text": text})
    return text.lower() == "yes"


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise TermUnclear(_("%(text)r is no whole number.") % {"text": text})
    return int(text)


def _whole_or_none(text: str) -> int | None:
    return _whole(text) if text else None


# How a term is read where it is no text.
_READ: dict[str, Callable[[str], object]] = {
    "languages": _listed,
    "export_emails": _listed,
    "payment_term_days": _whole_or_none,
    "uses_oss": _yes,
    "approval_needs_two": _yes,
    "masked_digits": _whole,
}
_TERMS = sorted({*SellerChanges.__optional_keys__, *SellerTerms.__optional_keys__} - {"export_layout"})


def add_seller(
    slug: Annotated[str, typer.Argument(metavar="SELLER", help="Its short name: letters, digits, hyphens.")],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="Its name on paper.")],
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="Who owns it: a user, known or new.")],
    email: EmailOption = "",
    terms: SetOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Make a seller. It needs an account and numbers too, before it can issue."""
    prepare_database()
    now = read_clock()
    said = _terms(terms or [], currency=None)
    create_seller(owner=_user(owner, email, said), slug=slug, name=name, now=now, **cast(SellerTerms, said))
    return _show(begin_session(seller=slug, user=owner), as_json=as_json)


def change(
    terms: SetOption = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Set terms of a seller. Issued documents keep what was printed; what comes later follows."""
    session = open_session(seller=seller, user=user)
    said = _terms(terms or [], currency=session.seller.currency)
    change_seller(acting=session.acting, now=session.now, **cast(SellerChanges, said))
    return _show(session, as_json=as_json)


def add_account(
    iban: Annotated[str, typer.Argument(metavar="IBAN", help="Where it is paid.", show_default=False)],
    bic: Annotated[str, typer.Option("--bic", metavar="BIC", help="The bank.")] = "",
    holder: Annotated[str, typer.Option("--holder", metavar="NAME", help="In whose name; the seller's if empty.")] = "",
    main: Annotated[bool, typer.Option("--main", help="The one that stands on invoices.")] = False,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Add a bank account; the first one stands on invoices."""
    session = open_session(seller=seller, user=user)
    add_seller_account(
        acting=session.acting,
        iban=iban,
        bic=bic,
        holder=holder,
        currency=session.seller.currency,
        main=main,
        now=session.now,
    )
    return _show(session, as_json=as_json)


def set_numbers(
    pattern: Annotated[
        str,
        typer.Argument(metavar="PATTERN", help="Such as {year}-{number:05}.", show_default=False),
    ],
    credit_notes: Annotated[bool, typer.Option("--credit-notes", help="For credit notes; else for invoices.")] = False,
    running: Annotated[bool, typer.Option("--running", help="Not begun again every year.")] = False,
    first: Annotated[
        int | None, typer.Option("--first", metavar="N", help="Go on at this number, as an old system left it.")
    ] = None,
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Set how invoices or credit notes are numbered."""
    session = open_session(seller=seller, user=user)
    set_number_series(
        acting=session.acting,
        purpose=SeriesPurpose.CREDIT_NOTE if credit_notes else SeriesPurpose.INVOICE,
        pattern=pattern,
        per_year=not running,
        first_number=first,
        today=session.today,
        now=session.now,
    )
    return _show(session, as_json=as_json)


def set_member(
    member: Annotated[str, typer.Argument(metavar="USER", help="A user, known or new.", show_default=False)],
    role: Annotated[Role, typer.Option("--role", help="What the user may do.")],
    email: EmailOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Give a user a role with a seller, in place of any other."""
    session = open_session(seller=seller, user=user)
    grant_role(acting=session.acting, user=_user(member, email, {}), role=role, now=session.now)
    return _show(session, as_json=as_json)


def make_dealer(
    number: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Its customer number.", show_default=False)],
    slug: Annotated[str, typer.Option("--slug", metavar="SELLER", help="Its short name as a seller.")],
    owner: Annotated[str, typer.Option("--owner", metavar="USER", help="Who owns it: a user, known or new.")],
    email: EmailOption = "",
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Make a customer a dealer: a seller of its own, below this one, with the customer's name and address."""
    session = open_session(seller=seller, user=user)
    customer = customer_by_number(session.acting, number)
    owned_by = _user(owner, email, {})
    open_dealer(acting=session.acting, customer_id=customer.pk, owner=owned_by, slug=slug, now=session.now)
    return _show(begin_session(seller=slug, user=owner), as_json=as_json)


def move(
    number: Annotated[str, typer.Argument(metavar="CUSTOMER", help="Its number at its dealer.", show_default=False)],
    from_: Annotated[str, typer.Option("--from", metavar="SELLER", help="The dealer it leaves.")],
    to: Annotated[str, typer.Option("--to", metavar="SELLER", help="The dealer it goes to.")],
    on: Annotated[
        date, typer.Option("--on", parser=read_day, metavar="DATE", help="The first day with the new dealer.")
    ],
    seller: SellerOption = None,
    user: UserOption = None,
    as_json: output.JsonOption = False,
) -> int:
    """Move a customer from one dealer to another, with all that it takes; each bills exactly its days."""
    session = open_session(seller=seller, user=user)
    left, gone_to = (dealer_of(acting=session.acting, slug=slug) for slug in (from_, to))
    customer = customer_by_number(replace(session.acting, seller_id=left.pk), number)
    moved = move_customer(
        acting=session.acting, customer_id=customer.pk, to_seller_id=gone_to.pk, on=on, now=session.now
    )
    if as_json:
        uuids = [str(each.uuid) for each in moved.subscriptions]
        output.print_json({"customer": moved.customer.number, "seller": to, "subscriptions": uuids})
        return DONE
    print_line(
        _("%(name)s is with %(dealer)s from %(day)s on, with %(number)s subscriptions.")
        % {"name": customer.name, "dealer": gone_to.name, "day": day(on), "number": len(moved.subscriptions)}
    )
    return DONE


def _terms(texts: list[str], *, currency: str | None) -> dict[str, object]:
    """The terms as the commands take them."""
    said: dict[str, Any] = {}
    for text in texts:
        term, mark, value = text.partition("=")
        if not mark or term not in _TERMS:
            raise TermUnclear(
                _("%(text)r is no TERM=VALUE. The terms are %(terms)s.") % {"text": text, "terms": ", ".join(_TERMS)}
            )
        said[term] = _READ.get(term, str)(value)
    if "auto_approve_max" in said:
        highest = said["auto_approve_max"]
        code = said.get("currency", currency or "EUR")
        said["auto_approve_max"] = Money.of(read_number(highest), code) if highest else None
    return said


def _user(username: str, email: str, terms: dict[str, object]) -> User:
    """The user of this name, made when there is none and an address was given."""
    try:
        return user_named(username)
    except UserUnknown:
        if not email:
            raise UserUnknown(
                _("There is no user %(username)r. Give --email to make one.") % {"username": username}
            ) from None
    language = str(terms.get("language", "en"))
    return create_user(acting=None, username=username, email=email, language=language, now=read_clock())


def _show(session: Session, *, as_json: bool) -> int:
    if as_json:
        output.print_json(seller_facts(session))
        return DONE
    print_seller(session)
    for problem in check_seller(acting=session.acting):
        print_note(f"{problem.why} {problem.remedy}")
    return DONE
