"""Whatever is asked or ordered with another seller's ids is "not found": every command and query, found by looking.

A new command or query is called here by itself. If it takes something new, this test asks for it by name.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model, QuerySet

from rebill.charges.models import Charge
from rebill.delivery.commands import queue_dispatches
from rebill.delivery.models import Dispatch
from rebill.invoices.commands import keep_documents
from rebill.invoices.models import Invoice
from rebill.invoices.queries.pages import InvoiceFilter
from rebill.kit.errors import Conflict, Forbidden, Invalid, NotFound
from rebill.parties.commands import set_number_series
from rebill.parties.models import SeriesPurpose
from rebill.rules.money import Money
from rebill.runs.models import Draft, DraftState, Run
from rebill.runs.queries.drafts import DraftFilter
from rebill.sources.oneoff.commands import LineTerms
from rebill.sources.supplier_invoices.commands import take_purchase_invoice
from rebill.sources.supplier_invoices.commands.rebilling import RebillingTerms
from rebill.sources.tabs.commands import OrderLine, OrderTerms, accept_tab_terms, open_tab, place_tab_order
from rebill.sources.tabs.models import Tab, TabStatus
from rebill.sources.tabs.texts import CURRENT
from rebill.subscriptions.commands import StartTerms
from rebill.subscriptions.commands.wishes import Wish
from rebill.subscriptions.models import Change, ChangeKind
from tests.sources.supplier_invoices.written import Finvoice, Row
from tests.stories.month import Month

pytestmark = pytest.mark.django_db

STAGES = ("subscriptions", "charges", "runs", "invoices", "delivery")
SECRET = "Geheim BV"
AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)
# What another stage calls with rows it has looked up for the acting seller itself.
INNER = {
    "judge", "judge_drafts", "move_drafts", "collect_charges", "claim_open_charges", "require_own",
    "import_subscriptions", "check_wish", "draft_compared", "standing_as",
}  # fmt: skip

Asked = tuple[str, Callable[..., Any]]


def functions() -> Iterator[Asked]:
    """Every public command and query of the stages that acts for somebody."""
    for stage in STAGES:
        for part in ("commands", "queries", "checks"):
            root = importlib.import_module(f"rebill.{stage}.{part}")
            inner = pkgutil.walk_packages(root.__path__, f"{root.__name__}.") if hasattr(root, "__path__") else ()
            for module in [root, *(importlib.import_module(each.name) for each in inner)]:
                for name, function in vars(module).items():
                    if name.startswith("_") or not inspect.isfunction(function):
                        continue
                    if function.__module__ == module.__name__ and "acting" in inspect.signature(function).parameters:
                        yield f"{stage}.{part}.{name}", function


FUNCTIONS = dict(functions())
OUTER = [asked for asked in FUNCTIONS if asked.rsplit(".", 1)[-1] not in INNER]


class Theirs:
    """Another seller's month: something of everything, under a name that must not be seen."""

    def __init__(self) -> None:
        self.month = Month()
        # Their numbers look like nobody else's, so that one of ours is not taken for theirs.
        set_number_series(
            acting=self.month.acting, purpose=SeriesPurpose.INVOICE, pattern="G{year}-{number:05}", today=AUGUST,
            now=self.month.at(AUGUST),
        )  # fmt: skip
        self.customer = self.month.customer(SECRET, number="777")
        self.subscription = self.month.subscribe(self.customer, "SECRET", price="10", start_on=AUGUST)
        self.month.cancel(self.subscription, ends_before=date(2027, 1, 1))
        self.month.bill_on(AUGUST)
        [invoice] = self.month.invoices()
        keep_documents(
            acting=self.month.acting, invoice_ids=[invoice.id], content=b"%PDF-1.7", now=self.month.at(AUGUST)
        )
        queue_dispatches(acting=self.month.acting, now=self.month.at(AUGUST))
        self.month.add_line(self.customer, SECRET, price="5", on=SEPTEMBER)
        self.tab = self._open_tab()
        self.month.prepare(SEPTEMBER)
        self.draft = Draft.objects.get(state=DraftState.OPEN)
        theirs = Finvoice([Row(code="SECRET", name=SECRET, party=("", SECRET))], number=SECRET)
        self.purchase = take_purchase_invoice(
            acting=self.month.acting, content=theirs.written(), file_name="x.xml", now=self.month.at(SEPTEMBER)
        )
        self.charge = Charge.objects.filter(claim=self.draft.id).order_by("id").first()

    def _open_tab(self) -> Tab:
        """A tab with an order that no run has billed yet."""
        said = {"acting": self.month.acting, "now": self.month.at(SEPTEMBER)}
        accept_tab_terms(version=CURRENT, language="nl", **said)
        tab = open_tab(
            customer_id=self.customer.pk, limit=Money.of("100", "EUR"), status=TabStatus.ACTIVE, may_buy=True, **said
        )
        line = OrderLine(description=SECRET, quantity=Decimal(1), unit_price=Decimal(3))
        terms = OrderTerms(key="secret", ordered_at=self.month.at(SEPTEMBER), lines=[line])
        place_tab_order(tab_id=tab.pk, terms=terms, **said)
        return tab

    def values(self) -> dict[str, Any]:
        """Everything that names something of theirs, by the name of the parameter."""
        invoice, dispatch, run = Invoice.objects.get(), Dispatch.objects.get(), Run.objects.order_by("-id").first()
        change = Change.objects.get()
        return {
            "run_id": run.id, "run": run, "draft_id": self.draft.id, "draft": self.draft,
            "drafts": Draft.objects.all(), "charge_id": self.charge.id, "charge": self.charge,
            "customer_id": self.customer.id, "customer": self.customer, "invoice_id": invoice.id, "invoice": invoice,
            "number": invoice.number, "dispatch": dispatch, "dispatch_id": dispatch.id,
            "subscription": self.subscription, "change": change, "subscription_ids": [self.subscription.id],
            "claims": [self.draft.id], "invoice_ids": [invoice.id], "source": self.charge.source,
            "key": self.charge.key, "product": self.subscription.product, "amounts": {self.charge.id: 100},
            "purchase": self.purchase, "purchase_id": self.purchase.id,
            "claim": self.draft.id, "charge_ids": [self.charge.pk], "draft_ids": [self.draft.id],
            "tab_ids": [self.tab.pk], "product_id": self.subscription.product_id, "to_seller_id": self.month.seller.pk,
            "slug": self.month.seller.slug, "seller_id": self.month.seller.pk,
            "customer_ids": [self.customer.id], "subscription_id": self.subscription.id,
            "starts": [(self.subscription.product, StartTerms(quantity=Decimal(1), start_on=SEPTEMBER))],
        }  # fmt: skip


