"""What a credit note takes back: never more than was invoiced, and with the last one everything, to the cent.

All amounts are signed as on the invoice: the credit of a line of 100.00 is 100.00, and the document that is a credit
note gives it its meaning. A line that was negative on the invoice is credited negative.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rebill.rules.errors import Invalid
from rebill.rules.errors import said as _
from rebill.rules.money import ONE_E6, ONE_E8, amount_minor, divide_half_up, split_minor
from rebill.rules.tax import Included, TaxCategory, TaxLine, paper_order, tax_of


class NothingLeft(Invalid):
    """All there was to credit has been credited."""


class UnknownLine(Invalid):
    """The invoice has no line at that position, or it was named twice."""


class CreditTooLarge(Invalid):
    """More than is left. `left_minor` and `left_e8` say what is left of amount and quantity."""

    def __init__(self, *, left_minor: int, left_e8: int = 0, position: int = 0) -> None:
        super().__init__(
            _("More would be credited of line %(line)s than is left of it.", line=position)
            if position
            else _("More would be credited than is left of the invoice.")
        )
        self.left_minor = left_minor
        self.left_e8 = left_e8


@dataclass(frozen=True, slots=True)
class InvoicedLine:
    """A line of the issued invoice, as printed."""

    position: int
    quantity_e8: int
    price_e6: int
    net_minor: int
    category: TaxCategory
    rate_e6: int
    # What was asked for it where VAT was in its price.
    gross_minor: int | None = None


@dataclass(frozen=True, slots=True)
class CreditLine:
    """A line of a credit note: `quantity_e8 × price_e6` is `net_minor`, to the cent.

    `taken_e8` is how much of the invoiced quantity is taken back: none when only the price is reduced, in which case
    the line is printed as one times the amount.
    """

    position: int
    quantity_e8: int
    price_e6: int
    net_minor: int
    category: TaxCategory
    rate_e6: int
    taken_e8: int


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit note in numbers; earlier ones are handed back in the same shape."""

    lines: tuple[CreditLine, ...]
    tax_lines: tuple[TaxLine, ...]

    @property
    def net_minor(self) -> int:
        return sum(line.base_minor for line in self.tax_lines)

    @property
    def tax_minor(self) -> int:
        return sum(line.tax_minor for line in self.tax_lines)

    @property
    def gross_minor(self) -> int:
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class LineRequest:
    """What to credit of one line: a quantity, or a net amount, or (neither) all that is left of it."""

    position: int
    quantity_e8: int | None = None
    net_minor: int | None = None


@dataclass(frozen=True, slots=True)
class LineLeft:
    """What can still be credited of one line; `reduced_minor` was credited without taking any quantity back."""

    line: InvoicedLine
    quantity_e8: int
    net_minor: int
    reduced_minor: int

    @property
    def is_open(self) -> bool:
        """A line of amount zero is open as long as quantity is left."""
        return bool(self.net_minor) or (not self.line.net_minor and bool(self.quantity_e8))


def what_is_left(lines: Sequence[InvoicedLine], earlier: Iterable[Credit] = ()) -> tuple[LineLeft, ...]:
    """What is left of every line after the earlier credits, in the order of the invoice."""
    quantities = {line.position: line.quantity_e8 for line in lines}
    nets = {line.position: line.net_minor for line in lines}
    reduced = dict.fromkeys(nets, 0)
    for credit in earlier:
        for taken in credit.lines:
            if taken.position not in nets:
                raise UnknownLine(
                    _(
                        "An earlier credit names line %(position)s, which the invoice does not have.",
                        position=taken.position,
                    )
                )
            quantities[taken.position] -= taken.taken_e8
            nets[taken.position] -= taken.net_minor
            if not taken.taken_e8:
                reduced[taken.position] += taken.net_minor
    return tuple(
        LineLeft(line, quantities[line.position], nets[line.position], reduced[line.position]) for line in lines
    )


def credit_whole(
    lines: Sequence[InvoicedLine], tax_lines: Sequence[TaxLine], earlier: Sequence[Credit] = (), *, digits: int
) -> Credit:
    """Everything that is left. Of an invoice without earlier credits it is the mirror image."""
    open_lines = [left for left in what_is_left(lines, earlier) if left.is_open]
    requests = [LineRequest(left.line.position) for left in open_lines]
    return credit_lines(lines, tax_lines, earlier, requests, digits=digits)


