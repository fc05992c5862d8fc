"""Prices of another system, in bulk, for plans and for single customers; laid along the days like single ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.commands.laying import EntryResult, PriceEntry, PriceOwner, PriceTold, lay_prices
from rebill.catalogue.commands.plans import create_price_plan
from rebill.catalogue.commands.revising import lock_prices
from rebill.catalogue.fields import PRICE_FIELDS, TierPrice
from rebill.catalogue.models import PricePlan, Product
from rebill.kit.bulk import chunks
from rebill.kit.database import atomic_write
from rebill.kit.imports.outcomes import ImportRecord, Outcome, accepted, rejected, unchanged
from rebill.parties import entries
from rebill.parties.entries import EntryRefused
from rebill.parties.models import Customer
from rebill.parties.queries import seller_of

ENTRIES_AT_ONCE = 5_000
_NUMBERS_AT_ONCE = 5_000

# Made when prices without a plan are imported before there is any.
STANDARD_PLAN = "standard"


@dataclass(frozen=True, slots=True)
class _Known:
    """What lines name by code or number: ids, with what else is needed of each."""

    currency: str
    default_plan: int
    plans: Mapping[str, int]
    products: Mapping[str, tuple[int, str]]
    customers: Mapping[str, tuple[int, str]]


def import_prices(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Sets prices, all in one transaction; one outcome for each record, in their order. Give the whole file at once.

    Fields: product_code, plan_code or customer_number (neither: the default plan), valid_from, valid_before or
    last_day, currency, model, unit_price, months, tiers, package_size, setup_price. Tiers are text such as
    "5=10; 20=8+25; =6.50": up to and including 5 for 10 each, up to 20 for 8 each and 25 once, beyond for 6.50. An
    empty field says nothing. A price that says it ends after the next one begins is rejected, whichever line is first.
    """
    require(acting, Permission.KEEP_CATALOGUE)
    outcomes: dict[int, Outcome] = {}
    with atomic_write():
        lock_prices(acting.seller_id)
        known = _read_known(acting, records, now)
        entered: list[tuple[int, PriceEntry]] = []
        for position, record in enumerate(records):
            try:
                entered.append((position, _read_entry(record, known)))
            except EntryRefused as refused:
                outcomes[position] = _rejected(record, refused)
        for batch in _whole_groups(entered):
            results = lay_prices(acting, [entry for _position, entry in batch], now)
            for (position, _entry), result in zip(batch, results, strict=True):
                outcomes[position] = _outcome(records[position], result)
    return [outcomes[position] for position in range(len(records))]


def _whole_groups(entered: list[tuple[int, PriceEntry]]) -> Iterator[list[tuple[int, PriceEntry]]]:
    """Batches of entries in which all prices of one product, plan or customer, and currency stand together."""
    ordered = sorted(entered, key=lambda each: (_group(each[1]), each[0]))
    batch: list[tuple[int, PriceEntry]] = []
    for each in ordered:
        if len(batch) >= ENTRIES_AT_ONCE and _group(each[1]) != _group(batch[-1][1]):
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _group(entry: PriceEntry) -> tuple[int, int, int, str]:
    return entry.owner.plan_id or 0, entry.owner.customer_id or 0, entry.product_id, entry.currency


# --- what the lines name --------------------------------------------------------------------------------------------


def _read_known(acting: Acting, records: Sequence[ImportRecord], now: datetime) -> _Known:
    seller = seller_of(acting)
    if not PricePlan.objects.filter(seller=seller).exists():
        create_price_plan(acting=acting, code=STANDARD_PLAN, name="Standard", now=now)
    plans = list(PricePlan.objects.filter(seller=seller).values_list("code", "id", "is_default"))
    products = Product.objects.filter(seller=seller).values_list("code", "id", "kind")
    numbers = {record.text("customer_number") for record in records if record.states("customer_number")}
    return _Known(
        currency=seller.currency,
        default_plan=next(plan_id for _code, plan_id, is_default in plans if is_default),
        plans={code: plan_id for code, plan_id, _default in plans},
        products={code: (product_id, kind) for code, product_id, kind in products},
        customers=dict(_customers(acting.seller_id, numbers)),
    )


def _customers(seller_id: int, numbers: Iterable[str]) -> Iterator[tuple[str, tuple[int, str]]]:
    for some in chunks(numbers, _NUMBERS_AT_ONCE):
        rows = Customer.objects.filter(seller_id=seller_id, number__in=some).order_by()
        for number, customer_id, currency in rows.values_list("number", "id", "currency"):
            if number is not None:
                yield number, (customer_id, currency)


