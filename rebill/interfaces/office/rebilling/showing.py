"""One purchase invoice: what it comes to, who cannot be billed yet and why, who gets what at which margin."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.interfaces import formats
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.rebilling.forms import BillForm
from rebill.interfaces.office.rebilling.listing import PILLS
from rebill.kit.errors import Problem
from rebill.kit.files import read_file
from rebill.parties.models import Customer
from rebill.rules.matching.products import product_identity
from rebill.rules.money import split_minor
from rebill.runs.queries.rebilled import drafts_of_purchase
from rebill.sources.supplier_invoices.models import PurchaseInvoice
from rebill.sources.supplier_invoices.queries.accounts import settlements_of
from rebill.sources.supplier_invoices.queries.candidates import nearest_customers
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of, waiting_orders
from rebill.sources.supplier_invoices.queries.splitting import EndCustomer, Split, SplitRow, Standing, split_invoice
from rebill.sources.supplier_invoices.words import STATE_WORDS, doubt_problems

CUSTOMERS_SHOWN = 20
FIXES_SHOWN = 20
# A margin below a tenth of what is asked is worth a look; in tenths of a percent.
LOW_MARGIN = 100


@dataclass(frozen=True, slots=True)
class Fix:
    """What keeps rows back: somebody unknown, or a product unknown, with what it could be."""

    is_product: bool
    title: str
    number: str
    is_doubtful: bool
    row_id: int
    rows: int
    buy: int
    holds: tuple[str, ...]
    candidates: tuple[Customer, ...] = ()
    is_several: bool = False


@dataclass(frozen=True, slots=True)
class ShownCustomer:
    """An end customer as the table shows it."""

    end: EndCustomer
    customer: Customer | None
    standing: str
    share: int | None

    @property
    def percent(self) -> str:
        """The margin as a share of what is asked, in words."""
        return formats.NOTHING if self.share is None else formats.percentage(Decimal(self.share).scaleb(-1))


@page()
def purchase_page(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """Everything about one purchase invoice."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    return show_purchase(request, purchase, BillForm(request, split_invoice(request.acting, purchase)))


def show_purchase(request: OfficeRequest, purchase: PurchaseInvoice, form: BillForm) -> HttpResponse:
    """The page with the form as it is: empty, or with what was refused."""
    split = form.split
    known = Customer.objects.filter(
        seller_id=request.acting.seller_id, pk__in={each.customer_id for each in split.customers if each.customer_id}
    ).in_bulk()
    tab = request.GET.get("tab", "")
    matching = _of_tab(split, tab)
    first = _page_number(request, len(matching))
    shown = matching[first : first + CUSTOMERS_SHOWN]
    context = {
        "purchase": purchase,
        "pill": PILLS[purchase.state],
        "state": STATE_WORDS[purchase.state],
        "split": split,
        "sums": split.sums,
        "ready": _sum_of(split.standing(Standing.READY)),
        "held": _sum_of(split.standing(Standing.HELD)),
        "withdrawn": _sum_of(split.standing(Standing.WITHDRAWN)),
        "billed": _sum_of(split.standing(Standing.BILLED)),
        "bar": _bar(split),
        "fixes": _fixes(request, split, known),
        "nobodys": [row for row in split.others if row.net and not row.is_excluded],
        "left_out": [row for row in split.rows if row.is_excluded],
        "tabs": _tabs(split, tab),
        "tab": tab,
        "shown": [_shown(each, known) for each in shown],
        "total": len(matching),
        "first": first + 1 if shown else 0,
        "last": first + len(shown),
        "before": first // CUSTOMERS_SHOWN if first else None,
        "after": first // CUSTOMERS_SHOWN + 2 if first + len(shown) < len(matching) else None,
        "form": form,
        "drafts": drafts_of_purchase(request.acting, purchase),
        "orders": waiting_orders(purchase).count(),
        "settlements": settlements_of(purchase),
        "problems": _problems(purchase),
        "may_rebill": "rebill" in request.may and not purchase.is_commission,
    }
    return render(request, "office/rebilling/purchase.html", context, status=422 if form.errors else 200)


@page()
def original(request: OfficeRequest, purchase_id: int) -> HttpResponse:
    """The file as it came, to be saved: never shown, for it is somebody else's."""
    purchase = purchase_invoice_of(request.acting, purchase_id)
    answer = HttpResponse(read_file(purchase.file_id), content_type="application/octet-stream")
    name = "".join(letter if letter.isalnum() or letter in "._-" else "_" for letter in purchase.file_name)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name.encode("ascii", "replace").decode()}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _problems(purchase: PurchaseInvoice) -> list[Problem]:
    return doubt_problems(purchase.doubts, where=purchase.number)


