"""The report of a month, made for paper, and its sums as a file."""

from asgiref.sync import sync_to_async
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.person import person_of
from apps.accounts.zone import household_zone
from apps.usage.reach import Reach
from apps.usage.report.file import lines
from apps.usage.report.month import BadMonth, Month, month_asked, months_before
from apps.usage.report.sheets import context_of, report_of

OFFERED = 24


@require_safe
def show_report(request: HttpRequest) -> HttpResponse:
    now, zone = timezone.now(), household_zone()
    problem = ""
    try:
        month = month_asked(request.GET.get("month", ""), now=now, zone=zone)
    except BadMonth as bad:
        month, problem = month_asked("", now=now, zone=zone), str(bad)
    this = Month(now.astimezone(zone).date().replace(day=1), zone)
    context = {
        "problem": problem,
        "month": month,
        "months": months_before(this, OFFERED),
        "is_over": month.end <= now,
        "made_at": now,
        **context_of(report_of(person_of(request), month)),
    }
    return render(request, "usage/report.html", context, status=400 if problem else 200)


@require_safe
async def download_report(request: HttpRequest) -> StreamingHttpResponse:
    reach, month = await sync_to_async(_wanted)(request)
    response = StreamingHttpResponse(lines(reach, month), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="usage-{month.name}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def _wanted(request: HttpRequest) -> tuple[Reach, Month]:
    try:
        month = month_asked(request.GET.get("month", ""), now=timezone.now(), zone=household_zone())
    except BadMonth:
        raise Http404 from None
    return Reach.of(person_of(request)), month
