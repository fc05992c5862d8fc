"""The partner's dealers open, resell, take orders and bill: Waterkant, the dealers it has, and the dealer of one."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Unpack

from rebill.access.acting import Acting, Role
from rebill.access.commands import create_user
from rebill.access.models import User
from rebill.access.queries import user_named
from rebill.catalogue.commands import ResaleTerms, adopt_product, set_customer_price, set_resale_price
from rebill.catalogue.models import Product
from rebill.catalogue.queries import product_by_code
from rebill.exports.lines.layouts import Side
from rebill.exports.lines.reading import LineReader
from rebill.exports.lines.writing import LineWriter
from rebill.exports.margins import By, margins, margins_file, totals
from rebill.exports.queries import lines_layout
from rebill.interfaces.demo.calls_below import sell_calls_on
from rebill.interfaces.demo.dealers import (
    FIRST,
    MOVES,
    MOVES_ON_DAY,
    ORDERED_ABOVE,
    RESELLERS,
    SECOND,
    OrderedAbove,
    Reseller,
    Taker,
)
from rebill.interfaces.demo.partner import SLUG as PARTNER_SLUG
from rebill.interfaces.demo.partner import USERNAME as PARTNER
from rebill.interfaces.demo.stage import Stage
from rebill.invoices.commands import issue_invoices
from rebill.invoices.queries.invoices import find_invoices
from rebill.kit.errors import NotFound
from rebill.parties.commands import (
    add_seller_account,
    change_look,
    change_seller,
    create_customer,
    grant_role,
    open_dealer,
    set_number_series,
)
from rebill.parties.fields import CustomerTerms
from rebill.parties.models import Customer, Seller, SeriesPurpose
from rebill.parties.queries import acting_for, customer_by_number, seller_with_slug, sellers_of
from rebill.pipeline import complete_documents, move_customer, prepare_chain
from rebill.rules.resale import ResaleKind
from rebill.runs.commands import approve_drafts, prepare_manual_run
from rebill.runs.models import Draft
from rebill.runs.queries.drafts import DraftFilter, find_drafts
from rebill.subscriptions.commands import StartTerms, place_order, start_subscription, start_subscription_below


def open_dealers(stage: Stage) -> None:
    """Customers become dealers with customers of their own, and every level bills the month."""
    if stage.diary.is_done("dealers"):
        return
    with stage.diary.step("dealers"), stage.bar("Dealers") as advance:
        acts: dict[str, Acting] = {"": stage.acting}
        for done, dealer in enumerate(RESELLERS):
            advance(done, 2 * len(RESELLERS))
            acts[dealer.slug] = _open(stage, dealer, acts[dealer.above])
            _resell(stage, dealer, acts)
            for taker in dealer.customers:
                _sell(stage, taker, acts[dealer.slug])
            sell_calls_on(stage, acts[dealer.slug], share=dealer.calls_share, accounts=dealer.callers)
        for order in ORDERED_ABOVE:
            _order_from_above(stage, order, acts[order.dealer])
        _bill_dealers(stage)
        for done, dealer in enumerate(RESELLERS, start=len(RESELLERS)):
            advance(done, 2 * len(RESELLERS))
            _bill_customers(stage, dealer, acts[dealer.slug])
        _move(stage, acts)
        stage.diary.note(dealers=[_told(stage, dealer, acts[dealer.slug]) for dealer in RESELLERS])


def _open(stage: Stage, dealer: Reseller, above: Acting) -> Acting:
    now = stage.days.corrected_at
    owner = _owner(stage, dealer)
    vat_id, chamber_id = dealer.ids
    if not sellers_of(owner).exists():
        customer = _customer(
            stage, above, dealer.number, dealer.name, street=dealer.place.street, postcode=dealer.place.postcode,
            city=dealer.place.city, vat_id=vat_id, chamber_id=chamber_id, currency="EUR",
            invoice_emails=[f"inkoop@{dealer.slug}.example"],
        )  # fmt: skip
        open_dealer(acting=above, customer_id=customer.pk, owner=owner, slug=dealer.slug, now=now)
    acting = acting_for(owner, dealer.slug)
    seller = Seller.objects.get(pk=acting.seller_id)
    if not seller.accounts.exists():
        iban, bic = dealer.iban
        mail = f"facturen@{dealer.slug}.example"
        change_seller(
            acting=acting, email=mail, phone=dealer.phone, website=f"{dealer.slug}.example", payment_term_days=14,
            now=now,
        )  # fmt: skip
        for purpose, pattern in (
            (SeriesPurpose.INVOICE, f"{dealer.prefix}{{year}}-{{number:04}}"),
            (SeriesPurpose.CREDIT_NOTE, f"{dealer.prefix}C{{year}}-{{number:04}}"),
        ):
            set_number_series(acting=acting, purpose=purpose, pattern=pattern, today=now.date(), now=now)
        texts = {"nl": {"footer": dealer.footer}}
        change_look(
            acting=acting, accent_colour=dealer.colour, sender_name=dealer.name, sender_email=mail, texts=texts, now=now
        )
        # So that who looks at the demo can step from one side to the other.
        grant_role(acting=acting, user=user_named(PARTNER), role=Role.CLERK, now=now)
        add_seller_account(acting=acting, iban=iban, bic=bic, holder=dealer.name, now=now)
    return acting


def _owner(stage: Stage, dealer: Reseller) -> User:
    username, full_name = dealer.owner
    try:
        return user_named(username)
    except NotFound:
        return create_user(
            acting=None,
            username=username,
            email=f"{username}@{dealer.slug}.example",
            full_name=full_name,
            language="nl",
            password=stage.diary.figures["password"],
            now=stage.days.corrected_at,
        )


def _customer(stage: Stage, acting: Acting, number: str, name: str, **terms: Unpack[CustomerTerms]) -> Customer:
    known = Customer.objects.filter(seller_id=acting.seller_id, number=number).first()
    return known or create_customer(acting=acting, name=name, number=number, now=stage.days.corrected_at, **terms)


def _resell(stage: Stage, dealer: Reseller, acts: Mapping[str, Acting]) -> None:
    """Takes products over, each priced in its own way or as all are, from long before the first order on."""
    acting, above = acts[dealer.slug], acts[dealer.above]
    since, now = stage.days.first_month, stage.days.corrected_at
    _agree(stage, above, customer_by_number(above, dealer.number), dealer.agreed)
    common = ResaleTerms(kind=ResaleKind.PERCENT, value=Decimal(dealer.on_all))
    set_resale_price(acting=acting, product_id=None, terms=common, valid_from=since, now=now)
    for each in dealer.resold:
        if Product.objects.filter(seller_id=acting.seller_id, code=each.code).exists():
            continue
        adopt_product(
            acting=acting,
            resells_id=product_by_code(above, each.of).pk,
            code=each.code,
            name=each.name,
            ledger_account="8000",
            terms=None if each.kind is None else ResaleTerms(kind=each.kind, value=Decimal(each.value)),
            valid_from=since,
            now=now,
        )


def _agree(stage: Stage, acting: Acting, customer: Customer, agreed: Mapping[str, str]) -> None:
    """Prices that hold for this customer, whatever others pay."""
    for code, price in agreed.items():
        set_customer_price(
            acting=acting,
            customer_id=customer.pk,
            product_id=product_by_code(acting, code).pk,
            unit_price=Decimal(price),
            months=1,
            valid_from=stage.days.first_month,
            now=stage.days.corrected_at,
        )


def _sell(stage: Stage, taker: Taker, acting: Acting) -> None:
    """The orders of the month of a dealer's customer."""
    now = stage.days.corrected_at
    mail = f"{taker.name.split()[-1].lower()}@kop.example"
    customer = _customer(
        stage, acting, taker.number, taker.name, street=taker.place.street, postcode=taker.place.postcode,
        city=taker.place.city, invoice_emails=[mail],
    )  # fmt: skip
    _agree(stage, acting, customer, taker.agreed)
    if customer.subscriptions.exists():
        return
    order = place_order(acting=acting, customer=customer, number=f"B-{taker.number[-3:]}", now=now)
    for code, quantity in taker.taken.items():
        start_subscription(
            acting=acting,
            customer=customer,
            product=product_by_code(acting, code),
            order=order,
            terms=StartTerms(quantity=Decimal(quantity), start_on=stage.days.month, owes_setup=False),
            now=now,
        )


