"""What subscriptions come to: the price of one whole billing period, as it stands on a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.queries.price_book import read_price_book
from rebill.parties.models import Seller
from rebill.rules.money import Money, amount_minor, digits_of
from rebill.rules.periods import Alignment
from rebill.rules.recurring import PriceAsked, schedule_of
from rebill.rules.timeline import stretches
from rebill.subscriptions.models import Subscription
from rebill.subscriptions.queries.histories import histories


@dataclass(frozen=True, slots=True)
class Worth:
    """What one billing period of so many months comes to, without VAT and before any share of it is reckoned."""

    amount: Money
    months: int


def worth_of(*, acting: Acting, subscription_ids: Collection[int], on: date) -> dict[int, Worth]:
    """What these subscriptions of the seller come to on the day; those of which nothing is taken then, or that have no
    price, are left out. The number of reads does not depend on how many they are."""
    require(acting, Permission.READ)
    rows = Subscription.objects.filter(seller_id=acting.seller_id, id__among=subscription_ids).order_by("id")
    terms = list(rows.values_list("id", "customer_id", "customer__currency", "billing_months", "alignment"))
    known = histories(seller_id=acting.seller_id, subscription_ids=[row[0] for row in terms])
    book = read_price_book(acting.seller_id)
    book.turn_to({row[1] for row in terms})
    own_currency = Seller.objects.values_list("currency", flat=True).get(id=acting.seller_id)
    found = {}
    for subscription_id, customer_id, their_currency, months, alignment in terms:
        history = known[subscription_id]
        taken = next((row for row in stretches(history) if row.starts_on <= on < row.ends_before), None)
        if taken is None:
            continue
        schedule = schedule_of(billed_from=history.billed_from, months=months, alignment=Alignment(alignment))
        currency = their_currency or own_currency
        # As `rules.recurring.period_pieces` asks: the price of the day on which the period or the price began.
        day = max(schedule.period_of(on).starts_on, taken.priced_since)
        asked = PriceAsked(taken.product_id, taken.quantity_e8, taken.price_e6, day, months)
        priced = book.priced(customer_id=customer_id, currency=currency, asked=asked)
        if priced is not None:
            digits = digits_of(currency)
            minor = sum(amount_minor(part.quantity_e8, part.price_e6, digits) for part in priced.parts)
            found[subscription_id] = Worth(Money(minor, currency), months)
    return found
