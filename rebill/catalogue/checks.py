"""What must always be true of products and prices; each check returns what is not."""

from collections.abc import Iterator
from itertools import groupby

from django.utils.translation import gettext as _

from rebill.access.acting import Acting
from rebill.catalogue.fields import PRICE_CONTENT, PriceContent, as_rule
from rebill.catalogue.models import Price, PricePlan, Product, ProductKind
from rebill.kit.bulk import read_rows
from rebill.kit.errors import Problem, Refused, reason_of
from rebill.parties.queries import seller_of
from rebill.rules.pricing import check_price


def check_catalogue(*, acting: Acting) -> list[Problem]:
    """Products have names, one plan is the default, prices can be asked, and never two of them hold at once."""
    return [
        *_names_missing(acting),
        *_default_missing(acting),
        *_prices_unfit(acting),
        *_prices_overlapping(acting),
    ]


def _names_missing(acting: Acting) -> Iterator[Problem]:
    language = seller_of(acting).language
    for code, names in Product.objects.filter(seller_id=acting.seller_id).order_by("code").values_list("code", "names"):
        if not names.get(language):
            why = _("It has no name in the seller's language, %(language)s.") % {"language": language}
            yield Problem(
                "product.name_missing",
                _("product %(code)s") % {"code": code},
                why,
                _("Enter the name."),
                blocking=False,
            )


def _default_missing(acting: Acting) -> Iterator[Problem]:
    plans = PricePlan.objects.filter(seller_id=acting.seller_id)
    if plans.exists() and not plans.filter(is_default=True).exists():
        why = _("None of the price plans is the default one.")
        remedy = _("Customers without a plan of their own have no prices; report this as a fault of the program.")
        yield Problem("price_plan.default_missing", _("price plans"), why, remedy)


def _prices_unfit(acting: Acting) -> Iterator[Problem]:
    rows = Price.objects.filter(seller_id=acting.seller_id).order_by("id")
    for price_id, code, kind, *content in read_rows(rows, "id", "product__code", "product__kind", *PRICE_CONTENT):
        model, unit_price, months, tiers, package_size, setup_price = content
        try:
            check_price(as_rule(PriceContent(model, unit_price, months, tiers, package_size, setup_price)))
        except Refused as refused:
            yield Problem(
                "price.unfit",
                _("price %(price_id)s of %(code)s") % {"price_id": price_id, "code": code},
                reason_of(refused),
                _("Enter the price again."),
            )
        if kind == ProductKind.RECURRING and months is None:
            why = _("The product recurs, but the price does not say for how many months it is.")
            yield Problem(
                "price.months_missing",
                _("price %(price_id)s of %(code)s") % {"price_id": price_id, "code": code},
                why,
                _("Enter the price again."),
            )


def _prices_overlapping(acting: Acting) -> Iterator[Problem]:
    holder = ("plan_id", "customer_id", "product_id", "currency")
    rows = Price.objects.filter(seller_id=acting.seller_id).order_by(*holder, "valid_from")
    found = read_rows(rows, *holder, "product__code", "id", "valid_from", "valid_before")
    for _holder, prices in groupby(found, key=lambda row: row[:4]):
        earlier = None
        for price in prices:
            if earlier is not None and (earlier[7] is None or earlier[7] > price[6]):
                why = _("It still holds on %(day)s, when price %(price)s begins.") % {
                    "day": price[6],
                    "price": price[5],
                }
                remedy = _("End one of them; until then the later one counts.")
                yield Problem(
                    "price.overlaps",
                    _("price %(price_id)s of %(code)s") % {"price_id": earlier[5], "code": price[4]},
                    why,
                    remedy,
                )
            earlier = price
