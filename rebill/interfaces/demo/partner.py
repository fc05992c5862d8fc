"""The partner itself: Waterkant Groep, its owner, its look, its numbers and its two price lists."""

from datetime import date, datetime
from importlib.resources import files

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.access.commands import create_user
from rebill.access.models import User
from rebill.access.queries import user_named
from rebill.catalogue.commands import assign_price_plan, create_price_plan
from rebill.catalogue.models import PricePlan
from rebill.catalogue.queries import plans_of
from rebill.interfaces.demo.assortment import CARE_PLAN, STANDARD_PLAN
from rebill.interfaces.demo.base import Base
from rebill.kit.errors import Conflict, NotFound
from rebill.parties.commands import add_seller_account, change_look, create_seller, set_number_series
from rebill.parties.commands.look import FileGiven
from rebill.parties.models import Seller, SeriesPurpose
from rebill.parties.queries import (
    accounts_of,
    acting_for,
    all_sellers,
    chain_below,
    current_look,
    customers_of,
)

SLUG, USERNAME, EMAIL = "waterkant", "marit", "marit@waterkant.example"
_IBAN = "NL04RABO0100200304"
_ALWAYS = date(2020, 1, 1)
_FOOTERS = {
    "nl": "Vragen over deze factuur? Mail administratie@waterkant.example of bel 050 000 14 00.",
    "de": "Fragen zu dieser Rechnung? Schreiben Sie an administratie@waterkant.example.",
    "fi": "Kysyttävää laskusta? Kirjoita osoitteeseen administratie@waterkant.example.",
    "en": "Questions about this invoice? Write to administratie@waterkant.example.",
}


class OthersAtHome(Conflict):
    """The database has sellers of somebody's own: the demo does not mix with them."""


def find_partner() -> Seller | None:
    """The demo partner where it was made before; OthersAtHome where the database has sellers that are not below it."""
    sellers = {seller.slug: seller for seller in all_sellers()}
    partner = sellers.get(SLUG)
    own = set() if partner is None else {link.seller_id for link in chain_below(partner.pk)}
    others = [slug for slug, seller in sellers.items() if seller.pk not in own]
    if others:
        raise OthersAtHome(
            _(
                "This database has sellers already (%(sellers)s), and the demo does not mix with them. "
                "Give the demo a folder of its own: REBILL_DATA=demo-data rebill demo."
            )
            % {"sellers": ", ".join(others[:5])}
        )
    return partner


def acting_partner() -> Acting:
    """Marit de Boer, for Waterkant."""
    return acting_for(user_named(USERNAME), SLUG)


def make_partner(now: datetime, *, password: str) -> Acting:
    """Everything there is of the partner before its customers; what is there already stays."""
    owner = _owner(now, password)
    if find_partner() is None:
        _seller(owner, now)
    acting = acting_partner()
    if not accounts_of(acting).exists():
        add_seller_account(acting=acting, iban=_IBAN, bic="RABONL2U", holder="Waterkant Groep B.V.", now=now)
    for purpose, pattern in (
        (SeriesPurpose.INVOICE, "{year}-{number:05}"),
        (SeriesPurpose.CREDIT_NOTE, "C{year}-{number:05}"),
    ):
        set_number_series(acting=acting, purpose=purpose, pattern=pattern, today=now.date(), now=now)
    if current_look(acting.seller_id) is None:
        _look(acting, now)
    _plans(acting, now)
    return acting


def assign_plans(acting: Acting, base: Base, now: datetime) -> int:
    """Gives care and education their own price list; returns how many have it."""
    plan = _plan(acting, CARE_PLAN)
    numbers = [
        str(customer.number)
        for customer in base.opening
        if customer.is_care and customer.number not in base.cast.zero_total
    ]
    ids = list(customers_of(acting).filter(number__in=numbers).values_list("id", flat=True))
    for customer_id in ids:
        assign_price_plan(acting=acting, customer_id=customer_id, plan_id=plan.pk, valid_from=_ALWAYS, now=now)
    return len(ids)


def _owner(now: datetime, password: str) -> User:
    try:
        return user_named(USERNAME)
    except NotFound:
        return create_user(
            acting=None,
            username=USERNAME,
            email=EMAIL,
            full_name="Marit de Boer",
            password=password,
            now=now,
        )


def _seller(owner: User, now: datetime) -> Seller:
    return create_seller(
        owner=owner,
        slug=SLUG,
        name="Waterkant Groep",
        legal_name="Waterkant Groep B.V.",
        street="Oude Havenkade 14",
        postcode="9700 ZZ",
        city="Groningen",
        country="NL",
        vat_id="NL809912351B01",
        chamber_id="00123456",
        email="administratie@waterkant.example",
        phone="050 000 14 00",
        website="waterkant.example",
        language="nl",
        languages=["nl", "de", "fi", "en"],
        payment_term_days=14,
        export_emails=["boekhouding@waterkant.example"],
        now=now,
    )


def _look(acting: Acting, now: datetime) -> None:
    logo = files("rebill.interfaces.demo").joinpath("waterkant.svg").read_bytes()
    change_look(
        acting=acting,
        logo=FileGiven(logo, "image/svg+xml"),
        accent_colour="#0b6a6f",
        sender_name="Waterkant",
        sender_email="facturen@waterkant.example",
        reply_to="administratie@waterkant.example",
        texts={language: {"footer": footer} for language, footer in _FOOTERS.items()},
        now=now,
    )


def _plans(acting: Acting, now: datetime) -> None:
    standing = set(plans_of(acting).values_list("code", flat=True))
    for code, name in ((STANDARD_PLAN, "Standaard"), (CARE_PLAN, "Zorg en onderwijs")):
        if code not in standing:
            create_price_plan(acting=acting, code=code, name=name, now=now)


def _plan(acting: Acting, code: str) -> PricePlan:
    return plans_of(acting).get(code=code)
