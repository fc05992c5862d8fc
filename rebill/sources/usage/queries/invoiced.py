"""Suppliers' invoices of calls against what the same calls are bought at: sums by destination."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from rebill.access.acting import Acting, Permission, require
from rebill.catalogue.models import CallCategory
from rebill.catalogue.queries.bought import decks_bought_by, decks_in_currency, destinations_named
from rebill.catalogue.queries.rating import destinations_of, read_rates
from rebill.kit.errors import NotFound
from rebill.kit.imports.values import folded
from rebill.parties.queries import seller_of
from rebill.rules.comparing import CallSums, InvoiceFinding, added, invoice_finding
from rebill.rules.rating.rates import Rate, billed_seconds
from rebill.sources.usage.engine.rating import empty
from rebill.sources.usage.models import CallInvoice, InvoicedCalls, RatedPart, RatingState
from rebill.sources.usage.months import day_number
from rebill.sources.usage.queries.records import kept_file
from rebill.sources.usage.schema import RATED, Status

_NOTHING = CallSums(0, 0, 0)


class CallInvoiceUnknown(NotFound):
    """The seller has no such invoice of calls."""


class InvoicedSums(NamedTuple):
    """What both sides say of one destination, by the name it has on the invoice; None where a side has nothing."""

    destination: str
    ours: CallSums | None
    theirs: CallSums | None
    finding: InvoiceFinding

    @property
    def difference_e6(self) -> int:
        """How much more (or, below zero, less) the supplier asks than we know of."""
        return (self.theirs or _NOTHING).amount_e6 - (self.ours or _NOTHING).amount_e6


@dataclass(frozen=True, slots=True)
class InvoiceComparison:
    """An invoice of calls beside ours: by destination, the largest differences first.

    `unbought` of our calls have no buy price and add nothing to our amounts. `unowned` calls of the same days have no
    owner; they are not among ours, because nobody knows what they would be bought by.

    `sells_nothing`: the invoice is of a deck by which no deck of the seller buys, so that no call of ours is compared.
    `unnamed` are destinations of the invoice by name alone which the deck calls otherwise or does not have: no call of
    ours can be of them. Without a deck, these are names that no deck in the invoice's currency has.
    """

    invoice: CallInvoice
    rows: tuple[InvoicedSums, ...]
    unbought: int
    unowned: int
    sells_nothing: bool
    unnamed: tuple[str, ...]

    def counts(self) -> dict[InvoiceFinding, int]:
        """How many destinations were found how."""
        return {each: sum(row.finding is each for row in self.rows) for each in InvoiceFinding}

    @property
    def ours(self) -> CallSums:
        """All our calls."""
        return _total(row.ours for row in self.rows)

    @property
    def theirs(self) -> CallSums:
        """All lines of the invoice."""
        return _total(row.theirs for row in self.rows)

    @property
    def difference_e6(self) -> int:
        """How much more the supplier asks in all."""
        return self.theirs.amount_e6 - self.ours.amount_e6


def call_invoices_of(acting: Acting) -> QuerySet[CallInvoice]:
    """The invoices of calls that were imported, the latest days first."""
    require(acting, Permission.READ)
    rows = CallInvoice.objects.filter(seller_id=acting.seller_id).select_related("deck")
    return rows.order_by("-starts_on", "-id")


def invoiced_amounts(invoices: Iterable[CallInvoice]) -> dict[int, int]:
    """What each of these invoices asks in all, of 10⁻⁶, by its id."""
    rows = InvoicedCalls.objects.filter(invoice__in=list(invoices)).order_by("invoice_id").values_list("invoice_id")
    return dict(rows.annotate(Sum("amount_e6")))


def call_invoice_of(acting: Acting, call_invoice_id: int) -> CallInvoice:
    """The seller's invoice of calls with this id."""
    invoice = call_invoices_of(acting).filter(pk=call_invoice_id).first()
    if invoice is None:
        raise CallInvoiceUnknown(_("There is no invoice of calls %(named)s.") % {"named": call_invoice_id})
    return invoice


def call_invoice_numbered(acting: Acting, number: str) -> CallInvoice:
    """The seller's invoice of calls with this number."""
    invoice = call_invoices_of(acting).filter(number=number).first()
    if invoice is None:
        raise CallInvoiceUnknown(_("There is no invoice of calls %(named)s.") % {"named": number})
    return invoice


