"""Margins: what is left of what was billed, by customer, product or month; as a page and as a file."""

import csv
from datetime import date
from io import StringIO

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from rebill.access.acting import Permission
from rebill.exports.margins import By, Margin, margins, totals
from rebill.interfaces import formats
from rebill.interfaces.office.forms import day_or_none
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.kit.imports.spreadsheet import neutralise_cell

# As many as can be looked over; the file has all.
SHOWN = 200


@page(Permission.EXPORT)
def margins_page(request: OfficeRequest) -> HttpResponse:
    """The margins of a month, or of a year by its months."""
    by = By(request.GET["by"]) if request.GET.get("by") in tuple(By) else By.CUSTOMER
    month = day_or_none(f"{request.GET.get('month', '')}-01") or request.today.replace(day=1)
    rows = margins(acting=request.acting, month=month, by=by, language=formats.language())
    if request.GET.get("file") == "csv":
        return _file(rows, month, by)
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


def _file(rows: list[Margin], month: date, by: By) -> HttpResponse:
    text = StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_("Code"), _("Name"), _("Currency"), _("Sold"), _("Bought"), _("Margin")])
    for row in rows:
        amounts = [str(each.decimal) for each in (row.sold, row.bought, row.earned)]
        writer.writerow([neutralise_cell(row.code), neutralise_cell(row.name), row.sold.currency, *amounts])
    answer = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="margins-{by.value}-{month:%Y-%m}.csv"'
    return answer
