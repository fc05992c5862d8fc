"""The partner's canteen: tabs of some customers, and what was bought on them in the first week of the month."""

from datetime import timedelta
from decimal import Decimal
from random import Random

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
from rebill.kit.imports.outcomes import ImportRecord
from rebill.sources.tabs.commands import (
    OrderLine,
    OrderTerms,
    accept_tab_terms,
    cancel_tab_order,
    import_tabs,
    place_tab_order,
    set_tab_rules,
    settle_tab_order,
)
from rebill.sources.tabs.models import Tab, TabStatus
from rebill.sources.tabs.queries.tabs import tabs_of
from rebill.sources.tabs.texts import CURRENT

# Whose tab, with which limit, and how much of it is used by the end of the week: in percent.
_TABS = (
    (NAUTA, 1_500, 40), (LAWYERS, 500, 20), (SCHOOLS, 2_500, 60), (BOOKSHOP, 250, 93), (BUILDERS, 600, 0),
    (FARM, 300, 45), (DENTISTS, 400, 15), (CAFE, 200, 104), (FESTIVAL, 1_000, 70),
)  # fmt: skip
_MENU = (("Broodje gezond", "4.75"), ("Koffie", "2.40"), ("Soep van de dag", "5.50"), ("Vergaderlunch", "14.50"))
_SEED = 20_260_907


def open_tabs(stage: Stage) -> None:
    """Accepts the terms, imports the tabs of a spreadsheet, and sells on them for a week."""
    if stage.diary.is_done("tabs"):
        return
    with stage.diary.step("tabs"):
        acting, now = stage.acting, stage.days.corrected_at
        accept_tab_terms(acting=acting, version=CURRENT, language="nl", now=now)
        set_tab_rules(acting=acting, scheme="2890-{number:04}", now=now)
        import_tabs(acting=acting, records=list(_records()), now=now)
        tabs = {tab.customer.number: tab for tab in tabs_of(acting)}
        sold = sum(_sell(stage, tabs[str(number)], used) for number, _limit, used in _TABS)
        stage.diary.note(tabs={"tabs": len(tabs), "orders": sold})


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


def _sell(stage: Stage, tab: Tab, used: int) -> int:
    """Orders until so much of the limit is used; what does not fit came late, from a till that was off line."""
    random = Random(_SEED + tab.pk)
    begun, wanted, sold, taken = stage.days.month, tab.limit.minor * used // 100, 0, 0
    while taken < wanted:
        sold += 1
        name, price = random.choice(_MENU)
        quantity = random.randint(2, 12)
        at = stage.days.corrected_at - timedelta(days=random.randint(1, 6), minutes=random.randint(0, 300))
        order = place_tab_order(
            acting=stage.acting,
            tab_id=tab.pk,
            terms=OrderTerms(
                key=f"kantine-{begun:%Y%m}-{tab.number}-{sold:03}",
                ordered_at=at,
                lines=[
                    OrderLine(
                        description=name, quantity=Decimal(quantity), unit_price=Decimal(price), vat_percent=Decimal(9)
                    )
                ],
                till="Kantine",
            ),
            is_late=taken + quantity * int(Decimal(price) * 100) > tab.limit.minor,
            now=stage.days.corrected_at,
        )
        if sold % 7 == 0:
            settle_tab_order(acting=stage.acting, key=order.key, now=stage.days.corrected_at)
        elif sold % 11 == 0:
            cancel_tab_order(acting=stage.acting, key=order.key, reason="Dubbel", now=stage.days.corrected_at)
        else:
            taken += order.amount.minor
    return sold