# What says nothing of anybody.
PLAIN: dict[str, Any] = {
    "reason": "A reason", "today": SEPTEMBER, "billed_on": SEPTEMBER, "wanted": DraftFilter(), "page": 1,
    "page_size": 50, "every": 1, "currency": "EUR", "code": "missing_vat_id", "invoice_on": SEPTEMBER,
    "until": SEPTEMBER, "are_most": False,
    "effective_on": SEPTEMBER, "ends_before": SEPTEMBER, "quantity": Decimal(1), "unit_price": Decimal(1),
    "arrived": True, "content": b"%PDF-1.7", "words": "words", "on": SEPTEMBER, "intro": "Hello", "sources": (),
    "message_id": "unknown", "newest": 50, "days": [SEPTEMBER], "day": SEPTEMBER, "invoices": 1, "credit_notes": 1,
    "batch_id": 1, "most": 50, "since": AUGUST,
    "wish": Wish(kind=ChangeKind.QUANTITY, effective_on=SEPTEMBER, quantity=Decimal(1)),
    "terms": LineTerms(quantity=Decimal(1), unit_price=Decimal(1), supplied_on=SEPTEMBER, description="Line"),
}  # fmt: skip


def words_for(asked: str, theirs: Theirs, by: Month) -> dict[str, Any]:
    """The arguments of a call: theirs wherever something can be named."""
    known, words = theirs.values(), {}
    for name, parameter in inspect.signature(FUNCTIONS[asked]).parameters.items():
        if name == "acting":
            words[name] = by.acting
        elif name == "now":
            words[name] = by.at(SEPTEMBER)
        elif name == "uuid" and parameter.default is inspect.Parameter.empty:
            words[name] = theirs.subscription.uuid if asked.startswith("subscriptions.queries") else uuid4()
        elif name in known and (parameter.default is inspect.Parameter.empty or name in ("run_id", "customer_id")):
            words[name] = known[name]
        elif name in PLAIN and (parameter.default is inspect.Parameter.empty or name in ("ends_before", "intro")):
            words[name] = PLAIN[name]
        elif parameter.default is inspect.Parameter.empty:
            pytest.fail(f"{asked} takes {name}: say in this test what of another seller's it is, or that it is none.")
    return words | _own_words(asked)