@dataclass(frozen=True, slots=True)
class Total:
    """What some end customers come to."""

    customers: int
    rows: int
    buy: int
    sell: int
    below_cost: int

    @property
    def margin(self) -> int:
        return self.sell - self.buy

    @property
    def share(self) -> int | None:
        """The margin as a share of what is asked, in tenths of a percent."""
        return self.margin * 1000 // self.sell if self.sell > 0 else None


def _sum_of(ends: Sequence[EndCustomer]) -> Total:
    return Total(
        customers=len(ends),
        rows=sum(len(list(each.counted)) for each in ends),
        buy=sum(each.buy for each in ends),
        sell=sum(each.sell for each in ends),
        below_cost=sum(each.below_cost for each in ends),
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """How wide the parts of the bar are, of 100: ready, passed on, held back."""

    ready: int
    billed: int
    held: int

    @property
    def held_from(self) -> int:
        return self.ready + self.billed


def _bar(split: Split) -> Bar:
    billed = split.standing(Standing.BILLED, Standing.WITHDRAWN)
    counts = [len(split.standing(Standing.READY)), len(billed), len(split.standing(Standing.HELD))]
    total = sum(counts)
    return Bar(*(split_minor(100, counts) if total else [0, 0, 0]))


def _of_tab(split: Split, tab: str) -> list[EndCustomer]:
    match tab:
        case "ready" | "held" | "withdrawn" | "billed":
            return split.standing(Standing(tab))
        case "low":
            return [each for each in split.customers if (share := _share(each)) is not None and share < LOW_MARGIN]
    return list(split.customers)


def _tabs(split: Split, tab: str) -> list[tuple[str, str, int]]:
    found = [
        ("", _("All"), len(split.customers)),
        ("ready", _("Ready"), len(split.standing(Standing.READY))),
        ("held", _("To fix"), len(split.standing(Standing.HELD))),
        ("withdrawn", _("Withdrawn"), len(split.standing(Standing.WITHDRAWN))),
        ("billed", _("Billed"), len(split.standing(Standing.BILLED))),
        ("low", _("Below 10% margin"), len(_of_tab(split, "low"))),
    ]
    return [each for each in found if each[2] or not each[0] or each[0] == tab]


def _share(end: EndCustomer) -> int | None:
    return end.margin * 1000 // end.sell if end.sell > 0 else None


def _shown(end: EndCustomer, known: dict[int, Customer]) -> ShownCustomer:
    return ShownCustomer(end, known.get(end.customer_id or 0), end.standing.value, _share(end))


def _page_number(request: OfficeRequest, total: int) -> int:
    asked = request.GET.get("customers", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return min(max(number - 1, 0) * CUSTOMERS_SHOWN, max(total - 1, 0) // CUSTOMERS_SHOWN * CUSTOMERS_SHOWN)


# --- what keeps customers back --------------------------------------------------------------------------------------


def _fixes(request: OfficeRequest, split: Split, known: dict[int, Customer]) -> list[Fix]:
    held = split.standing(Standing.HELD)
    unknown = [each for each in held if each.customer_id is None][:FIXES_SHOWN]
    nearest = nearest_customers(request.acting, unknown)
    fixes = [_customer_fix(end, near) for end, near in zip(unknown, nearest, strict=True)]
    products: dict[str, list[tuple[EndCustomer, SplitRow]]] = {}
    for end in held:
        for row in end.rows:
            if row.lacks_product:
                products.setdefault(product_identity(row.code, row.name), []).append((end, row))
    fixes += [_product_fix(rows, known) for rows in list(products.values())[:FIXES_SHOWN]]
    return fixes


def _customer_fix(end: EndCustomer, near: tuple[Customer, ...]) -> Fix:
    rows = list(end.counted)
    return Fix(
        is_product=False,
        title=end.name or end.number,
        number=end.number if end.name else "",
        is_doubtful=any(row.end_is_doubtful for row in rows),
        row_id=end.rows[0].id,
        rows=len(rows),
        buy=end.buy,
        holds=(),
        candidates=near,
        is_several=any(row.customer_by == "several" for row in rows),
    )


def _product_fix(rows: list[tuple[EndCustomer, SplitRow]], known: dict[int, Customer]) -> Fix:
    first = rows[0][1]
    held = dict.fromkeys(
        known[end.customer_id].name if end.customer_id in known else end.name or end.number for end, _row in rows
    )
    return Fix(
        is_product=True,
        title=first.name or first.code,
        number=first.code if first.name else "",
        is_doubtful=False,
        row_id=first.id,
        rows=len(rows),
        buy=sum(row.net for _end, row in rows),
        holds=tuple(held)[:3],
    )
