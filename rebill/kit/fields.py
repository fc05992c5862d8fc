"""Columns for exact numbers: an integer in the database, on SQLite and PostgreSQL alike; never a float."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from django import forms
from django.core import checks
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Combinable, Expression
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext as _

from rebill.kit.errors import Invalid
from rebill.rules.money import CurrencyMismatch, Money

LARGEST = 2**63 - 1

_Given = TypeVar("_Given", contravariant=True)
_Shown = TypeVar("_Shown", covariant=True)

# Checkers want to know what a column takes and what it shows; at run time Django's columns take no type arguments.
if TYPE_CHECKING:
    _IntegerColumn = models.BigIntegerField[_Given, _Shown]
else:

    class _IntegerColumn(models.BigIntegerField):
        def __class_getitem__(cls, _):
            return cls


class Inexact(ValidationError, Invalid):
    """A value that an exact column cannot keep as it is: a float, too many decimal places, too large, not a number.

    It is a ValidationError too, so that forms show it beside their field.
    """

    def __init__(self, message: str) -> None:
        super().__init__(message, code="inexact")

    def __str__(self) -> str:
        return str(self.message)


def _bounded(number: int, shown: object) -> int:
    if not -LARGEST <= number <= LARGEST:
        raise Inexact(_("%(value)s is too large to be kept.") % {"value": shown})
    return number


class ExactField(_IntegerColumn[_Given, _Shown]):
    """What the exact columns share. Django's integer columns round a float in `gte` and `lt`; these refuse it."""


ExactField.register_lookup(GreaterThanOrEqual)
ExactField.register_lookup(LessThan)


class ScaledField(ExactField[_Given, _Shown]):
    """A Decimal of fixed `places`, kept as an integer of 10^-places.

    Reads give a Decimal of exactly `places` decimals. Writes and lookups take Decimal, int or str, and refuse floats
    and more decimals than there are places. Sum, Min and Max give exact Decimals. Inside the database the column is
    the integer: `F("price") * 2` is right, while adding a plain number to `F("price")` would add units of 10^-places,
    so wrap the number: `F("price") + Value(Decimal("1.5"), output_field=UnitPriceField())`. Avg is not exact: sum,
    count and round by rule instead.
    """

    # What checkers see of such an attribute.
    _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

    def __init__(self, *args: Any, places: int, **kwargs: Any) -> None:
        self.places = places
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "places": self.places}

    @cached_property
    def validators(self) -> list[Any]:
        # The range of the integer column is no range of the decimal value; to_python checks it instead.
        return list(super(models.IntegerField, self).validators)

    def from_db_value(
        self, value: int | Decimal | None, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)

    def to_python(self, value: Any) -> Decimal | None:
        """The Decimal that the column would give back for this value; Inexact when it cannot keep it."""
        number = self.scaled(value)
        return None if number is None else Decimal(number).scaleb(-self.places)

    def get_prep_value(self, value: Any) -> int | None:
        return self.scaled(value)

    def scaled(self, value: Any) -> int | None:
        """The integer that is kept: 1.5 with 6 places is 1500000."""
        if value is None:
            return None
        if isinstance(value, bool | float) or not isinstance(value, Decimal | int | str):
            raise Inexact(
                _("%(value)r is a %(name)s; give a Decimal, a whole number or text.")
                % {"value": value, "name": type(value).__name__}
            )
        try:
            exact = Decimal(value)
        except InvalidOperation:
            raise Inexact(_("%(value)r is not a number.") % {"value": value}) from None
        sign, digits, exponent = exact.as_tuple()
        if not isinstance(exponent, int):
            raise Inexact(_("%(value)s is not a number that can be kept.") % {"value": value})
        if exact and exact.adjusted() + self.places > 19:
            raise Inexact(_("%(value)s is too large to be kept.") % {"value": value})
        # Whole-number arithmetic, because arithmetic with Decimals rounds to the precision of the moment.
        number = int("".join(map(str, digits)))
        shift = exponent + self.places
        if shift >= 0:
            number = number * 10**shift if number else 0
        else:
            number, rest = divmod(number, 10 ** min(-shift, len(digits) + 1))
            if rest:
                raise Inexact(
                    _("%(value)s has more than %(places)s decimal places.") % {"value": value, "places": self.places}
                )
        return _bounded(-number if sign else number, value)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else format(value, "f")

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        return models.Field.formfield(
            self, *args, **{"form_class": forms.DecimalField, "decimal_places": self.places, **kwargs}
        )


