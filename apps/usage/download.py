"""Calls as a CSV file, written out while they are read, a thousand at a time: nobody waits for all
of them, and the house holds only a part."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.projects.models import Project
from apps.usage.models import Generation
from apps.usage.views import wanted_calls, with_names

SLICE = 1000
HEADS = (
    "id",
    "created_at",
    "state",
    "status",
    "error_type",
    "finish_reason",
    "person",
    "project",
    "key",
    "app",
    "requested_model",
    "model",
    "provider",
    "prompt_tokens",
    "completion_tokens",
    "reasoning_tokens",
    "cached_tokens",
    "cost_usd",
    "is_estimated",
    "first_token_ms",
    "duration_ms",
)
# What a spreadsheet would take for a formula, at the beginning of what it takes for a cell: some
# skip blanks before it, fold wide signs into plain ones, or begin a cell at each semicolon.
RISKY = re.compile(r"""(^|[;\r\n])(?=[\s"'\u200b-\u200f\u2060\ufeff]*[=+\-@＝＋－＠]|[\t\r])""")


@require_safe
async def download_calls(request: HttpRequest) -> HttpResponseBase:
    """The same filters as the list, all of what fits."""
    wanted = await sync_to_async(wanted_calls)(request)
    if wanted.problem:
        return HttpResponse(wanted.problem, status=400, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(_lines(wanted.calls), content_type="text/csv; charset=utf-8")
    name = f"calls-{timezone.localdate():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


async def _lines(calls: QuerySet[Generation]) -> AsyncIterator[str]:
    """A slice begins below the last id of the one before, so calls made meanwhile do no harm."""
    yield _written([HEADS])
    last = ""
    while True:
        part = await sync_to_async(_slice)(calls.filter(id__lt=last) if last else calls)
        if not part:
            return
        last = part[-1][0]
        yield _written([[plain(value) for value in row] for row in part])


def _slice(calls: QuerySet[Generation]) -> list[list[Any]]:
    return list(_rows(with_names(calls[:SLICE])))


def _rows(calls: list[Generation]) -> Iterator[list[Any]]:
    projects = Project.objects.in_bulk({call.project_id for call in calls})
    for call in calls:
        person, key = call.person, call.key  # type: ignore[attr-defined]
        yield [
            call.id,
            call.created_at.isoformat(),
            call.state,
            call.status,
            call.error_type,
            call.finish_reason,
            person.shown_name if person else "",
            projects[call.project_id].name if call.project_id in projects else "",
            key.name if key else "",
            call.app,
            call.requested_model,
            call.model,
            call.provider,
            call.prompt_tokens,
            call.completion_tokens,
            call.reasoning_tokens,
            call.cached_tokens,
            format(call.cost_usd, "f"),
            call.is_estimated,
            call.latency_ms,
            call.duration_ms,
        ]


def plain(value: Any) -> str:
    """Text that a spreadsheet shows and never runs."""
    text = "" if value is None else str(value)
    return RISKY.sub(r"\1'", text)


def _written(rows: list[Any]) -> str:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(rows)
    return file.getvalue()
