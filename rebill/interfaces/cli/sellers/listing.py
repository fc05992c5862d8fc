"""Looking at sellers: which there are, and everything that decides how one invoices."""

from datetime import date

from django.utils.translation import gettext as _

from rebill.access.queries import user_named
from rebill.interfaces.cli import output
from rebill.interfaces.cli.acting import SellerOption, Session, UserOption
from rebill.interfaces.cli.database import prepare_database
from rebill.interfaces.cli.exit_codes import DONE
from rebill.interfaces.cli.figures import amount, exact
from rebill.interfaces.cli.options import open_session
from rebill.interfaces.cli.tables import Column, print_columns, print_facts, print_line, print_note, print_title, short
from rebill.kit.sequences import peek_number
from rebill.parties.models import NumberSeries, Seller
from rebill.parties.queries import (
    accounts_of,
    all_sellers,
    first_number,
    members_of,
    sellers_of,
    sequence_key,
    series_of,
)
from rebill.rules.numbering import format_number


def list_sellers(user: UserOption = None, as_json: output.JsonOption = False) -> int:
    """The sellers on this machine, or with --user those that the user acts for."""
    prepare_database()
    found = list(sellers_of(user_named(user)) if user else all_sellers())
    if as_json:
        facts = [{"seller": each.slug, "name": each.name, "country": each.country} for each in found]
        output.print_json({"sellers": facts})
    elif found:
        print_columns(
            [short(_("Seller")), Column(_("Name")), short(_("Country")), short(_("Currency"))],
            [(each.slug, each.name, each.country, each.currency) for each in found],
        )
    else:
        print_line(_("There is no seller yet."))
        print_note(_("`rebill sellers add` makes one, `rebill demo` loads one to try."))
    return DONE


def show_seller(seller: SellerOption = None, user: UserOption = None, as_json: output.JsonOption = False) -> int:
    """One seller: names, terms, bank accounts, numbers, and who acts for it."""
    session = open_session(seller=seller, user=user)
    if as_json:
        output.print_json(seller_facts(session))
    else:
        print_seller(session)
    return DONE


def print_seller(session: Session) -> None:
    """Everything that decides how the seller invoices."""
    session.seller.refresh_from_db()
    seller = session.seller
    print_title(f"{seller.slug}: {seller.name}")
    print_facts(
        (
            (_("Legal name"), seller.legal_name),
            (_("Address"), _address(seller)),
            (_("VAT id"), seller.vat_id or seller.tax_number),
            (_("Chamber of commerce"), seller.chamber_id),
            (_("Reached at"), ", ".join(part for part in (seller.email, seller.phone, seller.website) if part)),
            (_("Languages"), ", ".join(seller.languages or [seller.language])),
            (_("Its day"), seller.time_zone),
            (_("Payment term"), _("%(payment_term_days)s days") % {"payment_term_days": seller.payment_term_days or 0}),
            (_("Parts of a period"), seller.proration_base),
            ("VAT", seller.vat_scheme + (", one-stop shop" if seller.uses_oss else "")),
            (_("Approval"), _approval(seller)),
            (_("Exports go to"), ", ".join(seller.export_emails)),
        )
    )
    accounts = [(each.iban, each.bic, each.holder, each.currency) for each in accounts_of(session.acting)]
    if accounts:
        print_columns(
            [short("IBAN"), short("BIC"), Column(_("Holder")), short(_("Currency"))],
            accounts,
            title=_("Where it is paid"),
        )
    numbers = [(each.purpose.replace("_", " "), _next(each, session.today)) for each in series_of(session.acting)]
    if numbers:
        print_columns([short(_("For")), short(_("Next number"))], numbers, title=_("Numbers"))
    print_columns(
        [short(_("User")), Column(_("E-mail")), short(_("Role"))],
        [(each.user.username, each.user.email, each.role) for each in members_of(session.acting)],
        title=_("Who acts for it"),
    )


def seller_facts(session: Session) -> dict[str, object]:
    """The same for programs."""
    session.seller.refresh_from_db()
    seller = session.seller
    names = (
        "name", "legal_name", "street", "street_extra", "postcode", "city", "country", "vat_id", "tax_number",
        "chamber_id", "email", "phone", "website", "time_zone", "currency", "language", "languages",
        "payment_term_days", "proration_base", "vat_scheme", "uses_oss", "approval_needs_two", "masked_digits",
        "export_emails",
    )  # fmt: skip
    highest = seller.auto_approve_max
    return {
        "seller": seller.slug,
        **{name: getattr(seller, name) for name in names},
        "auto_approve_max": exact(highest) if highest else None,
        "accounts": [
            {"iban": each.iban, "bic": each.bic, "holder": each.holder, "currency": each.currency}
            for each in accounts_of(session.acting)
        ],
        "numbers": [
            {"purpose": each.purpose, "pattern": each.pattern, "next": _next(each, session.today)}
            for each in series_of(session.acting)
        ],
        "members": [{"user": each.user.username, "role": each.role} for each in members_of(session.acting)],
    }


def _address(seller: Seller) -> str:
    town = f"{seller.postcode} {seller.city}".strip()
    return ", ".join(part for part in (seller.street, seller.street_extra, town, seller.country) if part)


def _approval(seller: Seller) -> str:
    if seller.approval_needs_two:
        return "by two people"
    highest = seller.auto_approve_max
    if highest is None:
        return "by hand"
    return f"by itself up to {amount(highest)} {highest.currency} without warnings, else by hand"


def _next(series: NumberSeries, today: date) -> str:
    """The number the next document of today would get."""
    upcoming = peek_number(sequence_key(series, today)) or first_number(series, today)
    return format_number(series.pattern, number=upcoming, day=today)
