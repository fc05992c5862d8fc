"""A supplier's records of a month of calls against ours, and the calls that differ as a file."""

from datetime import date
from io import BytesIO

from django.http import HttpResponse
from django.shortcuts import render

from rebill.exports.specifications.tables import amount_of, duration_of
from rebill.interfaces import formats
from rebill.interfaces.compared_calls import difference_rows
from rebill.interfaces.office.page import OfficeRequest, page
from rebill.kit.imports.spreadsheet import write_csv
from rebill.rules.comparing import Finding
from rebill.rules.periods import add_months
from rebill.sources.usage.models import Switch
from rebill.sources.usage.queries.comparing import Comparison, compare_calls
from rebill.sources.usage.queries.records import switch_of, switches_of
from rebill.sources.usage.queries.specification import moment_of
from rebill.sources.usage.words import FINDING_WORDS

# The largest differences and destinations; the file and the API have all.
DIFFERENCES_SHOWN, DESTINATIONS_SHOWN = 50, 25


@page()
def compare_page(request: OfficeRequest) -> HttpResponse:
    """What differs in a month: how many calls in which way, sums by destination, and the largest differences."""
    suppliers = list(switches_of(request.acting).filter(compared=True))
    month = _month(request)
    supplier = _supplier(request, suppliers)
    context: dict[str, object] = {"suppliers": suppliers, "supplier": supplier, "month": month}
    if supplier is not None:
        found = compare_calls(acting=request.acting, supplier=supplier, month=month)
        context |= _shown(found, request.seller.time_zone)
    return render(request, "office/calls/compare.html", context)


@page()
def differences_file(request: OfficeRequest) -> HttpResponse:
    """Every call that differs, as CSV."""
    supplier, month = switch_of(request.acting, request.GET.get("switch", "")), _month(request)
    found = compare_calls(acting=request.acting, supplier=supplier, month=month)
    content = BytesIO()
    write_csv(difference_rows(found, request.seller.time_zone), to=content)
    answer = HttpResponse(content.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{supplier.code}-{month:%Y-%m}-differences.csv"'
    return answer


def _month(request: OfficeRequest) -> date:
    """The month that was asked for; the last one where none was."""
    try:
        return date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        return add_months(request.today.replace(day=1), -1)


def _supplier(request: OfficeRequest, suppliers: list[Switch]) -> Switch | None:
    if "switch" in request.GET:
        return switch_of(request.acting, request.GET["switch"])
    return suppliers[0] if suppliers else None


def _shown(found: Comparison, zone: str) -> dict[str, object]:
    counts, sums = found.counts(), found.sums()
    return {
        "counts": [(FINDING_WORDS[each], counts[each]) for each in Finding],
        "differing": sum(counts.values()) - counts[Finding.SAME],
        "sums": [
            (each, duration_of(each.ours_s), duration_of(each.theirs_s), amount_of(each.theirs_e6))
            for each in sums[:DESTINATIONS_SHOWN]
        ],
        "others": max(len(sums) - DESTINATIONS_SHOWN, 0),
        "calls": [
            (each, FINDING_WORDS[each.finding], formats.second_of(moment_of(each.start_s, zone)))
            for each in found.differing(DIFFERENCES_SHOWN)
        ],
    }
