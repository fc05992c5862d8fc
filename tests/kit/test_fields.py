"""Exact columns: what goes in comes out, and what cannot be kept exactly is refused."""

from decimal import Decimal, localcontext

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Max, Sum, Value
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from rebill.kit.errors import Invalid
from rebill.kit.fields import Inexact, MoneyField, QuantityField, RateField, ScaledField, UnitPriceField
from rebill.rules.money import CurrencyMismatch, Money
from tests.kit.samples import Sample

KEPT = st.integers(-(2**63) + 1, 2**63 - 1)


@pytest.mark.usefixtures("sample_tables")
class AnyValue(TestCase):
    """The whole range of the column, by way of the database."""

    @given(KEPT)
    def test_a_price_comes_back_as_it_was_saved(self, kept: int) -> None:
        price = Decimal(kept).scaleb(-6)

        sample = Sample.objects.create(price=price)

        assert Sample.objects.get(price=price).price == price
        assert Sample.objects.values_list("price", flat=True).get(pk=sample.pk).as_tuple().exponent == -6

    @given(KEPT)
    def test_a_quantity_comes_back_as_it_was_saved(self, kept: int) -> None:
        quantity = Decimal(kept).scaleb(-8)

        sample = Sample.objects.create(quantity=str(quantity))

        sample.refresh_from_db()
        assert sample.quantity == quantity

    @given(KEPT, st.sampled_from(["EUR", "JPY", "KWD"]))
    def test_money_comes_back_as_it_was_saved(self, minor: int, currency: str) -> None:
        sample = Sample.objects.create(currency=currency, amount=Money(minor, currency))

        assert Sample.objects.get(pk=sample.pk).amount == Money(minor, currency)

    @given(st.lists(st.integers(-(10**15), 10**15), min_size=1, max_size=20))
    def test_a_sum_in_the_database_is_the_exact_sum(self, kept: list[int]) -> None:
        Sample.objects.all().delete()
        Sample.objects.bulk_create(Sample(price=Decimal(each).scaleb(-6), amount=each) for each in kept)

        sums = Sample.objects.aggregate(price=Sum("price"), amount=Sum("amount"))

        assert sums == {"price": Decimal(sum(kept)).scaleb(-6), "amount": sum(kept)}


@given(KEPT, st.integers(0, 12), st.integers(0, 12))
def test_a_decimal_is_scaled_exactly_or_refused(kept: int, places: int, decimals: int):
    value = Decimal(kept).scaleb(-decimals)
    field = ScaledField(places=places)

    exact = kept * 10**places
    if exact % 10**decimals or not -(2**63) < exact // 10**decimals < 2**63:
        with pytest.raises(Inexact):
            field.scaled(value)
    else:
        assert field.scaled(value) == exact // 10**decimals


def test_the_precision_of_the_moment_changes_nothing():
    with localcontext(prec=3):
        assert UnitPriceField().scaled(Decimal("123456.789012")) == 123_456_789_012


@pytest.mark.parametrize(
    "value",
    [
        1.5,
        1.0,
        True,
        "1,5",
        "",
        "twelve",
        Decimal("NaN"),
        Decimal("Infinity"),
        "1.0000001",
        Decimal("1E-400"),
        Decimal("1E+400"),
        Decimal("1E+999999"),
        "9223372036854.775808",
        [1],
    ],
)
def test_what_a_price_cannot_be_is_refused(value: object):
    for use in (UnitPriceField().get_prep_value, UnitPriceField().to_python):
        with pytest.raises(Inexact):
            use(value)


def test_a_refusal_is_both_invalid_and_fit_for_a_form():
    with pytest.raises(Invalid) as refused:
        UnitPriceField().clean(1.5, None)
    assert isinstance(refused.value, ValidationError)
    assert refused.value.messages == ["1.5 is a float; give a Decimal, a whole number or text."]
    assert str(refused.value) == refused.value.messages[0]


@pytest.mark.parametrize("value", ["1.50", Decimal("1.5"), "1.50000000000", "0.15E1", " 1.5 "])
def test_the_same_price_written_in_several_ways_is_kept_the_same(value: object):
    assert UnitPriceField().get_prep_value(value) == 1_500_000


def test_zero_may_have_any_exponent():
    assert [UnitPriceField().scaled(Decimal(each)) for each in ("0E+500", "0E-500", "-0")] == [0, 0, 0]


