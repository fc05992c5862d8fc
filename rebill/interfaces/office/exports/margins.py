"""Margins: what is left of what was billed, by customer, product or month; as a page and as a file."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.exports.margins import By, margins, margins_file, totals
from rebill.interfaces import formats
from rebill.interfaces.office.forms import day_or_none
from rebill.interfaces.office.page import OfficeRequest, page

# As many as can be looked over; the file has all.
SHOWN = 200


@page(Permission.EXPORT)
def margins_page(request: OfficeRequest) -> HttpResponse:
    """The margins of a month, or of a year by its months."""
    by = By(request.GET["by"]) if request.GET.get("by") in tuple(By) else By.CUSTOMER
    month = day_or_none(f"{request.GET.get('month', '')}-01") or request.today.replace(day=1)
    rows = margins(acting=request.acting, month=month, by=by, language=formats.language())
    if request.GET.get("file") == "csv":
        answer = HttpResponse(margins_file(rows), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="margins-{by.value}-{month:%Y-%m}.csv"'
        return answer
    words = {By.CUSTOMER: _("By customer"), By.PRODUCT: _("By product"), By.MONTH: _("By month")}
    context = {
        "by": by.value,
        "month": month,
        "rows": rows[:SHOWN],
        "more": max(len(rows) - SHOWN, 0),
        "totals": totals(rows),
        "ways": [(each.value, said) for each, said in words.items()],
        "several": len({row.sold.currency for row in rows}) > 1,
    }
    return render(request, "office/exports/margins.html", context)