def _read_entry(record: ImportRecord, known: _Known) -> PriceEntry:
    product_code = record.text("product_code")
    if product_code not in known.products:
        raise EntryRefused(
            "product_code",
            why=_("There is no product with this code."),
            remedy=_("Import the product first, or correct the code."),
            value=product_code,
        )
    product_id, kind = known.products[product_code]
    owner, usual_currency = _owner(record, known)
    valid_from = record.day("valid_from")
    if valid_from is None:
        why, remedy = _("There is no day from which the price holds."), _("Fill in the first day.")
        raise EntryRefused("valid_from", why=why, remedy=remedy)
    valid_before, last_day = record.day("valid_before"), record.day("last_day")
    if valid_before is None and last_day is not None:
        valid_before = last_day + timedelta(days=1)
    terms = {name: record.values[name] for name in PRICE_FIELDS if record.states(name)}
    if "tiers" in terms:
        terms["tiers"] = _read_tiers(record.text("tiers"))
    return PriceEntry(
        owner=owner,
        product_id=product_id,
        kind=kind,
        currency=entries.currency("currency", record.text("currency") or usual_currency),
        valid_from=valid_from,
        valid_before=valid_before,
        terms=terms,
    )


def _owner(record: ImportRecord, known: _Known) -> tuple[PriceOwner, str]:
    """Whose price it is, and in which currency they are unless the line says."""
    number, code = record.text("customer_number"), record.text("plan_code")
    if number and code:
        why = _("A price is a plan's or a customer's, not both.")
        raise EntryRefused("plan_code", why=why, remedy=_("Empty one of the two."), value=code)
    if number:
        if number not in known.customers:
            why = _("There is no customer with this number.")
            remedy = _("Import the customer first, or correct the number.")
            raise EntryRefused("customer_number", why=why, remedy=remedy, value=number)
        customer_id, currency = known.customers[number]
        return PriceOwner(customer_id=customer_id), currency or known.currency
    if not code:
        return PriceOwner(plan_id=known.default_plan), known.currency
    if code not in known.plans:
        why, remedy = _("There is no price plan with this code."), _("Create the plan first, or correct the code.")
        raise EntryRefused("plan_code", why=why, remedy=remedy, value=code)
    return PriceOwner(plan_id=known.plans[code]), known.currency


def _read_tiers(text: str) -> list[TierPrice]:
    """Tiers as people write them into one cell: "5=10; 20=8+25; =6.50"."""
    tiers = []
    for part in text.split(";"):
        if not part.strip():
            continue
        up_to, equals, price = part.partition("=")
        unit_price, _plus, flat = price.partition("+")
        try:
            if not equals:
                raise InvalidOperation
            tiers.append(
                TierPrice(
                    up_to=_number(up_to) if up_to.strip() else None,
                    unit_price=_number(unit_price),
                    flat=_number(flat) if flat.strip() else Decimal(0),
                )
            )
        except InvalidOperation:
            why = _("The tiers cannot be read.")
            raise EntryRefused("tiers", why=why, remedy=_("Write them as 5=10; 20=8; =6.50."), value=text) from None
    return tiers


def _number(text: str) -> Decimal:
    return Decimal(text.strip().replace(",", "."))


# --- what became of them --------------------------------------------------------------------------------------------


def _outcome(record: ImportRecord, result: EntryResult) -> Outcome:
    if result == "accepted":
        return accepted(record)
    if result == "unchanged":
        return unchanged(record)
    if isinstance(result, EntryRefused):
        return _rejected(record, result)
    if isinstance(result, PriceTold):
        why, remedy = str(result), _("Keep one of the two lines.")
        return rejected(
            record,
            what="price.repeated",
            why=why,
            remedy=remedy,
            column="valid_from",
            value=record.day("valid_from"),
        )
    return rejected(
        record,
        what="price.overlaps",
        why=str(result),
        remedy=_("Correct the days of one of the two."),
        column="valid_before" if record.states("valid_before") else "last_day",
        value=record.day("valid_before") or record.day("last_day"),
    )


def _rejected(record: ImportRecord, refused: EntryRefused) -> Outcome:
    what = f"price.{refused.field}_refused"
    return rejected(
        record, what=what, why=refused.why, remedy=refused.remedy, column=refused.field, value=refused.value
    )