def credit_lines(
    lines: Sequence[InvoicedLine],
    tax_lines: Sequence[TaxLine],
    earlier: Sequence[Credit],
    requests: Sequence[LineRequest],
    *,
    digits: int,
) -> Credit:
    """Some lines, in whole, by quantity or by amount. Refuses what is more than is left of a line."""
    left_by_position = {left.line.position: left for left in what_is_left(lines, earlier)}
    if not requests or not any(left.is_open for left in left_by_position.values()):
        raise NothingLeft(_("There is nothing left to credit."))
    if len({request.position for request in requests}) < len(requests):
        raise UnknownLine(_("A line can be named only once in a credit note."))
    credited = []
    for request in requests:
        left = left_by_position.get(request.position)
        if left is None:
            raise UnknownLine(_("The invoice has no line %(position)s.", position=request.position))
        credited.append(_credit_line(left, request, digits))
    return Credit(tuple(credited), _credit_tax(lines, tax_lines, earlier, credited))


def credit_amount(
    lines: Sequence[InvoicedLine],
    tax_lines: Sequence[TaxLine],
    earlier: Sequence[Credit],
    net_minor: int,
    *,
    digits: int,
) -> Credit:
    """A net amount off the whole invoice, shared over its lines in proportion to what is left of each."""
    left = what_is_left(lines, earlier)
    total = sum(each.net_minor for each in left)
    if not total:
        raise NothingLeft(_("There is nothing left to credit."))
    sign = -1 if total < 0 else 1
    if not 0 < sign * net_minor <= sign * total:
        raise CreditTooLarge(left_minor=total)
    weights = [max(0, sign * each.net_minor) for each in left]
    shares = split_minor(net_minor, weights)
    requests = [
        LineRequest(each.line.position, net_minor=share) for each, share in zip(left, shares, strict=True) if share
    ]
    return credit_lines(lines, tax_lines, earlier, requests, digits=digits)


def _credit_line(left: LineLeft, request: LineRequest, digits: int) -> CreditLine:
    line = left.line
    if not left.is_open:
        raise CreditTooLarge(left_minor=0, position=line.position)
    if request.quantity_e8 is not None and request.net_minor is not None:
        raise Invalid(_("Line %(position)s is credited by quantity or by amount, not by both.", position=line.position))
    if request.net_minor is not None:
        return _by_amount(left, request.net_minor, digits)
    if request.quantity_e8 is not None:
        return _by_quantity(left, request.quantity_e8, digits)
    return _printed(left, left.quantity_e8, left.net_minor, digits)


def _by_amount(left: LineLeft, net_minor: int, digits: int) -> CreditLine:
    if net_minor == left.net_minor:
        return _printed(left, left.quantity_e8, net_minor, digits)
    if not _is_part(net_minor, left.net_minor):
        raise _too_large(left)
    return _printed(left, 0, net_minor, digits)


def _by_quantity(left: LineLeft, quantity_e8: int, digits: int) -> CreditLine:
    if quantity_e8 == left.quantity_e8:
        return _printed(left, quantity_e8, left.net_minor, digits)
    if not _is_part(quantity_e8, left.quantity_e8):
        raise _too_large(left)
    net_minor = amount_minor(quantity_e8, left.line.price_e6, digits)
    if abs(net_minor) > abs(left.net_minor):
        if left.reduced_minor:
            raise _too_large(left)
        # Many small quantities, each rounded up, come to more than the line did: the cents run out before the pieces.
        net_minor = left.net_minor
    return _printed(left, quantity_e8, net_minor, digits)


def _printed(left: LineLeft, taken_e8: int, net_minor: int, digits: int) -> CreditLine:
    """The credit line as it can be checked on paper: at the invoiced price, else at a reduced one, else one times the
    amount."""
    line = left.line
    quantity_e8, price_e6 = taken_e8, line.price_e6
    if taken_e8 and amount_minor(taken_e8, price_e6, digits) != net_minor:
        price_e6 = divide_half_up(net_minor * 10 ** (14 - digits), taken_e8)
    if not taken_e8 or amount_minor(taken_e8, price_e6, digits) != net_minor:
        quantity_e8 = -ONE_E8 if net_minor < 0 else ONE_E8
        price_e6 = abs(net_minor) * ONE_E6 // 10**digits
    return CreditLine(line.position, quantity_e8, price_e6, net_minor, line.category, line.rate_e6, taken_e8)