def _own_words(asked: str) -> dict[str, Any]:
    """Where a name means something else than elsewhere."""
    if asked in ("invoices.queries.invoice_page", "invoices.queries.matching_invoices"):
        return {"wanted": InvoiceFilter()}
    if asked.endswith(("start_subscription", "start_subscription_below", "effect_of_order_below")):
        return {"terms": StartTerms(quantity=Decimal(1), start_on=SEPTEMBER)}
    if asked.endswith("rebill_purchase"):
        return {"terms": RebillingTerms(invoice_on=SEPTEMBER)}
    if asked.endswith("place_order"):
        return {"number": "1"}
    if asked.endswith("change_of"):
        return {"uuid": Change.objects.get().uuid}
    return {}


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, for comparing."""
    return {model._meta.label: sorted(model.objects.values_list(), key=repr) for model in apps.get_models()}


def said(value: Any) -> str:
    """All that an answer says, with what lies inside of it."""
    if isinstance(value, QuerySet | list | tuple | set):
        return " ".join(said(each) for each in value)
    if isinstance(value, dict):
        return " ".join(f"{said(key)} {said(each)}" for key, each in value.items())
    if isinstance(value, Model):
        return repr({field.name: getattr(value, field.attname) for field in value._meta.concrete_fields})
    if is_dataclass(value):
        return " ".join(said(getattr(value, field.name)) for field in fields(value))
    return repr(value)


@pytest.fixture
def theirs() -> Theirs:
    return Theirs()


def offence(asked: str, theirs: Theirs, by: Month, before: dict[str, list[tuple[Any, ...]]]) -> str:
    """What a call with everything of theirs showed or changed; nothing is as it should be."""
    with transaction.atomic():
        try:
            answer = said(FUNCTIONS[asked](**words_for(asked, theirs, by)))
        except NotFound:
            return ""
        except (Invalid, Conflict, Forbidden) as refusal:
            return f"{asked} answers {type(refusal).__name__} instead of NotFound: {refusal}"
        after = everything()
        transaction.set_rollback(True)
    if SECRET in answer or Invoice.objects.get().number in answer:
        return f"{asked} tells {answer[:200]}"
    changed = [label for label, rows in before.items() if [row for row in rows if row not in after[label]]]
    return f"{asked} changes {', '.join(changed)}" if changed else ""


def test_what_another_seller_has_is_not_found(theirs):
    ours, before = Month(), everything()

    offences = [offence(asked, theirs, ours, before) for asked in OUTER]

    assert len(FUNCTIONS) > 80
    assert [each for each in offences if each] == []
    assert everything() == before


def test_the_same_calls_show_and_change_something_for_their_owner(theirs):
    before = everything()

    answered = [asked for asked in OUTER if offence(asked, theirs, theirs.month, before)]

    # The others say no name, as totals and checks, or are refused: a dispatch that needs no decision, a bounce of none.
    assert len(answered) > 30
