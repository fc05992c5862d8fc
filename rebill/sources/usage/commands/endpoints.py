"""Saying whose an account, a trunk, a number or a range of numbers is, from which day on and until when."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.kit.bulk import write_lock
from rebill.kit.database import atomic_write
from rebill.kit.errors import Conflict, Invalid
from rebill.kit.events import EventRow, record_events, subject_type_of
from rebill.kit.imports.outcomes import ImportRecord, Outcome, accepted, rejected, unchanged
from rebill.parties.models import Customer, Seller
from rebill.parties.queries import open_customer_of
from rebill.sources.usage.models import Endpoint, EndpointKind
from rebill.sources.usage.numbers import AS_DIALLED, Dialling, number_of
from rebill.sources.usage.queries.endpoints import endpoint_of

_LENGTH_MAX = 80
_NUMBERS = (EndpointKind.NUMBER, EndpointKind.RANGE)


class EndpointUnfit(Invalid):
    """What was said is no endpoint; `term` names which part of it."""

    def __init__(self, term: str, why: str) -> None:
        super().__init__(why)
        self.term = term


class EndpointTaken(Conflict):
    """The endpoint is a customer's already in some of these days."""


@dataclass(frozen=True, slots=True)
class EndpointTerms:
    """An endpoint as calls know it: numbers are E.164 digits."""

    kind: EndpointKind
    value: str
    value_to: str
    valid_from: date
    valid_before: date | None


def add_endpoint(
    *,
    acting: Acting,
    customer_id: int,
    kind: EndpointKind,
    value: str,
    value_to: str = "",
    valid_from: date,
    valid_before: date | None = None,
    now: datetime,
) -> Endpoint:
    """Calls of the endpoint are the customer's from `valid_from` until before `valid_before`.

    A number is written as people write it in the seller's country. EndpointTaken when it is a customer's already in
    some of these days: end it there first. A number may be one customer's within the range of another: it wins.
    """
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    with atomic_write():
        lock_endpoints(acting.seller_id)
        customer = open_customer_of(acting, customer_id)
        country = Seller.objects.get(pk=acting.seller_id).country
        terms = endpoint_terms(kind, value, value_to, valid_from, valid_before, country=country)
        standing = _standing(acting.seller_id, [terms])
        for other in standing.get((terms.kind, terms.value), []):
            if _overlap(other, terms):
                raise EndpointTaken(_taken_words(other, terms))
        endpoint = _endpoint(acting.seller_id, customer.pk, terms)
        endpoint.save(force_insert=True)
        _tell(acting, [("endpoint_added", endpoint)], now)
    return endpoint


def lock_endpoints(seller_id: int) -> None:
    """Endpoints of one seller change one transaction after the other, so that none is given to two customers."""
    write_lock(f"endpoints {seller_id}")


def end_endpoint(*, acting: Acting, endpoint_id: int, valid_before: date, now: datetime) -> Endpoint:
    """From `valid_before` on the endpoint is nobody's. EndpointUnfit when that is not after its first day."""
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    with atomic_write():
        lock_endpoints(acting.seller_id)
        endpoint = endpoint_of(acting, endpoint_id)
        if valid_before <= endpoint.valid_from:
            raise EndpointUnfit("valid_before", _ends_too_early())
        if endpoint.valid_before is not None and endpoint.valid_before <= valid_before:
            raise EndpointUnfit("valid_before", _("It ended earlier already."))
        endpoint.valid_before = valid_before
        endpoint.save(update_fields=["valid_before"])
        _tell(acting, [("endpoint_ended", endpoint)], now)
    return endpoint


def import_endpoints(*, acting: Acting, records: Sequence[ImportRecord], now: datetime) -> list[Outcome]:
    """Adds endpoints, and ends those that are the customer's already; one outcome for each record, in their order.

    Fields: customer_number, kind, value, value_to, valid_from, valid_before.
    """
    require(acting, Permission.KEEP_SUBSCRIPTIONS)
    with atomic_write():
        lock_endpoints(acting.seller_id)
        chunk = _read_chunk(acting.seller_id, records)
        outcomes = [_outcome(record, chunk) for record in records]
        Endpoint.objects.bulk_create(chunk.new)
        Endpoint.objects.bulk_update(chunk.ended, ["valid_before"])
        told = [("endpoint_added", each) for each in chunk.new] + [("endpoint_ended", each) for each in chunk.ended]
        _tell(acting, told, now)
    return outcomes