def _credit_tax(
    lines: Sequence[InvoicedLine],
    tax_lines: Sequence[TaxLine],
    earlier: Sequence[Credit],
    credited: Sequence[CreditLine],
) -> tuple[TaxLine, ...]:
    invoiced = {(line.category, line.rate_e6): line for line in tax_lines}
    nets: dict[tuple[str, int], int] = {}
    for line in credited:
        nets[line.category, line.rate_e6] = nets.get((line.category, line.rate_e6), 0) + line.net_minor
    now = {line.position: line.net_minor for line in credited}
    left = what_is_left(lines, earlier)
    earlier_lines = [line for credit in earlier for line in credit.lines]
    asked_before, asked_until = _asked(lines, earlier_lines), _asked(lines, [*earlier_lines, *credited])
    taxed = []
    for key in sorted(nets, key=paper_order):
        before = [tax for credit in earlier for tax in credit.tax_lines if (tax.category, tax.rate_e6) == key]
        group = [each for each in left if (each.line.category, each.line.rate_e6) == key]
        if key not in invoiced:
            raise UnknownLine(
                _("The invoice has no VAT of category %(category)s at %(rate)s.", category=key[0], rate=key[1])
            )
        tax_minor = _group_tax(
            invoiced[key],
            nets[key],
            asked=_since(asked_before.get(key, _NONE), asked_until.get(key, _NONE)),
            base_before=sum(tax.base_minor for tax in before) - asked_before.get(key, _NONE).net_minor,
            tax_before=sum(tax.tax_minor for tax in before) - asked_before.get(key, _NONE).tax_minor,
            left_minor=invoiced[key].tax_minor - sum(tax.tax_minor for tax in before),
            takes_the_rest=all(each.net_minor == now.get(each.line.position, 0) for each in group),
            one_sign=len({each.line.net_minor > 0 for each in group if each.line.net_minor}) == 1,
        )
        taxed.append(TaxLine(invoiced[key].category, key[1], nets[key], tax_minor))
    return tuple(taxed)


_NONE = Included(0, 0)


def _asked(lines: Sequence[InvoicedLine], taken: Iterable[CreditLine]) -> dict[tuple[str, int], Included]:
    """What is taken back of lines that were sold with VAT in their prices, by category and rate: its net amount and its
    share of the VAT that was asked, rounded once. A line that is taken back, in however many parts, gives all of it."""
    nets: dict[int, int] = {}
    for each in taken:
        nets[each.position] = nets.get(each.position, 0) + each.net_minor
    sums: dict[tuple[str, int], tuple[int, Fraction]] = {}
    for line in lines:
        if line.gross_minor is not None and line.net_minor and line.position in nets:
            net, tax = sums.get((line.category, line.rate_e6), (0, Fraction(0)))
            part = nets[line.position]
            share = Fraction((line.gross_minor - line.net_minor) * part, line.net_minor)
            sums[line.category, line.rate_e6] = (net + part, tax + share)
    return {key: Included(net, divide_half_up(tax.numerator, tax.denominator)) for key, (net, tax) in sums.items()}


def _since(before: Included, until: Included) -> Included:
    """What came to it: so that what is rounded never drifts, however many credits there are."""
    return Included(until.net_minor - before.net_minor, until.tax_minor - before.tax_minor)


def _group_tax(
    invoiced: TaxLine,
    net_minor: int,
    *,
    asked: Included,
    base_before: int,
    tax_before: int,
    left_minor: int,
    takes_the_rest: bool,
    one_sign: bool,
) -> int:
    """The VAT a credit note takes back for one category and rate.

    The one that takes the rest takes the rest of the VAT too. Any other rounds its own VAT, as EN 16931 asks of every
    document, but is held within one cent of the VAT of all credits together, so that small credits cannot drift away.
    What was sold with VAT in its price gives back that VAT, by its part; it counts apart.
    """
    if takes_the_rest:
        return left_minor
    rest = net_minor - asked.net_minor
    together = tax_of(base_before + rest, invoiced.rate_e6) - tax_before
    tax_minor = min(max(tax_of(rest, invoiced.rate_e6), together - 1), together + 1) + asked.tax_minor
    if one_sign:
        tax_minor = min(max(tax_minor, min(0, left_minor)), max(0, left_minor))
    return tax_minor


def _is_part(value: int, whole: int) -> bool:
    return 0 < value < whole or whole < value < 0


def _too_large(left: LineLeft) -> CreditTooLarge:
    return CreditTooLarge(left_minor=left.net_minor, left_e8=left.quantity_e8, position=left.line.position)