def compare_invoice(*, acting: Acting, invoice: CallInvoice) -> InvoiceComparison:
    """The lines of the invoice against our rated calls of its days, at the price they are bought for.

    A call is of the line with the longest prefix that its number begins with, else of the line that names the
    destination as the deck does that it is bought by. Seconds of ours are rounded up as that deck says, where the
    invoice is of one. Calls between own endpoints reach no supplier.
    """
    require(acting, Permission.READ)
    theirs, names, prefixes = _lines(invoice)
    decks = _sold_by(invoice)
    counted, unbought, unowned = _ours(acting, invoice, prefixes, decks)
    ours: dict[str, CallSums] = {}
    for key, name, sums in counted:
        place = key or folded(name) or "?"
        names.setdefault(place, name)
        ours[place] = added(ours[place], sums) if place in ours else sums
    rows = [
        InvoicedSums(names[key], ours.get(key), theirs.get(key), invoice_finding(ours.get(key), theirs.get(key)))
        for key in ours.keys() | theirs.keys()
    ]
    rows.sort(key=lambda row: (-abs(row.difference_e6), row.finding is InvoiceFinding.SAME, row.destination))
    strangers = theirs.keys() - ours.keys() - set(prefixes.values())
    known = _named(invoice, decks) if strangers else set()
    unnamed = tuple(sorted(names[key] for key in strangers - known))
    sells_nothing = invoice.deck_id is not None and not decks
    return InvoiceComparison(invoice, tuple(rows), unbought, unowned, sells_nothing, unnamed)


def _total(sides: Iterable[CallSums | None]) -> CallSums:
    total = _NOTHING
    for each in sides:
        total = total if each is None else added(total, each)
    return total


def _lines(invoice: CallInvoice) -> tuple[dict[str, CallSums], dict[str, str], dict[str, str]]:
    """The sums of the invoice and the names of its destinations by key, and the key of each prefix."""
    sums: dict[str, CallSums] = {}
    names: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    rows = invoice.lines.order_by("id").values_list("prefix", "destination", "calls", "seconds", "amount_e6")
    for prefix, destination, calls, seconds, amount_e6 in rows:
        said = CallSums(calls, seconds, amount_e6)
        key = folded(destination) or f"+{prefix}"
        names.setdefault(key, destination or prefix)
        if prefix:
            prefixes.setdefault(prefix, key)
        sums[key] = added(sums[key], said) if key in sums else said
    return sums, names, prefixes


# --- our side ---------------------------------------------------------------------------------------------------------


class _Deck(NamedTuple):
    """The deck that calls are bought by: its rates by prefix and era, the era of every day, and what rates round to."""

    prefixes: pl.DataFrame
    days: pl.DataFrame
    stepped: dict[int, Rate]


def _ours(
    acting: Acting, invoice: CallInvoice, prefixes: Mapping[str, str], decks: Collection[int]
) -> tuple[list[tuple[str, str, CallSums]], int, int]:
    """Our calls by the key of their line ("" for none) and the name of their destination; how many have no buy price,
    and how many no owner."""
    calls = _calls(acting.seller_id, invoice)
    deck = _bought_by(invoice)
    wanted = calls.filter(_is_bought(acting, invoice, decks)).with_columns(pl.col("day").cast(pl.Int64))
    wanted = wanted.join(deck.days.lazy(), on="day", how="inner")
    longest = max([1, *map(len, prefixes), *deck.prefixes["prefix"].str.len_chars()])
    wanted = wanted.with_columns(head=pl.col("called").str.slice(0, longest))
    heads = wanted.select("head", "era").unique().collect(engine="streaming")
    lines = pl.DataFrame({"prefix": list(prefixes), "key": list(prefixes.values())}, schema=_KEYS)
    lines = lines.join(deck.days.select("era").unique(), how="cross")
    known = heads.join(_longest(heads, lines), on=["head", "era"], how="left")
    known = known.join(_longest(heads, deck.prefixes), on=["head", "era"], how="left")
    is_call = pl.col("component") == 0
    found = (
        wanted.join(known.lazy(), on=["head", "era"], how="left")
        .group_by(pl.col("key").fill_null(""), pl.coalesce("bought_id", "rate_id").alias("rate_id"), "seconds")
        .agg(
            is_call.sum().cast(pl.Int64).alias("calls"),
            pl.col("buy_e6").sum().alias("amount_e6"),
            (is_call & pl.col("buy_e6").is_null()).sum().cast(pl.Int64).alias("unbought"),
        )
        .collect(engine="streaming")
    )
    unowned = calls.filter((pl.col("status") == Status.UNOWNED) & pl.col("buy_e6").is_null()).select(pl.len())
    names = destinations_of(acting.seller_id, found["rate_id"].drop_nulls().unique().to_list())
    counted = _counted(found, deck.stepped)
    rows = [(key, names.get(rate_id, ""), CallSums(*sums)) for key, rate_id, *sums in counted.iter_rows()]
    return rows, int(found["unbought"].sum()), int(unowned.collect().item())


_KEYS = {"prefix": pl.String, "key": pl.String}