def _order_from_above(stage: Stage, wanted: OrderedAbove, dealer: Acting) -> None:
    customer = customer_by_number(dealer, wanted.customer)
    if customer.orders.filter(number=wanted.order).exists():
        return
    terms = StartTerms(quantity=Decimal(wanted.quantity), start_on=stage.days.month, reference=wanted.reference)
    start_subscription_below(
        acting=stage.acting,
        customer_id=customer.pk,
        product_id=product_by_code(stage.acting, wanted.product).pk,
        terms=terms,
        order_number=wanted.order,
        now=stage.days.corrected_at,
    )


def _bill_dealers(stage: Stage) -> None:
    """Waterkant's invoices to its dealers, in between: a line for each thing that an end customer takes."""
    acting, days = stage.acting, stage.days
    for dealer in (each for each in RESELLERS if not each.above):
        customer = customer_by_number(acting, dealer.number)
        drafts = Draft.objects.filter(seller_id=acting.seller_id, customer=customer)
        if find_invoices(acting=acting).filter(customer=customer).exists():
            continue
        if not drafts.exists():
            prepare_manual_run(acting=acting, customer_id=customer.pk, billed_on=days.next_week, now=days.corrected_at)
        approve_drafts(acting=acting, drafts=drafts, now=days.corrected_at)
        issue_invoices(acting=acting, today=days.next_week, now=days.corrected_at)
    complete_documents(acting=acting, now=days.corrected_at)