def endpoint_terms(
    kind: EndpointKind, value: str, value_to: str, valid_from: date, valid_before: date | None, *, country: str
) -> EndpointTerms:
    """The endpoint as calls know it. EndpointUnfit when it can be none."""
    value, value_to = value.strip(), value_to.strip()
    if kind in _NUMBERS:
        dialling = Dialling(country)
        value, value_to = number_of(value, dialling), number_of(value_to, dialling)
    if not value or len(value) > _LENGTH_MAX:
        raise EndpointUnfit("value", _("It needs at most %(length)s characters.") % {"length": _LENGTH_MAX})
    if kind is EndpointKind.RANGE:
        first, last = value.removeprefix(AS_DIALLED), value_to.removeprefix(AS_DIALLED)
        are_alike = value.startswith(AS_DIALLED) == value_to.startswith(AS_DIALLED) and len(first) == len(last)
        if not (first.isdecimal() and last.isdecimal() and are_alike and first <= last):
            raise EndpointUnfit("value_to", _("The last number has as many digits as the first, and is not below it."))
    elif value_to:
        raise EndpointUnfit("value_to", _("Only a range has a last number."))
    if valid_before is not None and valid_before <= valid_from:
        raise EndpointUnfit("valid_before", _ends_too_early())
    return EndpointTerms(kind, value, value_to, valid_from, valid_before)


# --- many at once -----------------------------------------------------------------------------------------------------

_Standing = dict[tuple[str, str], list[Endpoint]]


@dataclass(slots=True)
class _Chunk:
    seller: Seller
    customers: dict[str, Customer]
    terms: dict[int, EndpointTerms | EndpointUnfit]
    standing: _Standing
    new: list[Endpoint] = field(default_factory=list)
    ended: list[Endpoint] = field(default_factory=list)


def _read_chunk(seller_id: int, records: Sequence[ImportRecord]) -> _Chunk:
    seller = Seller.objects.get(pk=seller_id)
    numbers = {record.text("customer_number").strip() for record in records}
    customers = Customer.objects.filter(seller_id=seller_id, number__in=numbers, erased_at=None).only(
        "id", "number", "name"
    )
    terms = {record.line: _terms_of(record, seller.country) for record in records}
    fit = [each for each in terms.values() if isinstance(each, EndpointTerms)]
    return _Chunk(seller, {each.number or "": each for each in customers}, terms, _standing(seller_id, fit))


def _terms_of(record: ImportRecord, country: str) -> EndpointTerms | EndpointUnfit:
    first = record.day("valid_from")
    try:
        if first is None:
            raise EndpointUnfit("valid_from", _("It needs a first day."))
        return endpoint_terms(
            EndpointKind(record.text("kind")),
            record.text("value"),
            record.text("value_to"),
            first,
            record.day("valid_before"),
            country=country,
        )
    except EndpointUnfit as unfit:
        return unfit