def _counted(found: pl.DataFrame, stepped: Mapping[int, Rate]) -> pl.DataFrame:
    """The sums by key and rate, with seconds rounded up as they are bought; the rule is asked once per length."""
    lengths = found.filter(pl.col("rate_id").is_in(list(stepped))).select("rate_id", "seconds").unique()
    said = [billed_seconds(stepped[rate_id], seconds).total_s for rate_id, seconds in lengths.iter_rows()]
    rounded = lengths.with_columns(billed_s=pl.Series(said, dtype=pl.Int64))
    found = found.join(rounded, on=["rate_id", "seconds"], how="left")
    each_s = pl.coalesce("billed_s", "seconds")
    return found.group_by("key", "rate_id").agg(
        pl.col("calls").sum(), (each_s * pl.col("calls")).sum().alias("seconds"), pl.col("amount_e6").sum()
    )


def _longest(heads: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """For each head and era the row of the table with the longest prefix that the head begins with, if any."""
    left, found = heads, []
    lengths = table["prefix"].str.len_chars()
    for length in sorted(lengths.unique(), reverse=True):
        cut = left.with_columns(prefix=pl.col("head").str.slice(0, length))
        met = cut.join(table.filter(lengths == length), on=["prefix", "era"], how="inner").drop("prefix")
        left = left.join(met.select("head", "era"), on=["head", "era"], how="anti")
        found.append(met)
    return pl.concat(found) if found else heads.clear().join(table.drop("prefix"), on="era", how="inner")


def _calls(seller_id: int, invoice: CallInvoice) -> pl.LazyFrame:
    """The answered calls of the invoice's days that leave the own net, by the ratings that count."""
    months = (invoice.starts_on.replace(day=1), invoice.last_on.replace(day=1))
    parts = RatedPart.objects.filter(
        seller_id=seller_id, rows__gt=0, rating__state=RatingState.CURRENT, rating__month__range=months
    )
    paths = [kept_file(path) for path in parts.order_by("id").values_list("path", flat=True)]
    calls = pl.scan_parquet(paths) if paths else empty(RATED).lazy()
    return calls.filter(
        pl.col("day").is_between(day_number(invoice.starts_on), day_number(invoice.ends_before), closed="left")
        & (pl.col("seconds") > 0)
        & (pl.col("category").fill_null(0) != CallCategory.ON_NET)
    )


def _sold_by(invoice: CallInvoice) -> set[int]:
    """The decks that sell what the invoice may ask for: those that buy by its deck, else all in its currency."""
    if invoice.deck_id is None:
        return decks_in_currency(invoice.seller_id, invoice.currency)
    return decks_bought_by(
        invoice.seller_id, invoice.deck_id, from_day=invoice.starts_on, before_day=invoice.ends_before
    )


def _named(invoice: CallInvoice, decks: Collection[int]) -> set[str]:
    """The keys of the destinations that have a name in the invoice's deck or, without one, where calls are sold."""
    names = destinations_named(
        invoice.seller_id,
        decks if invoice.deck_id is None else [invoice.deck_id],
        from_day=invoice.starts_on,
        before_day=invoice.ends_before,
    )
    return {folded(name) for name in names}


def _is_bought(acting: Acting, invoice: CallInvoice, decks: Collection[int]) -> pl.Expr:
    """Which calls are the supplier's: those of the decks; without a deck on the invoice, only with a buy price."""
    fits = pl.col("deck_id").is_in(sorted(decks))
    if invoice.deck_id is not None:
        return fits
    if invoice.currency == seller_of(acting).currency:
        fits = fits | pl.col("deck_id").is_null()
    return fits & pl.col("buy_e6").is_not_null()


def _bought_by(invoice: CallInvoice) -> _Deck:
    days = range(day_number(invoice.starts_on), day_number(invoice.ends_before))
    eras, rates = (
        read_rates(invoice.seller_id, [invoice.deck_id], from_day=invoice.starts_on, before_day=invoice.ends_before)
        if invoice.deck_id is not None
        else ([], [])
    )
    of_day = {day: era.era_id for era in eras for day in range(era.from_day, era.before_day)}
    table = pl.DataFrame(
        [(row[0], row[1], row[2]) for row in rates],
        schema={"era": pl.Int64, "prefix": pl.String, "bought_id": pl.Int64},
        orient="row",
    )
    known = pl.DataFrame(
        [(day, of_day.get(day, 0)) for day in days], schema={"day": pl.Int64, "era": pl.Int64}, orient="row"
    )
    # As `RateRow` orders them: the steps of the first stretch of a call, where the later ones begin, and theirs.
    steps = {row[2]: Rate(0, 0, 0, row[8], row[9], row[10], 0, row[12]) for row in rates}
    return _Deck(table, known, {rate_id: rate for rate_id, rate in steps.items() if rate != Rate(0, 0)})
