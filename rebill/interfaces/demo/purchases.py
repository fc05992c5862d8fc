"""Suppliers' invoices for what the partner's customers use: taken in in four forms, and passed on."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

from rebill.catalogue.commands import create_product
from rebill.catalogue.models import Product, ProductKind
from rebill.catalogue.queries import product_by_code
from rebill.interfaces.demo.cast import BUILDERS, CAFE, DOCTORS, NAMED, NAUTA, SALON, SCHOOLS
from rebill.interfaces.demo.hybrid import hybrid_invoice
from rebill.interfaces.demo.stage import Stage
from rebill.interfaces.demo.supplied import (
    COMMISSION,
    KABELHUIS,
    KABELHUIS_COLUMNS,
    Bought,
    Paper,
    finvoice,
    kabelhuis_table,
    mail_with,
    ubl_invoice,
)
from rebill.interfaces.imports.inspecting import Wishes
from rebill.interfaces.purchases.arriving import take_path
from rebill.kit.errors import Conflict
from rebill.kit.imports.options import ImportOptions
from rebill.kit.imports.spreadsheet import write_csv
from rebill.parties.models import Customer
from rebill.parties.queries import customers_of, seller_of
from rebill.runs.commands import rebill_purchase
from rebill.runs.commands.rebilling import Rebilled
from rebill.sources.supplier_invoices.commands import (
    assign_price_group,
    change_supplier,
    leave_rows_out,
    set_price_factor,
)
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms
from rebill.sources.supplier_invoices.models import PurchaseInvoice, Target
from rebill.sources.supplier_invoices.queries.accounts import settlements_of, supplier_balances
from rebill.sources.supplier_invoices.queries.purchases import purchase_invoice_of, row_counts
from rebill.sources.supplier_invoices.queries.splitting import split_invoice

_LICENCES, _BOOKKEEPING = "Nimbus", "Tilipilvi"
_CUSTOMERS, _SEED = 64, 20_261_104
# What a supplier bills, its price a month, and how often it is taken; the last of Nimbus is in nobody's catalogue yet.
_LICENSED = (
    ("NB-M365-BS", "Microsoft 365 Business Standard", "9.85", 50),
    ("NB-M365-BP", "Microsoft 365 Business Premium", "18.20", 25),
    ("NB-AV", "Endpoint protection", "2.15", 22),
    ("NB-COPILOT", "Copilot for Business", "24.60", 3),
)
_NOT_KNOWN = "NB-COPILOT"
_KEPT = (("TP-PERUS", "Tilipilvi, peruspaketti", "19.00"), ("TP-LASKUT", "Tilipilvi, laskutus", "0.35"))
_HOUSED = (("SN-HE", "Serverruimte per hoogte-eenheid", "24.50"), ("SN-KWH", "Stroom in het datacentrum, kWh", "0.31"))
_DELIVERED = (("KH-CAT6", "Netwerkkabel Cat 6, 10 m", "7.40"), ("KH-AP", "Wifi-toegangspunt", "84.00"))
# Heading of a card under which the customer's name stands for the bookkeeping.
_HEADING, _COMMISSION_NET = "Klant", Decimal("58.40")
_OWN_USE = "Eigen voorraad"


class SupplierRefused(Conflict):
    """An invoice of the demo's own suppliers was refused: the demo and rebill no longer fit each other."""


def take_purchases(stage: Stage) -> None:
    """Licences become drafts, bookkeeping goes onto the next run under the customer's name with the supplier's
    commission set off, servers are ready to be billed, and a table of goods waits for the clerk, because not every
    name in it is right."""
    if stage.diary.is_done("purchases"):
        return
    with stage.diary.step("purchases"):
        _know_products(stage)
        _set_prices(stage)
        licences = _take(stage, _licences(stage))
        drafted = _rebill(stage, licences, RebillingTerms(invoice_on=stage.days.next_week))
        package, credit = _take_bookkeeping(stage)
        on_run = _rebill(
            stage,
            package,
            RebillingTerms(
                invoice_on=stage.days.next_month, target=Target.NEXT_RUN, named_dimension=_HEADING,
                writes_dimensions=True,
            ),
        )  # fmt: skip
        housing = _take(stage, _housing(stage))
        goods = _take_goods(stage)
        stage.diary.note(
            purchases={
                "drafts": drafted.drafts,
                "lines": on_run.rows,
                "set_off": str(settlements_of(credit).get().amount.decimal),
                "owed": {each.supplier.name: str(each.owed.decimal) for each in supplier_balances(stage.acting)},
                "invoices": [_told(stage, each) for each in (licences, package, credit, housing, goods)],
            }
        )


