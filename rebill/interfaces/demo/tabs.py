"""The partner's canteen: tabs of some customers, and what was bought on them in the first week of the month."""

from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from django.db.models import QuerySet

from rebill.interfaces.demo.cast import (
    BOOKSHOP,
    BUILDERS,
    CAFE,
    DENTISTS,
    FARM,
    FESTIVAL,
    LAWYERS,
    NAMED,
    NAUTA,
    SCHOOLS,
)
from rebill.interfaces.demo.stage import Stage
from rebill.invoices.commands import issue_invoices, withdraw_invoice
from rebill.invoices.models import Invoice, InvoiceKind
from rebill.invoices.queries.invoices import find_invoices
from rebill.kit.imports.outcomes import ImportRecord
from rebill.pipeline import complete_documents
from rebill.runs.commands import approve_drafts, prepare_tabs
from rebill.runs.models import Draft, RunKind
from rebill.sources.tabs.commands import (
    OrderLine,
    OrderTerms,
    accept_tab_terms,
    add_holder,
    cancel_tab_order,
    import_tabs,
    link_holder,
    place_tab_order,
    record_consent,
    refund_tab_order,
    set_tab_rules,
    settle_tab_order,
)
from rebill.sources.tabs.models import OrderState, Tab, TabLayout, TabOrder, TabStatus
from rebill.sources.tabs.queries.holders import holders_of
from rebill.sources.tabs.queries.tabs import tabs_of
from rebill.sources.tabs.texts import CURRENT

# Whose tab, with which limit, and how much of it is used by the end of the week: in percent.
_TABS = (
    (NAUTA, 1_500, 40), (LAWYERS, 500, 20), (SCHOOLS, 2_500, 60), (BOOKSHOP, 250, 93), (BUILDERS, 600, 0),
    (FARM, 300, 45), (DENTISTS, 400, 15), (CAFE, 200, 104), (FESTIVAL, 1_000, 70),
)  # fmt: skip
_MENU = (("Broodje gezond", "4.75"), ("Koffie", "2.40"), ("Soep van de dag", "5.50"), ("Vergaderlunch", "14.50"))
_SEED = 20_260_907
# Billed at once: line by line, and summed up by product; the second was for somebody else and is withdrawn.
_BILLED = ((SCHOOLS, TabLayout.DETAILED), (FARM, TabLayout.PER_PRODUCT))
_WITHDRAWN, _WHY = FARM, "De lunch van 4 personen is van de buren"


class _Person(NamedTuple):
    """Somebody who has to do with a tab: what for, and how it was agreed to be kept."""

    tab_of: int
    first_name: str
    last_name: str
    email: str = ""
    may_buy: bool = True
    may_see: bool = True
    agreed: str = ""


_PEOPLE = (
    _Person(NAUTA, "Femke", "Nauta", "femke@rederijnauta.example", agreed="Formulier aan de bar"),
    _Person(NAUTA, "Wiebe", "Roefstra", may_see=False, agreed="Formulier aan de bar"),
    _Person(NAUTA, "Ilse", "Boekhout", "administratie@rederijnauta.example", may_buy=False),
    _Person(LAWYERS, "Koen", "Daal", "k.daal@kuipersdaal.example", agreed="Per mail"),
)


def open_tabs(stage: Stage) -> None:
    """Accepts the terms, imports the tabs of a spreadsheet, and sells on them for a week."""
    if stage.diary.is_done("tabs"):
        return
    with stage.diary.step("tabs"):
        acting, now = stage.acting, stage.days.corrected_at
        accept_tab_terms(acting=acting, version=CURRENT, language="nl", now=now)
        set_tab_rules(acting=acting, scheme="2890-{number:04}", now=now)
        import_tabs(acting=acting, records=list(_records()), now=now)
        tabs = {str(tab.customer.number): tab for tab in tabs_of(acting)}
        _link_people(stage, tabs)
        sold = sum(_sell(stage, tabs[str(number)], used) for number, _limit, used in _TABS)
        billed = _bill(stage, tabs)
        note = _withdraw(stage)
        reserved, given_back = _reserve(stage, tabs[str(LAWYERS)]), _give_back(stage, tabs[str(FESTIVAL)])
        [late] = [tab.number for tab in tabs_of(acting) if tab.balance.minor > tab.limit.minor]
        stage.diary.note(
            tabs={
                "tabs": len(tabs), "orders": sold, "people": len(_PEOPLE), "over_limit": late,
                "billed": [invoice.number for invoice in billed], "credit_note": note.number,
                "reserved": reserved, "given_back": given_back,
            }
        )  # fmt: skip


def _records() -> list[ImportRecord]:
    return [
        ImportRecord(
            line,
            {
                "customer_number": str(number), "company": NAMED[number].name, "number": f"2890-{line - 1:04}",
                "limit": Decimal(limit), "may_buy": True, "is_shown": limit > 250, "status": TabStatus.ACTIVE.value,
            },
        )
        for line, (number, limit, _used) in enumerate(_TABS, start=2)
    ]  # fmt: skip