@pytest.mark.usefixtures("samples")
class TestScaledInQueries:
    def test_floats_are_refused_in_every_comparison(self):
        for lookup in ("exact", "gt", "gte", "lt", "lte", "in", "range"):
            wanted = [1.5, 2.5] if lookup in ("in", "range") else 1.5
            with pytest.raises(Inexact):
                Sample.objects.filter(**{f"price__{lookup}": wanted}).exists()
            with pytest.raises(Inexact):
                Sample.objects.filter(**{f"amount__{lookup}": wanted}).exists()

    def test_comparisons_take_decimals_and_text(self):
        for price in ("0.999999", "1.000000", "1.000001"):
            Sample.objects.create(price=price)

        assert Sample.objects.filter(price__gte=Decimal(1)).count() == 2
        assert Sample.objects.filter(price__lt="1").count() == 1
        assert Sample.objects.filter(price__in=["1", Decimal("1.000001")]).count() == 2
        assert Sample.objects.filter(price__range=("0.999999", 1)).count() == 2
        assert Sample.objects.filter(price__isnull=True).count() == 0

    def test_f_expressions_and_aggregates_are_exact(self):
        sample = Sample.objects.create(price="0.1", quantity="0.1")

        Sample.objects.update(price=F("price") * 3)
        Sample.objects.update(price=F("price") + Value(Decimal("0.000001"), output_field=UnitPriceField()))

        sample.refresh_from_db()
        assert sample.price == Decimal("0.300001")
        assert Sample.objects.aggregate(most=Max("price"))["most"] == Decimal("0.300001")
        assert Sample.objects.aggregate(total=Sum("price", filter=models.Q(price__lt=0)))["total"] is None

    def test_bulk_writes_of_django_keep_them_too(self):
        samples = Sample.objects.bulk_create([Sample(price="1.5", amount=Money(5, "EUR")), Sample(price=None)])
        samples[1].price = Decimal("2.5")
        samples[1].amount = Money(7, "EUR")
        Sample.objects.bulk_update(samples, ["price", "amount"])

        assert list(Sample.objects.values_list("price", "amount")) == [(Decimal("1.5"), 5), (Decimal("2.5"), 7)]

    def test_a_float_is_refused_on_save(self):
        with pytest.raises(Inexact):
            Sample.objects.create(quantity=0.1)


@pytest.mark.usefixtures("samples")
class TestMoney:
    def test_an_amount_reads_as_money_of_the_currency_of_the_row(self):
        Sample.objects.create(amount=1234, currency="KWD")

        sample = Sample.objects.get()

        assert sample.amount == Money.of("1.234", "KWD")

    def test_it_reads_when_it_was_deferred(self):
        Sample.objects.create(amount=Money(7, "EUR"))

        assert Sample.objects.only("id").get().amount == Money(7, "EUR")
        assert Sample.objects.only("amount").get().amount == Money(7, "EUR")

    def test_money_of_another_currency_is_refused_when_assigned(self):
        sample = Sample(currency="EUR")
        with pytest.raises(CurrencyMismatch, match=r"sample\.amount is in EUR, not in USD"):
            sample.amount = Money(1, "USD")

    def test_money_of_another_currency_is_refused_when_the_row_is_made(self):
        # The amount stands before the currency, so it is only known to differ once the row is read or saved.
        sample = Sample(amount=Money(1, "USD"), currency="EUR")
        with pytest.raises(CurrencyMismatch):
            sample.save()

    def test_a_currency_changed_under_an_amount_is_refused(self):
        sample = Sample(amount=Money(1, "EUR"), currency="EUR")
        sample.currency = "USD"
        with pytest.raises(CurrencyMismatch):
            sample.amount  # noqa: B018

    def test_none_is_none(self):
        sample = Sample.objects.create(amount=None)
        sample.refresh_from_db()
        assert sample.amount is None

    @pytest.mark.parametrize("value", [1.0, "1", Decimal(1), True, object(), Money(1.5, "EUR")])
    def test_what_is_neither_money_nor_minor_units_is_refused(self, value: object):
        with pytest.raises(Inexact):
            Sample.objects.create(amount=value)

    def test_an_amount_beyond_the_column_is_refused(self):
        with pytest.raises(Inexact):
            Sample.objects.create(amount=2**63)

    def test_expressions_work(self):
        sample = Sample.objects.create(amount=Money(100, "EUR"))
        sample.amount = F("amount") + 50
        sample.save()
        sample.refresh_from_db()
        assert sample.amount == Money(150, "EUR")
        assert Sample.objects.filter(amount__gt=Money(149, "EUR"), amount=F("amount")).exists()

    def test_sums_are_whole_minor_units(self):
        Sample.objects.bulk_create([Sample(amount=10), Sample(amount=-3), Sample(amount=None)])
        total = Sample.objects.aggregate(total=Sum("amount"))["total"]
        assert (total, type(total)) == (7, int)

    def test_a_row_passes_its_own_validation(self):
        sample = Sample(amount=Money(5, "EUR"), price=Decimal("1.5"), text="x")
        empty = [field.name for field in Sample._meta.fields if field.value_from_object(sample) is None]
        sample.clean_fields(exclude=empty)
        assert (sample.amount, sample.price) == (Money(5, "EUR"), Decimal("1.500000"))

    @pytest.mark.parametrize(("name", "value"), [("amount", Money(5, "EUR")), ("quantity", Decimal("-0.00000001"))])
    def test_a_value_survives_a_dump_and_a_load(self, name: str, value: object):
        field = Sample._meta.get_field(name)
        sample = Sample(**{name: value})

        setattr(sample, name, field.to_python(field.value_to_string(sample)))

        assert getattr(sample, name) == value


def test_columns_describe_themselves_for_migrations():
    for field in (
        ScaledField(places=3),
        UnitPriceField(null=True),
        QuantityField(),
        RateField(default=0),
        MoneyField(currency_field="kept_in"),
        MoneyField(),
    ):
        _, path, args, kwargs = field.deconstruct()
        again = type(field)(*args, **kwargs)
        assert path == f"rebill.kit.fields.{type(field).__name__}"
        assert again.deconstruct() == field.deconstruct()
        assert again.db_parameters(connection) == models.BigIntegerField().db_parameters(connection)


def test_an_amount_without_its_currency_is_found_by_the_checks():
    class Priceless(models.Model):
        amount = MoneyField()

        class Meta:
            app_label = "kit_samples"

    assert [message.id for message in Priceless._meta.get_field("amount").check()] == ["kit.E001"]
    assert Sample._meta.get_field("amount").check() == []