def _bill_customers(stage: Stage, dealer: Reseller, acting: Acting) -> None:
    """The dealer's own month, with its own numbers and look; its mails wait to be sent. The drafts of a dealer below it
    are made in the same run."""
    days = stage.days
    if not dealer.above:
        prepare_chain(acting=acting, billed_on=days.month, now=days.corrected_at)
    drafts = find_drafts(acting=acting, wanted=DraftFilter())
    approve_drafts(acting=acting, drafts=drafts, now=days.corrected_at)
    issue_invoices(acting=acting, today=days.next_week, now=days.corrected_at)
    complete_documents(acting=acting, now=days.corrected_at)


def _move(stage: Stage, acts: Mapping[str, Acting]) -> None:
    """One customer leaves a dealer for another in the middle of the month: the next runs bill each its days."""
    if Customer.objects.filter(seller_id=acts[SECOND].seller_id, number=MOVES).exists():
        return
    move_customer(
        acting=stage.acting,
        customer_id=customer_by_number(acts[FIRST], MOVES).pk,
        to_seller_id=acts[SECOND].seller_id,
        on=stage.days.month.replace(day=MOVES_ON_DAY),
        now=stage.days.corrected_at,
    )


def _told(stage: Stage, dealer: Reseller, acting: Acting) -> dict[str, object]:
    """What the dealer bought and sold, line by line, and what it earned, as files; and the sums."""
    month = stage.days.month
    _write_files(stage, dealer, acting, month)
    [sums] = totals(margins(acting=acting, month=month, by=By.CUSTOMER, language="nl"))
    return {
        "name": dealer.name,
        "above": seller_with_slug(dealer.above or PARTNER_SLUG).name,
        "customers": len(dealer.customers),
        "sold": str(sums.sold.decimal),
        "bought": str(sums.bought.decimal),
        "earned": str(sums.earned.decimal),
    }


def _write_files(stage: Stage, dealer: Reseller, acting: Acting, month: date) -> None:
    folder = stage.folder / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    for side, name in ((Side.PURCHASE, "ek"), (Side.SALES, "vk")):
        writer = LineWriter(LineReader(acting, side), lines_layout(acting, side))
        (folder / f"{dealer.slug}-{name}-{month:%Y-%m}.csv").write_bytes(b"".join(writer.chunks(month, "nl")))
    rows = margins(acting=acting, month=month, by=By.CUSTOMER, language="nl")
    (folder / f"{dealer.slug}-margins-{month:%Y-%m}.csv").write_bytes(margins_file(rows))
