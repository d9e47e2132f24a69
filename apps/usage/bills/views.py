"""A provider's bill held against our receipts, for those who look after the house; 404 for
everybody else. One address and one form; nothing that is sent is stored."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from apps.accounts.zone import household_zone
from apps.projects.access import house_or_404
from apps.usage.bills.answer import Answer, Question, answered, as_csv
from apps.usage.bills.carrying import MOST_BYTES, packed, unpacked
from apps.usage.bills.columns import Columns, recognised
from apps.usage.bills.days import Ambiguous
from apps.usage.bills.forms import BillForm, ColumnsForm
from apps.usage.bills.places import Place, places
from apps.usage.bills.text import BadBill, Table, table_of, text_of

UTC = "UTC"
NO_FILE = "Choose the CSV file that the provider’s usage page gave you."
TOO_LARGE = "This file is larger than 16 MB. Export a shorter span, such as one month."
PREVIEW_LINES = 3


@require_http_methods(["GET", "HEAD", "POST"])
def show_bill(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    now = timezone.now()
    offered, zones = places(now), list(dict.fromkeys((UTC, household_zone().key)))
    form = BillForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        places=offered,
        zones=[(zone, "UTC" if zone == UTC else f"{zone} time") for zone in zones],
        initial={"place": request.GET.get("place", ""), "zone": UTC},
    )
    page: dict[str, Any] = {"form": form, "offered": offered}
    if not form.is_bound:
        return _page(request, page)
    table, carried = _table(request, form)
    page["carried"] = carried
    if table is None:
        return _page(request, page, status=422)
    columns = recognised(table.heads)
    if columns is None:
        picker = page["picker"] = ColumnsForm(request.POST, table)
        page["heads"], page["preview"] = table.heads, table.first(PREVIEW_LINES)
        if not picker.is_asked:
            picker = page["picker"] = ColumnsForm(None, table)
            return _page(request, page, status=200 if form.is_valid() else 422)
        columns = picker.columns if picker.is_valid() else None
    if columns is None or not form.is_valid():
        return _page(request, page, status=422)
    answer = _answer(form, table, _question(form, columns, offered, zones, now))
    if answer is None:
        return _page(request, page, status=422)
    if "download" in request.POST:
        return _file(answer)
    return _page(request, {**page, "answer": answer, "zone": form.cleaned_data["zone"]})


def _table(request: HttpRequest, form: BillForm) -> tuple[Table | None, str]:
    """The file as it came, or as the page carried it; what is wrong is said at its field."""
    file: Any = request.FILES.get("file")
    data = file.read(MOST_BYTES + 1) if file else unpacked(request.POST.get("carried", ""))
    form.errors.pop("file", None)  # Django's words for an empty file say less than ours
    try:
        if data is None:
            raise BadBill(NO_FILE)
        if len(data) > MOST_BYTES:
            raise BadBill(TOO_LARGE)
        return table_of(text_of(data)), packed(data)
    except BadBill as problem:
        form.add_error("file", str(problem))
        return None, ""


def _answer(form: BillForm, table: Table, question: Question) -> Answer | None:
    try:
        return answered(table, question)
    except BadBill as problem:
        form.add_error("order" if isinstance(problem, Ambiguous) else "file", str(problem))
        return None


def _question(
    form: BillForm, columns: Columns, offered: list[Place], zones: list[str], now: datetime
) -> Question:
    wish = form.cleaned_data
    others = [one for one in zones if one != wish["zone"]]
    return Question(
        place=next(one for one in offered if one.value == wish["place"]),
        columns=columns,
        rate=form.usd_rate,
        zone=ZoneInfo(wish["zone"]),
        other_zone=ZoneInfo(others[0]) if others else None,
        order=wish["order"],
        now=now,
    )


def _file(answer: Answer) -> HttpResponse:
    response = HttpResponse(as_csv(answer), content_type="text/csv; charset=utf-8")
    name = f"bill-{answer.bill.first}-{answer.bill.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _page(request: HttpRequest, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = render(request, "usage/bill.html", context, status=status)
    response["Cache-Control"] = "no-store"  # a bill stands in it
    return response