def _told(stage: Stage, invoice: PurchaseInvoice) -> dict[str, object]:
    counts = row_counts([invoice.pk])[invoice.pk]
    return {
        "number": invoice.number,
        "supplier": invoice.supplier.name,
        "format": invoice.format,
        "rows": counts.rows,
        "to_fix": 0 if invoice.is_commission else counts.to_fix,
    }


def _know_products(stage: Stage) -> None:
    for code, name, *_price in (*_LICENSED, *_KEPT, *_HOUSED, *_DELIVERED):
        is_there = Product.objects.filter(seller_id=stage.acting.seller_id, code=code).exists()
        if code != _NOT_KNOWN and not is_there:
            kind = ProductKind.HARDWARE if code.startswith("KH-") else ProductKind.RECURRING
            create_product(
                acting=stage.acting, code=code, name=name, kind=kind, ledger_account="8070",
                now=stage.days.corrected_at,
            )  # fmt: skip


def _set_prices(stage: Stage) -> None:
    """Half of those with licences pay a quarter on top; for bookkeeping everybody does, and two fifths on its base."""
    acting, since, now = stage.acting, stage.days.first_month, stage.days.corrected_at
    base = product_by_code(acting, _KEPT[0][0]).pk
    set_price_factor(acting=acting, group=_LICENCES, factor=Decimal("1.25"), valid_from=since, now=now)
    set_price_factor(acting=acting, group=_BOOKKEEPING, factor=Decimal("1.25"), valid_from=since, now=now)
    set_price_factor(
        acting=acting, group=_BOOKKEEPING, factor=Decimal("1.40"), product_id=base, valid_from=since, now=now
    )
    licensed = _dutch(stage)
    assign_price_group(
        acting=acting, customer_ids=[each.pk for each in licensed[: len(licensed) // 2]], group=_LICENCES, now=now
    )
    assign_price_group(acting=acting, customer_ids=[each.pk for each in _finns(stage)], group=_BOOKKEEPING, now=now)


def _take(stage: Stage, path: Path, wishes: Wishes | None = None) -> PurchaseInvoice:
    """The invoice in the file, or in the message; taken before, it is that one."""
    [arrived] = take_path(acting=stage.acting, path=path, now=stage.days.corrected_at, wishes=wishes)
    if arrived.invoice is not None:
        return arrived.invoice
    if arrived.first_id is None:
        raise SupplierRefused(f"{arrived.name}: {arrived.words}")
    return purchase_invoice_of(stage.acting, arrived.first_id)


def _rebill(stage: Stage, invoice: PurchaseInvoice, terms: RebillingTerms) -> Rebilled:
    return rebill_purchase(acting=stage.acting, purchase_id=invoice.pk, terms=terms, now=stage.days.corrected_at)


# --- licences: an e-invoice in a folder -------------------------------------------------------------------------------


def _licences(stage: Stage) -> Path:
    """As Nimbus writes it, the same every time: with what nobody knows, and somebody whom nobody knows."""
    paper = _paper(stage, f"ND-{stage.days.month:%Y%m}-0311", day=3)
    path = stage.folder / "files" / f"nimbus-{paper.number}.xml"
    path.write_text(ubl_invoice(paper, list(_licence_rows(_dutch(stage)))), encoding="utf-8")
    return path


def _dutch(stage: Stage) -> list[Customer]:
    """Organisations with a register number, by which the supplier knows them."""
    found = customers_of(stage.acting).filter(country="NL").exclude(chamber_id="")
    return list(found[:_CUSTOMERS])


def _licence_rows(customers: list[Customer]) -> Iterator[Bought]:
    random = Random(_SEED)
    weights = [weight for *_article, weight in _LICENSED]
    for customer in customers:
        for code, name, price, _weight in dict.fromkeys(random.choices(_LICENSED, weights, k=random.randint(1, 3))):
            yield Bought(customer.chamber_id, "", code, name, random.randint(1, 40), Decimal(price))
    # Somebody whom the supplier knows by a number that nobody here has.
    code, name, price, _weight = _LICENSED[0]
    yield Bought("00990311", "", code, name, 5, Decimal(price))


# --- bookkeeping: Finvoices by mail -----------------------------------------------------------------------------------


def _take_bookkeeping(stage: Stage) -> tuple[PurchaseInvoice, PurchaseInvoice]:
    """The package invoice, and the commission that the supplier pays on it."""
    month = f"{stage.days.month:%y%m}"
    package = _take(stage, _mailed(stage, _paper(stage, f"{month}0117", day=2), list(_kept_rows(_finns(stage)))))
    change_supplier(
        acting=stage.acting, supplier_id=package.supplier_id, commission_codes=[COMMISSION], now=stage.days.corrected_at
    )
    commission = [Bought("", "", COMMISSION, "Kumppanipalkkio", 1, _COMMISSION_NET)]
    return package, _take(stage, _mailed(stage, _paper(stage, f"{month}0118", day=5), commission, is_credit=True))


def _finns(stage: Stage) -> list[Customer]:
    """Those in Finland, whom the supplier knows by their Y-tunnus."""
    return list(customers_of(stage.acting).filter(country="FI").exclude(chamber_id=""))


def _kept_rows(customers: list[Customer]) -> Iterator[Bought]:
    random = Random(_SEED)
    for customer in customers:
        for position, (code, name, price) in enumerate(_KEPT):
            quantity = 1 if position == 0 else random.randint(10, 60)
            yield Bought(customer.chamber_id, customer.name, code, name, quantity, Decimal(price))


def _mailed(stage: Stage, paper: Paper, rows: list[Bought], *, is_credit: bool = False) -> Path:
    name = f"tilipilvi-{paper.number}"
    subject = f"{'Hyvityslasku' if is_credit else 'Lasku'} {paper.number}"
    written = finvoice(paper, rows, is_credit=is_credit)
    path = stage.folder / "files" / f"{name}.eml"
    path.write_bytes(mail_with(written, name=f"{name}.xml", subject=subject, to="facturen-in@waterkant.example"))
    return path


# --- servers: a PDF with the invoice inside it ------------------------------------------------------------------------


def _housing(stage: Stage) -> Path:
    """Everybody in it is known by register number, and every product: it waits for one click."""
    paper = _paper(stage, f"SN{stage.days.month:%y%m}-0042", day=4)
    path = stage.folder / "files" / f"serverhal-{paper.number}.pdf"
    path.write_bytes(hybrid_invoice(paper, list(_housed_rows(_dutch(stage)[:6]))))
    return path


def _housed_rows(customers: list[Customer]) -> Iterator[Bought]:
    random = Random(_SEED)
    for customer in customers:
        for (code, name, price), most in zip(_HOUSED, (4, 600), strict=True):
            yield Bought(customer.chamber_id, customer.name, code, name, random.randint(1, most), Decimal(price))


# --- goods: a table ---------------------------------------------------------------------------------------------------


def _take_goods(stage: Stage) -> PurchaseInvoice:
    """A table whose columns are said by hand. One row was for the partner itself; two are for names that nobody has."""
    paper = _paper(stage, f"KN-{stage.days.month:%m}-778", day=6)
    path = stage.folder / "files" / f"kabelhuis-{paper.number}.csv"
    with path.open("wb") as file:
        write_csv(kabelhuis_table(paper, list(_goods_rows())), to=file)
    wishes = Wishes(
        options=ImportOptions(date_order="dmy"), mapping=KABELHUIS_COLUMNS, constants={"supplier_name": KABELHUIS}
    )
    invoice = _take(stage, path, wishes)
    own = [row.id for row in split_invoice(stage.acting, invoice).rows if row.customer_id is None]
    leave_rows_out(
        acting=stage.acting, invoice_id=invoice.pk, row_ids=own[-1:], reason=_OWN_USE, now=stage.days.corrected_at
    )
    return invoice


def _goods_rows() -> Iterator[Bought]:
    random = Random(_SEED)
    names = [NAMED[number].name for number in (NAUTA, DOCTORS, SCHOOLS, BUILDERS, CAFE, SALON)]
    # As somebody wrote them down who knew them by ear.
    for name in (*names, "Zorgboerderij 't Wad", "Boekhandel van Omme", "Magazijn Waterkant"):
        code, article, price = random.choice(_DELIVERED)
        yield Bought("", name, code, article, random.randint(1, 4), Decimal(price))


def _paper(stage: Stage, number: str, *, day: int) -> Paper:
    seller = seller_of(stage.acting)
    month = stage.days.month
    return Paper(number, month.replace(day=day), month.replace(day=28), seller.name, seller.vat_id)