def _outcome(record: ImportRecord, chunk: _Chunk) -> Outcome:
    terms = chunk.terms[record.line]
    if isinstance(terms, EndpointUnfit):
        return rejected(
            record,
            what=f"endpoint.{terms.term}",
            why=str(terms),
            remedy=_("Correct the cell."),
            column=terms.term,
            value=record.values.get(terms.term, ""),
        )
    number = record.text("customer_number").strip()
    customer = chunk.customers.get(number)
    if customer is None:
        return rejected(
            record,
            what="endpoint.customer_unknown",
            why=_("There is no customer %(number)s.") % {"number": number},
            remedy=_("Import the customer first, or correct the number."),
            column="customer_number",
            value=number,
        )
    listed = chunk.standing[(terms.kind, terms.value)]
    for other in [*listed, *_ranges_before(chunk, terms)]:
        if not _overlap(other, terms):
            continue
        is_same = (other.customer_id, other.value, other.value_to, other.valid_from) == (
            customer.pk, terms.value, terms.value_to, terms.valid_from,
        )  # fmt: skip
        if not is_same or other.pk is None:
            return _taken_outcome(record, other, terms)
        if terms.valid_before is None or terms.valid_before == other.valid_before:
            return unchanged(record)
        if any(each is not other and _overlap(each, terms) for each in listed):
            return _taken_outcome(record, other, terms)
        other.valid_before = terms.valid_before
        chunk.ended.append(other)
        return accepted(record)
    endpoint = _endpoint(chunk.seller.pk, customer.pk, terms)
    endpoint.customer = customer
    chunk.new.append(endpoint)
    listed.append(endpoint)
    return accepted(record)


def _ranges_before(chunk: _Chunk, terms: EndpointTerms) -> list[Endpoint]:
    """Ranges of earlier records that share a number with this one and begin with another."""
    if terms.kind is not EndpointKind.RANGE:
        return []
    return [
        each
        for each in chunk.new
        if each.kind == terms.kind
        and len(each.value) == len(terms.value)
        and each.value != terms.value
        and each.value <= terms.value_to
        and terms.value <= each.value_to
    ]


def _taken_outcome(record: ImportRecord, other: Endpoint, terms: EndpointTerms) -> Outcome:
    return rejected(
        record,
        what="endpoint.taken",
        why=_taken_words(other, terms),
        remedy=_("End it there first, or let this one begin when that one has ended."),
        column="value",
        value=record.text("value"),
    )


# --- what stands ------------------------------------------------------------------------------------------------------


def _standing(seller_id: int, wanted: Iterable[EndpointTerms]) -> _Standing:
    """What there is of the same kind and value; of ranges, those that share a number with it."""
    rows = Endpoint.objects.filter(seller_id=seller_id).select_related("customer")
    found: _Standing = defaultdict(list)
    values: dict[str, set[str]] = defaultdict(set)
    for terms in wanted:
        if terms.kind is EndpointKind.RANGE:
            shared = rows.filter(kind=terms.kind, value__lte=terms.value_to, value_to__gte=terms.value)
            found[(terms.kind, terms.value)] = [each for each in shared if len(each.value) == len(terms.value)]
        else:
            values[terms.kind].add(terms.value)
    for kind, named in values.items():
        for each in rows.filter(kind=kind, value__in=named):
            found[(kind, each.value)].append(each)
    return found


def _overlap(other: Endpoint, terms: EndpointTerms) -> bool:
    begins_in_time = terms.valid_before is None or other.valid_from < terms.valid_before
    return begins_in_time and (other.valid_before is None or terms.valid_from < other.valid_before)


def _endpoint(seller_id: int, customer_id: int, terms: EndpointTerms) -> Endpoint:
    return Endpoint(
        seller_id=seller_id,
        customer_id=customer_id,
        kind=terms.kind,
        value=terms.value,
        value_to=terms.value_to,
        valid_from=terms.valid_from,
        valid_before=terms.valid_before,
    )


def _taken_words(other: Endpoint, terms: EndpointTerms) -> str:
    return _("%(value)s is an endpoint of %(name)s from %(day)s on.") % {
        "value": terms.value,
        "name": other.customer.name,
        "day": f"{other.valid_from:%d-%m-%Y}",
    }


def _ends_too_early() -> str:
    return _("The end has to come after the first day.")


def _tell(acting: Acting, told: Iterable[tuple[str, Endpoint]], now: datetime) -> None:
    record_events(
        EventRow(
            acting.seller_id,
            subject_type_of(Customer),
            each.customer_id,
            verb,
            acting.user_id,
            now,
            {
                "kind": each.kind,
                "value": each.value,
                "value_to": each.value_to,
                "valid_from": each.valid_from.isoformat(),
                "valid_before": each.valid_before and each.valid_before.isoformat(),
            },
        )
        for verb, each in told
    )