def _link_people(stage: Stage, tabs: dict[str, Tab]) -> None:
    """Who may buy on a tab, and who may see it in the portal."""
    acting, now = stage.acting, stage.days.corrected_at
    known = {(each.first_name, each.last_name): each for each in holders_of(acting)}
    for person in _PEOPLE:
        name = (person.first_name, person.last_name)
        holder = known.get(name) or add_holder(
            acting=acting, first_name=person.first_name, last_name=person.last_name, email=person.email, now=now
        )
        tab = tabs[str(person.tab_of)]
        link_holder(
            acting=acting, tab_id=tab.pk, holder_id=holder.pk, may_buy=person.may_buy, may_see=person.may_see, now=now
        )
        if person.agreed and not holder.consents.exists():
            record_consent(acting=acting, holder_id=holder.pk, how=person.agreed, now=now)


def _bill(stage: Stage, tabs: dict[str, Tab]) -> list[Invoice]:
    """What was bought on two of the tabs, billed at once."""
    acting, days = stage.acting, stage.days
    billed = []
    for number, layout in _BILLED:
        tab = tabs[str(number)]
        issued = _of_tab(stage, number)
        if not issued.exists():
            drafts = Draft.objects.filter(seller_id=acting.seller_id, run__kind=RunKind.MANUAL, customer=tab.customer)
            if not drafts.exists():
                prepare_tabs(
                    acting=acting, tab_ids=[tab.pk], billed_on=days.next_week, layout=layout, now=days.corrected_at
                )
            approve_drafts(acting=acting, drafts=drafts, now=days.corrected_at)
            issue_invoices(acting=acting, today=days.next_week, now=days.corrected_at)
        billed.append(issued.get())
    complete_documents(acting=acting, now=days.corrected_at)
    return billed


def _of_tab(stage: Stage, number: int) -> QuerySet[Invoice]:
    invoices = find_invoices(acting=stage.acting).filter(customer__number=str(number), kind=InvoiceKind.INVOICE)
    return invoices.filter(lines__kind="TAB").distinct()


def _withdraw(stage: Stage) -> Invoice:
    """One of them is taken back: exactly its orders are open on the tab again."""
    acting, days = stage.acting, stage.days
    invoice = _of_tab(stage, _WITHDRAWN).get()
    if not invoice.credit_notes.exists():
        withdraw_invoice(acting=acting, invoice_id=invoice.pk, reason=_WHY, today=days.next_week, now=days.corrected_at)
    complete_documents(acting=acting, now=days.corrected_at)
    return invoice.credit_notes.get()


def _reserve(stage: Stage, tab: Tab) -> str:
    """A lunch that is ordered and not eaten yet: it takes its room of the limit, and is billed once it is booked."""
    terms = OrderTerms(
        key=f"kantine-{stage.days.month:%Y%m}-{tab.number}-lunch",
        ordered_at=stage.days.corrected_at,
        lines=[_line("Vergaderlunch", 8, "14.50")],
        till="Kantine",
    )
    place_tab_order(acting=stage.acting, tab_id=tab.pk, terms=terms, reserve=True, now=stage.days.corrected_at)
    return tab.number


def _give_back(stage: Stage, tab: Tab) -> str:
    """The first order that is booked on the tab, taken back as an order of its own below zero."""
    order = TabOrder.objects.filter(tab=tab, state=OrderState.BOOKED, amount__gt=0).order_by("ordered_at").first()
    if order is not None:
        now = stage.days.corrected_at
        refund_tab_order(acting=stage.acting, key=order.key, refund_key=f"{order.key}-terug", ordered_at=now, now=now)
    return tab.number


def _line(name: str, quantity: int, price: str) -> OrderLine:
    return OrderLine(description=name, quantity=Decimal(quantity), unit_price=Decimal(price), vat_percent=Decimal(9))


def _sell(stage: Stage, tab: Tab, used: int) -> int:
    """Orders until so much of the limit is used; what does not fit came late, from a till that was off line."""
    random = Random(_SEED + tab.pk)
    begun, wanted, sold, taken = stage.days.month, tab.limit.minor * used // 100, 0, 0
    while taken < wanted:
        name, price = random.choice(_MENU)
        quantity = random.randint(2, 12)
        asked = quantity * int(Decimal(price) * 100)
        if used <= 100 and taken + asked > tab.limit.minor:
            break
        sold += 1
        # Between a quarter past ten and a quarter past three: the canteen has lunch.
        at = stage.days.corrected_at - timedelta(days=random.randint(1, 6), minutes=-random.randint(0, 300))
        order = place_tab_order(
            acting=stage.acting,
            tab_id=tab.pk,
            terms=OrderTerms(
                key=f"kantine-{begun:%Y%m}-{tab.number}-{sold:03}",
                ordered_at=at,
                lines=[_line(name, quantity, price)],
                till="Kantine",
            ),
            is_late=taken + asked > tab.limit.minor,
            now=stage.days.corrected_at,
        )
        if sold % 7 == 0:
            settle_tab_order(acting=stage.acting, key=order.key, now=stage.days.corrected_at)
        elif sold % 11 == 0:
            cancel_tab_order(acting=stage.acting, key=order.key, reason="Dubbel", now=stage.days.corrected_at)
        else:
            taken += order.amount.minor
    return sold
