"""Price plans: which there are, who has them, and the price list of one on a day."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebill.access.acting import Permission
from rebill.catalogue.commands import create_price_plan
from rebill.catalogue.commands.plans import PlanCodeTaken
from rebill.catalogue.queries import plan_of, plans_of, price_list
from rebill.catalogue.queries.pages import customers_per_plan, customers_with_plan, own_prices, prices_per_plan
from rebill.interfaces import formats
from rebill.interfaces.office.forms import OfficeForm, day_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.interfaces.office.products.words import shown_price
from rebill.interfaces.office.toasts import toast
from rebill.interfaces.pager import ROWS, page_number, pager
from rebill.parties.entries import EntryRefused
from rebill.rules.naming import name_in

CUSTOMERS_SHOWN = 8


class PlanForm(OfficeForm):
    """A price plan's code and name."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=40, help_text=gettext_lazy("Short, as in files."))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)


@page()
def plans_page(request: OfficeRequest) -> HttpResponse:
    """All price plans, and the prices that single customers have of their own."""
    known = list(plans_of(request.acting))
    counts = customers_per_plan(request.acting, known, request.today)
    prices = prices_per_plan(request.acting, request.today)
    plans = [{"plan": plan, "customers": counts.get(plan.pk, 0), "prices": prices.get(plan.pk, 0)} for plan in known]
    own = own_prices(request.acting, on=request.today)
    start = (page_number(request) - 1) * ROWS
    rows = [shown_price(price, request.today) for price in own[start : start + ROWS]]
    context = {"plans": plans, "own": rows, "pager": pager(request, shown=len(rows), total=own.count())}
    return render(request, "office/products/plans.html", context)


@page()
def plan_page(request: OfficeRequest, plan_id: int) -> HttpResponse:
    """The price list of a plan on a day, and the customers that have it then."""
    plan = plan_of(request.acting, plan_id)
    on = day_or_none(request.GET.get("on", "")) or request.today
    prices = price_list(request.acting, plan_id, on)
    start = (page_number(request) - 1) * ROWS
    rows: list[dict[str, Any]] = [
        {
            "price": shown_price(price, on),
            "name": name_in(price.product.names, formats.language(), request.seller.language) or price.product.code,
        }
        for price in prices[start : start + ROWS]
    ]
    customers = customers_with_plan(request.acting, plan, on)
    context = {
        "plan": plan,
        "on": on,
        "rows": rows,
        "pager": pager(request, shown=len(rows), total=prices.count()),
        "customers": customers[:CUSTOMERS_SHOWN],
        "customer_count": customers_per_plan(request.acting, [plan], on)[plan.pk],
    }
    return render(request, "office/products/plan.html", context)


@page(Permission.KEEP_CATALOGUE)
def new_plan_page(request: OfficeRequest) -> HttpResponse:
    """A new, empty price plan."""
    form = PlanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            plan = create_price_plan(acting=request.acting, code=typed["code"], name=typed["name"], now=request.now)
        except PlanCodeTaken as taken:
            form.refuse(taken, field="code")
        except EntryRefused as refusal:
            form.refuse(refusal)
        else:
            toast(request, _("The plan %(name)s is there; it has no prices yet.") % {"name": plan.name})
            return redirect("office:products-plan", request.seller.slug, plan.pk)
    return render(request, "office/products/new_plan.html", {"form": form}, status=422 if form.errors else 200)