class _FixedScaleField(ScaledField[_Given, _Shown]):
    """A scaled column whose places are its kind."""

    PLACES: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "places": self.PLACES})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["places"]
        return name, path, args, kwargs


class UnitPriceField(_FixedScaleField[_Given, _Shown]):
    """A price for one unit, to 10^-6 of the currency."""

    PLACES = 6


class QuantityField(_FixedScaleField[_Given, _Shown]):
    """A quantity, to 10^-8 of the unit."""

    PLACES = 8


class RateField(_FixedScaleField[_Given, _Shown]):
    """A percentage or a factor, to 10^-6."""

    PLACES = 6


class MoneyAttribute(DeferredAttribute):
    """Shows the kept integer of minor units as Money in the currency of the row."""

    field: "MoneyField[Any, Any]"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or value is None or hasattr(value, "resolve_expression"):
            return value
        currency = getattr(instance, self.field.currency_field)
        if isinstance(value, Money):
            self._match(value, currency)
            return value
        return Money(value, currency)

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, Money):
            # Rows are filled column by column, so the currency may not be there yet; reading and saving compare again.
            currency = instance.__dict__.get(self.field.currency_field)
            if currency:
                self._match(value, currency)
        elif type(value) is not int and not hasattr(value, "resolve_expression"):
            self.field.get_prep_value(value)
        instance.__dict__[self.field.attname] = value

    def _match(self, money: Money, currency: str) -> None:
        if money.currency != currency:
            name = f"{self.field.model._meta.verbose_name}.{self.field.name}"
            raise CurrencyMismatch(f"{name} is in {currency or 'no currency'}, not in {money.currency}.")


class MoneyField(ExactField[_Given, _Shown]):
    """Money in the currency that the row names in `currency_field`, kept as an integer of minor units.

    The attribute reads as Money; it takes Money of the row's currency, an integer of minor units, or None where null is
    allowed. Queries, `values_list` and Sum give the integer: the caller groups by currency. Lookups compare minor units
    and not the currency. A model form leaves the column out, because an amount needs a currency to be asked for.
    """

    # What checkers see of such an attribute.
    _pyi_private_set_type: Money | int | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Money  # type: ignore[assignment]
    descriptor_class = MoneyAttribute

    def __init__(self, *args: Any, currency_field: str = "currency", **kwargs: Any) -> None:
        self.currency_field = currency_field
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.currency_field != "currency":
            kwargs["currency_field"] = self.currency_field
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        errors = super().check(**kwargs)
        if not hasattr(self.model, self.currency_field):
            reason = f"{self.name} needs its currency, but there is no {self.currency_field} on this model."
            errors.append(checks.Error(reason, obj=self, id="kit.E001"))
        return errors

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            try:
                return int(value)
            except ValueError:
                raise Inexact(_("%(value)r is not a whole number of minor units.") % {"value": value}) from None
        self.get_prep_value(value)
        return value

    def get_prep_value(self, value: Any) -> int | None:
        if value is None:
            return None
        minor = value.minor if isinstance(value, Money) else value
        if isinstance(minor, int) and not isinstance(minor, bool):
            return _bounded(minor, value)
        raise Inexact(_("%(value)r is neither Money nor a whole number of minor units.") % {"value": value})

    def run_validators(self, value: Any) -> None:
        super().run_validators(self.get_prep_value(value))

    def value_to_string(self, obj: models.Model) -> str:
        value = self.get_prep_value(self.value_from_object(obj))
        return "" if value is None else str(value)

    def formfield(self, *args: Any, **kwargs: Any) -> None:
        return None
